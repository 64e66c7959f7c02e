package io.cuvee.engine.consuming;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.completion.ReplicaProtocol;
import io.cuvee.ingest.completion.SealedSegment;
import io.cuvee.ingest.stream.OffsetGap;
import io.cuvee.ingest.transform.Rollup;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.consuming.ConsumingSnapshot;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the sealed form of what a partition's consumer has frozen, and tells the leader meanwhile
/// that it is still at it. Thread-safe.
final class Sealing {
  private static final Logger LOG = LoggerFactory.getLogger(Sealing.class);

  private static final long STILL_BUILDING_MILLIS = 10_000;
  private static final Duration ROLLUP_LIMIT = Duration.ofHours(1);

  private final String table;
  private final PartitionConsumer.Surroundings surroundings;
  private final Consumer<String> problem;

  /// @param problem hears why a segment could not be sealed
  Sealing(String table, PartitionConsumer.Surroundings surroundings, Consumer<String> problem) {
    this.table = table;
    this.surroundings = surroundings;
    this.problem = problem;
  }

  private SegmentKey key(GrowingSegment growing) {
    return new SegmentKey(table, growing.name());
  }

  /// Builds the segment, keeps it here, and uploads it.
  ReplicaProtocol.Next sealAndUpload(
      GrowingSegment growing, List<OffsetGap> gaps, ReplicaProtocol protocol) {
    Thread lease =
        Thread.ofVirtual()
            .name("lease-" + growing.name())
            .start(() -> {
              try {
                while (true) {
                  Thread.sleep(STILL_BUILDING_MILLIS);
                  var _ = surroundings.leader().send(key(growing), protocol.stillBuilding());
                }
              } catch (InterruptedException e) {
                LOG.debug("Built {}", growing.name());
              }
            });
    try {
      Optional<SealedSegment> sealed =
          build(
              growing,
              (rows, spec) ->
                  surroundings
                      .sealer()
                      .sealAndUpload(
                          key(growing), rows, spec, growing.table.config().timeColumn()));
      return sealed
          .map(segment -> protocol.sealed(segment.withGaps(gaps)))
          .orElseGet(() -> protocol.failed("its rows are gone"));
    } catch (CuveeException failure) {
      problem.accept("cannot seal " + growing.name() + ": " + failure.getMessage());
      LOG.warn("Segment {} could not be sealed", growing.name(), failure);
      return protocol.failed(String.valueOf(failure.getMessage()));
    } finally {
      lease.interrupt();
    }
  }

  /// Builds the segment and keeps it here.
  void seal(GrowingSegment growing) {
    var _ =
        build(
            growing,
            (rows, spec) -> {
              surroundings.sealer().seal(key(growing), rows, spec);
              return spec;
            });
  }

  private static long rollupBytes() {
    return Runtime.getRuntime().maxMemory() / 4;
  }

  private static <T> Optional<T> build(
      GrowingSegment growing, BiFunction<PageSource, SegmentSpec, T> work) {
    Optional<ConsumingSnapshot> snapshot = growing.rows.snapshot();
    if (snapshot.isEmpty()) {
      return Optional.empty();
    }
    try (ConsumingSnapshot rows = snapshot.get()) {
      SegmentSpec spec =
          SegmentSpec.of(growing.table.config(), growing.name(), growing.table.schema())
              .withCreatedMillis(growing.createdMillis);
      Optional<Rollup> rollup = growing.table.rules().rollup();
      if (rollup.isPresent()) {
        try (MemoryBudget memory = MemoryBudget.of(growing.name(), rollupBytes(), "-Xmx");
            PageSource fewer =
                rollup
                    .get()
                    .of(
                        rows.pages(),
                        QueryContext.withTimeout(growing.name(), ROLLUP_LIMIT),
                        memory)) {
          return Optional.of(work.apply(fewer, spec));
        } catch (CuveeException e) {
          if (e.code() != ErrorCode.NUMERIC_OVERFLOW) {
            throw e;
          }
          // All replicas come to this, with the same rows.
          LOG.warn("Segment {} keeps its rows as they came", growing.name(), e);
        }
      }
      return Optional.of(work.apply(rows.pages(), spec));
    }
  }
}
