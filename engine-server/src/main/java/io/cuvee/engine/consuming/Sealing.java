package io.cuvee.engine.consuming;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
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
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes the sealed form of what a partition's consumer has frozen, and tells the leader meanwhile
/// that it is still at it. Thread-safe.
final class Sealing {
  private static final Logger LOG = LoggerFactory.getLogger(Sealing.class);

  /// The leader gives a silent server up after ten seconds.
  private static final Duration HEARTBEAT = Duration.ofSeconds(2);

  /// For what follows the last row that is read: sorting, indexes, the upload.
  private static final Duration LONGEST_STEP = Duration.ofMinutes(5);

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
  ///
  /// @param gaps known once all before it is done
  ReplicaProtocol.Next sealAndUpload(
      GrowingSegment growing, Preparation gaps, ReplicaProtocol protocol)
      throws InterruptedException {
    try (Heartbeat heartbeat =
        new Heartbeat(
            "Building " + growing.name(),
            HEARTBEAT,
            LONGEST_STEP,
            () -> {
              var _ = surroundings.leader().send(key(growing), protocol.stillBuilding());
            })) {
      List<OffsetGap> found = gaps.await();
      Optional<SealedSegment> sealed =
          build(
              growing,
              (rows, spec) ->
                  surroundings
                      .sealer()
                      .sealAndUpload(
                          key(growing),
                          new Watched(rows, heartbeat),
                          spec,
                          growing.table.config().timeColumn()));
      return sealed
          .map(segment -> protocol.sealed(segment.withGaps(found)))
          .orElseGet(() -> protocol.failed("its rows are gone"));
    } catch (CuveeException failure) {
      problem.accept("cannot seal " + growing.name() + ": " + failure.getMessage());
      LOG.warn("Segment {} could not be sealed", growing.name(), failure);
      return protocol.failed(String.valueOf(failure.getMessage()));
    }
  }

  /// What has to be done before, and may take a while.
  @FunctionalInterface
  interface Preparation {
    List<OffsetGap> await() throws InterruptedException;
  }

  /// Rows that are read while something watches that they are.
  private record Watched(PageSource rows, Heartbeat heartbeat) implements PageSource {
    @Override
    public @Nullable Page next() {
      heartbeat.progress();
      return rows.next();
    }

    @Override
    public void close() {
      rows.close();
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
