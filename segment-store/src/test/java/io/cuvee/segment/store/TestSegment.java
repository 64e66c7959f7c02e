package io.cuvee.segment.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.segment.column.SegmentColumn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestSegment {
  @TempDir private Path temp;

  private Path built() {
    Path directory = temp.resolve("s");
    SampleSegment.build(directory);
    return directory;
  }

  private static void awaitUnmapped(Segment segment) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
    while (!segment.isUnmapped()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      TimeUnit.MILLISECONDS.sleep(1);
    }
  }

  @Test
  void memoryStaysMappedUntilTheLastUserLeaves() throws InterruptedException {
    Segment segment = Segment.open(built(), Verify.STRUCTURE);
    SegmentColumn column = segment.column("ids").orElseThrow();
    assertThat(segment.acquire()).isTrue();
    segment.close();
    segment.close();
    assertThat(segment.acquire()).isFalse();
    assertThat(column.values(0, 300).count()).isEqualTo(300);
    assertThat(segment.isUnmapped()).isFalse();
    segment.release();
    assertThat(segment.acquire()).isFalse();
    awaitUnmapped(segment);
    assertThatThrownBy(() -> column.values(0, 300)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void queriesThatRaceWithCloseReadOrAreTurnedAway() throws Exception {
    Path directory = built();
    try (ExecutorService pool = Executors.newFixedThreadPool(4)) {
      for (int round = 0; round < 30; round++) {
        Segment segment = Segment.open(directory, Verify.STRUCTURE);
        AtomicInteger reads = new AtomicInteger();
        List<Future<?>> queries = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
          queries.add(
              pool.submit(() -> {
                while (segment.acquire()) {
                  assertThat(segment.column("raw_longs").orElseThrow().values(0, 300).count())
                      .isEqualTo(300);
                  reads.incrementAndGet();
                  segment.release();
                }
              }));
        }
        while (reads.get() < 10) {
          Thread.onSpinWait();
        }
        segment.close();
        for (Future<?> query : queries) {
          query.get(20, TimeUnit.SECONDS);
        }
        awaitUnmapped(segment);
      }
    }
  }

  @Test
  void releasingTooOftenIsNoticed() throws InterruptedException {
    Segment segment = Segment.open(built(), Verify.STRUCTURE);
    segment.close();
    awaitUnmapped(segment);
    assertThatThrownBy(segment::release).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void inspectionTellsHowColumnsAreStored() {
    Path directory = built();
    SegmentInspection inspection = SegmentInspection.of(directory);
    assertThat(inspection.metadata().segment()).isEqualTo("t_0");
    assertThat(inspection.columns()).hasSize(15);
    SegmentInspection.Column sorted = inspection.columns().getFirst();
    assertThat(sorted.indexes()).containsExactly("sorted", "inverted");
    assertThat(sorted.reason()).isEqualTo("sortedColumn");
    assertThat(sorted.min()).isPresent();
    assertThat(inspection.columns())
        .filteredOn(column -> column.name().equals("raw_longs"))
        .singleElement()
        .satisfies(column -> assertThat(column.reason()).isEqualTo("noDictionaryColumns"));
    assertThat(inspection.sizeBytes())
        .isGreaterThan(
            inspection.columns().stream().mapToLong(SegmentInspection.Column::sizeBytes).sum());
  }
}
