package io.cuvee.engine.scan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.Test;

class TestBufferPool {
  private final BufferPool pool = new BufferPool(1);

  @Test
  void keepsArraysForTheNextQuery() {
    BlockBuffers first = pool.take();
    int[] ints = first.ints();
    long[] longs = first.longs();
    pool.giveBack(first);
    BlockBuffers second = pool.take();
    assertThat(second.ints()).isSameAs(ints);
    assertThat(second.longs()).isSameAs(longs);
    assertThat(second.ints()).isNotSameAs(ints);
  }

  @Test
  void clearsWhatCanBeAnIndex() {
    BlockBuffers first = pool.take();
    Arrays.fill(first.ints(), -1);
    Arrays.fill(first.shorts(), (short) -1);
    Arrays.fill(first.bytes(), (byte) -1);
    Arrays.fill(first.morselBits(), -1);
    pool.giveBack(first);
    BlockBuffers second = pool.take();
    assertThat(second.ints()).containsOnly(0);
    assertThat(second.shorts()).containsOnly(0);
    assertThat(second.bytes()).containsOnly(0);
    assertThat(second.morselBits()).containsOnly(0);
  }

  @Test
  void givesTwoQueriesAtOnceDifferentBuffersAndKeepsNoMoreThanItsSize() {
    BlockBuffers first = pool.take();
    BlockBuffers second = pool.take();
    assertThat(second).isNotSameAs(first);
    pool.giveBack(first);
    pool.giveBack(second);
    assertThat(pool.take()).isSameAs(first);
    assertThat(pool.take()).isNotSameAs(second);
  }

  @Test
  void givesAQueryThatNeedsVeryManyFreshOnes() {
    BlockBuffers buffers = pool.take();
    java.util.Set<int[]> taken =
        java.util.Collections.newSetFromMap(new java.util.IdentityHashMap<>());
    for (int i = 0; i < 100; i++) {
      taken.add(buffers.ints());
    }
    assertThat(taken).hasSize(100);
  }
}
