package io.cuvee.cluster.state;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TestSplitMap {
  @Test
  void isAMapThatNeverChangesAndKnowsWhatDiffers() {
    long seed = Long.getLong("cuvee.random.seed", System.nanoTime());
    Random random = new Random(seed);
    SplitMap<Integer> map = SplitMap.empty();
    Map<String, Integer> expected = new HashMap<>();
    for (int round = 0; round < 50; round++) {
      Map<String, Optional<Integer>> changes = new HashMap<>();
      int count = random.nextInt(100);
      for (int i = 0; i < count; i++) {
        changes.put(
            "name" + random.nextInt(500),
            random.nextInt(4) == 0 ? Optional.empty() : Optional.of(random.nextInt(3)));
      }
      SplitMap<Integer> before = map;
      Map<String, Integer> expectedBefore = new HashMap<>(expected);
      map = map.with(changes);
      changes.forEach((name, value) ->
          value.ifPresentOrElse(
              present -> expected.put(name, present), () -> expected.remove(name)));
      Set<String> differing = new HashSet<>(expectedBefore.keySet());
      differing.addAll(expected.keySet());
      differing.removeIf(name ->
          Optional.ofNullable(expected.get(name))
              .equals(Optional.ofNullable(expectedBefore.get(name))));
      assertThat(before).as("seed %d", seed).isEqualTo(expectedBefore);
      assertThat(map).as("seed %d", seed).isEqualTo(expected).hasSameSizeAs(expected);
      assertThat(new HashMap<>(map)).isEqualTo(expected);
      assertThat(SplitMap.differences(before, map)).as("seed %d", seed).isEqualTo(differing);
      assertThat(SplitMap.differences(expectedBefore, expected)).isEqualTo(differing);
    }
    assertThat(map.get("another")).isNull();
    assertThat(map.containsKey("another")).isFalse();
  }

  @Test
  void equalMapsThatWereMadeInDifferentWaysAreEqual() {
    SplitMap<Integer> one =
        SplitMap.<Integer>empty()
            .with(Map.of("a", Optional.of(1)))
            .with(Map.of("b", Optional.of(2)));
    SplitMap<Integer> other =
        SplitMap.<Integer>empty().with(Map.of("a", Optional.of(1), "b", Optional.of(2)));
    assertThat(one).isEqualTo(other).hasSameHashCodeAs(other);
    assertThat(one.with(Map.of("b", Optional.empty()))).isNotEqualTo(other);
  }
}
