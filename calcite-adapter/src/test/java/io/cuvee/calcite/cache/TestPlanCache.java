package io.cuvee.calcite.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestPlanCache {
  @Test
  void theUnusedGoFirst() {
    PlanCache<String, String> cache = new PlanCache<>(3, 1_000, value -> 1);
    cache.put("a", "1");
    cache.put("b", "2");
    cache.put("c", "3");
    assertThat(cache.get("a")).isEqualTo("1");
    cache.put("d", "4");
    assertThat(cache.get("b")).isNull();
    assertThat(cache.get("a")).isEqualTo("1");
    assertThat(cache.size()).isEqualTo(3);
  }

  @Test
  void theWeightIsBounded() {
    PlanCache<String, String> cache = new PlanCache<>(100, 10, String::length);
    cache.put("too heavy", "12345678901");
    assertThat(cache.size()).isZero();
    cache.put("a", "123456");
    cache.put("b", "123456");
    assertThat(cache.size()).isEqualTo(1);
    assertThat(cache.get("b")).isNotNull();
  }

  @Test
  void theFirstValueOfAKeyStays() {
    PlanCache<String, String> cache = new PlanCache<>(10, 100, value -> 1);
    cache.put("a", "1");
    cache.put("a", "2");
    assertThat(cache.get("a")).isEqualTo("1");
  }

  @Test
  void nothingIsKeptWithoutEntries() {
    PlanCache<String, String> cache = new PlanCache<>(0, 100, value -> 1);
    cache.put("a", "1");
    assertThat(cache.get("a")).isNull();
  }
}
