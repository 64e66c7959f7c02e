package io.cuvee.benchmarks.control;

import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.MetadataStore.Change;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentScope.Partitions;
import io.cuvee.cluster.state.SegmentScope.TimeRange;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.PartitionFunction;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/// Tables of the same columns with segments that nobody has: only their metadata, as an upload
/// would write it.
///
/// @param tables how many
/// @param segments of all tables together
/// @param replicas of each segment
record SegmentPlan(int tables, int segments, int replicas) {
  private static final int WRITTEN_AT_ONCE = 400;
  private static final int WRITERS = 4;
  private static final int COLUMNS = 10;
  private static final int PARTITIONS = 64;
  private static final long DAY_MILLIS = 86_400_000;
  private static final long FIRST_DAY = 20_000;
  private static final long DOCS = 2_000_000;

  String table(int number) {
    return "events_%04d".formatted(number);
  }

  Schema schema(int number) {
    List<FieldSpec> fields = new ArrayList<>();
    for (int i = 0; i < COLUMNS; i++) {
      fields.add(FieldSpec.dimension("column" + i, ColumnType.STRING));
    }
    return Schema.of(table(number), fields);
  }

  /// Writes all of it in a term of its own, since only a leader may write much at once.
  void write(ClusterState cluster) throws Exception {
    CompletableFuture<Long> term = new CompletableFuture<>();
    try (AutoCloseable _ = cluster.campaign("loader", epoch -> epoch.ifPresent(term::complete))) {
      long epoch = term.get(1, TimeUnit.MINUTES);
      writeAll(
          tables,
          cluster,
          epoch,
          i ->
              Stream.of(
                  Change.create("schemas/" + table(i), schema(i).toJson()),
                  Change.create(
                      "tables/" + table(i) + "_OFFLINE",
                      TableConfig.offline(table(i), replicas).toJson())));
      writeAll(
          segments,
          cluster,
          epoch,
          i -> {
            SegmentRecord record = record(i);
            return Stream.of(
                Change.create(SegmentRecord.path(record.table(), record.name()), record.toJson()));
          });
    }
  }

  /// In parallel, so that ZooKeeper and who writes to it need not wait for each other.
  private static void writeAll(
      int count, ClusterState cluster, long epoch, IntFunction<Stream<Change>> changes)
      throws Exception {
    try (ExecutorService writing = Executors.newFixedThreadPool(WRITERS)) {
      List<Future<Boolean>> written = new ArrayList<>();
      for (int from = 0; from < count; from += WRITTEN_AT_ONCE) {
        int begin = from;
        int end = Math.min(count, from + WRITTEN_AT_ONCE);
        written.add(
            writing.submit(() ->
                cluster
                    .metadata()
                    .changeAll(
                        IntStream.range(begin, end).mapToObj(changes).flatMap(all -> all).toList(),
                        epoch)));
      }
      for (Future<Boolean> each : written) {
        if (!each.get()) {
          throw new IllegalStateException("The cluster is not empty.");
        }
      }
    }
  }

  private SegmentRecord record(int number) {
    String table = table(number % tables) + "_OFFLINE";
    long day = FIRST_DAY + number / tables / PARTITIONS;
    String name = "events_%d_%02d_%07d".formatted(day, number % PARTITIONS, number);
    Map<String, Long> counts = new TreeMap<>();
    for (int i = 0; i < COLUMNS; i++) {
      counts.put("column" + i, 10L + (long) number * (i + 7) % 5000);
    }
    return new SegmentRecord(
        table,
        name,
        number * 0x9E3779B9L,
        "s3://analytics-segments/cuvee/" + table + "/" + name + "/" + (day * DAY_MILLIS + number),
        DOCS + number % 1000,
        300_000_000,
        day * DAY_MILLIS,
        false,
        counts,
        new SegmentScope(
            Optional.of(new TimeRange("at", day * DAY_MILLIS, (day + 1) * DAY_MILLIS - 1, false)),
            Map.of(
                "memberId",
                new Partitions(
                    new PartitionFunction(PartitionFunction.Kind.MURMUR, PARTITIONS),
                    Set.of(number % PARTITIONS)))));
  }
}
