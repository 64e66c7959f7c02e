package io.cuvee.engine.loading;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.state.SegmentKey;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TestSegmentCache {
  private long nowNanos;
  private final SegmentCache cache = new SegmentCache(100, () -> nowNanos);

  private static SegmentKey key(String name) {
    return new SegmentKey("t_OFFLINE", name);
  }

  private void load(String name, long bytes) {
    assertThat(cache.reserve(key(name), bytes, false)).isTrue();
    cache.loaded(key(name), bytes, false, true);
    cache.used(key(name));
  }

  @Test
  void theOneThatWasNotUsedForLongestGoesFirst() {
    load("a", 40);
    load("b", 40);
    cache.used(key("a"));
    assertThat(cache.reserve(key("c"), 40, false)).isFalse();
    assertThat(cache.victims(40, key -> true)).containsExactly(key("b"));
    assertThat(cache.victims(70, key -> true)).containsExactly(key("b"), key("a"));
    assertThat(cache.victims(40, key -> !key.equals(key("b")))).containsExactly(key("a"));
    cache.remove(key("b"), true);
    assertThat(cache.reserve(key("c"), 40, false)).isTrue();
    assertThat(cache.state()).isEqualTo(new SegmentCache.State(100, 80, 2, 2, 1));
  }

  @Test
  void whatWasLoadedForAQueryStaysUntilItIsUsedButNotForLong() {
    assertThat(cache.reserve(key("a"), 60, false)).isTrue();
    cache.loaded(key("a"), 60, false, true);
    assertThat(cache.victims(60, key -> true)).isEmpty();
    nowNanos += Duration.ofSeconds(6).toNanos();
    assertThat(cache.victims(60, key -> true)).containsExactly(key("a"));
  }

  @Test
  void whatMustStayIsNeverAVictim() {
    assertThat(cache.reserve(key("dimension"), 150, true)).isTrue();
    cache.loaded(key("dimension"), 150, true, false);
    nowNanos += Duration.ofHours(1).toNanos();
    assertThat(cache.victims(10, key -> true)).isEmpty();
    assertThat(cache.fits(1)).isFalse();
    // Queries must be answered all the same, one segment at a time.
    load("a", 10);
    assertThat(cache.reserve(key("b"), 10, false)).isFalse();
  }
}
