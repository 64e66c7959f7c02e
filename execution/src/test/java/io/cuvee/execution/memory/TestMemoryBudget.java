package io.cuvee.execution.memory;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import org.junit.jupiter.api.Test;

class TestMemoryBudget {
  @Test
  void parentsBoundTheirParts() {
    MemoryBudget parent = MemoryBudget.of("the broker", 100, "broker.memory-limit");
    MemoryBudget first = parent.child("query a", 80, "query.memory-limit");
    MemoryBudget second = parent.child("query b", 80, "query.memory-limit");
    first.reserve(60);
    assertThatThrownBy(() -> second.reserve(50))
        .isInstanceOfSatisfying(
            CuveeException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.MEMORY_LIMIT))
        .hasMessageContaining("the broker")
        .hasMessageContaining("100 bytes")
        .hasMessageContaining("50 more")
        .hasMessageContaining("broker.memory-limit");
    assertThat(second.usedBytes()).isZero();
    assertThatThrownBy(() -> first.reserve(21)).hasMessageContaining("query a");
    assertThat(parent.usedBytes()).isEqualTo(60);
    first.close();
    assertThat(parent.usedBytes()).isZero();
    second.reserve(80);
    assertThat(parent.peakBytes()).isEqualTo(80);
  }

  @Test
  void hugeWishesDoNotWrapAround() {
    MemoryBudget budget = MemoryBudget.of("a query", 10, "x");
    budget.reserve(5);
    assertThatThrownBy(() -> budget.reserve(Long.MAX_VALUE)).isInstanceOf(CuveeException.class);
    assertThat(budget.usedBytes()).isEqualTo(5);
  }
}
