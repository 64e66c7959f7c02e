package io.cuvee.cluster.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TestDistinctCounts {
  @Test
  void smallAndLargeCountsAreAsTheyWere() {
    Map<String, Long> small = Map.of("b", 7L, "a", (long) Integer.MAX_VALUE);
    Map<String, Long> large = Map.of("b", 7L, "a", 1L << 40);
    for (Map<String, Long> counts : List.of(small, large, Map.<String, Long>of())) {
      DistinctCounts copy = DistinctCounts.copyOf(counts);
      assertThat(copy).isEqualTo(counts).isEqualTo(DistinctCounts.copyOf(Map.copyOf(counts)));
      assertThat(copy.hashCode()).isEqualTo(counts.hashCode());
      assertThat(copy.get("c")).isNull();
    }
    DistinctCounts copy = DistinctCounts.copyOf(large);
    assertThat(copy.columns()).containsExactly("a", "b");
    assertThat(copy.count(0)).isEqualTo(1L << 40);
    assertThat(copy).isNotEqualTo(DistinctCounts.copyOf(small));
  }
}
