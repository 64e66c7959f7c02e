package io.cuvee.engine.keys;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.state.StreamSegmentName;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.ingest.decode.DecodedRows;
import io.cuvee.ingest.upsert.KeyRules;
import io.cuvee.segment.consuming.ConsumingOptions;
import io.cuvee.segment.consuming.ConsumingSegment;
import io.cuvee.segment.consuming.ConsumingSnapshot;
import io.cuvee.segment.live.LiveRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestKeyedTable {
  private static final int KEYS = 500;
  private static final int BATCHES = 400;

  private static final Schema SCHEMA =
      Schema.parse(
          """
          {"schemaName": "t", "primaryKeyColumns": ["k"],
           "dimensionFieldSpecs": [{"name": "k", "dataType": "LONG"}],
           "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}]}
          """);

  private static final TableConfig CONFIG =
      TableConfig.parse(
          """
          {"tableName": "t", "tableType": "REALTIME", "upsertConfig": {"mode": "FULL"}}
          """);

  private final ConcurrentSkipListMap<Long, ConsumingSegment> segments =
      new ConcurrentSkipListMap<>();
  private volatile Set<Long> committed = Set.of();
  private final KeyedTable table =
      new KeyedTable(
          "t_REALTIME",
          KeyRules.of(CONFIG, SCHEMA).orElseThrow(),
          (_, _) -> Optional.empty(),
          _ -> committed);
  private final KeyedPartition partition = table.partition(0);

  private ConsumingSegment begin(long sequence) {
    ConsumingSegment segment =
        new ConsumingSegment("t_REALTIME", "s" + sequence, SCHEMA, ConsumingOptions.DEFAULT);
    segments.put(sequence, segment);
    assertThat(partition.begin(sequence, segment)).isTrue();
    return segment;
  }

  private void append(long sequence, long[] keys, long[] numbers) {
    LongValues k = LongValues.of(keys);
    Page page =
        SCHEMA.fields().getFirst().name().equals("k")
            ? Page.of(k, LongValues.of(numbers))
            : Page.of(LongValues.of(numbers), k);
    long[] offsets = new long[keys.length];
    KeyedPartition.Appended done =
        partition
            .append(
                sequence,
                segments.get(sequence),
                new DecodedRows(page, offsets),
                _ -> {},
                (_, reason) -> assertThat(reason).isEmpty())
            .orElseThrow();
    assertThat(done.count()).isEqualTo(keys.length);
  }

  /// What a query sees: the number of each key.
  private Optional<Map<Long, Long>> query() {
    record Part(ConsumingSnapshot rows, LiveRows live) {}
    List<Part> parts = new ArrayList<>();
    boolean complete =
        table.atOneMoment(() -> {
          boolean all = true;
          for (Map.Entry<Long, ConsumingSegment> each : segments.entrySet()) {
            Optional<LiveRows> live = table.live(new StreamSegmentName(0, each.getKey()));
            Optional<ConsumingSnapshot> rows = each.getValue().snapshot();
            if (live.isPresent() && rows.isPresent()) {
              parts.add(new Part(rows.get(), live.get()));
            } else {
              rows.ifPresent(ConsumingSnapshot::close);
              // It has no rows yet.
              all &= rows.isEmpty() || rows.get().docCount() == 0;
            }
          }
          return all;
        });
    Map<Long, Long> found = new TreeMap<>();
    for (Part part : parts) {
      try (ConsumingSnapshot rows = part.rows()) {
        if (rows.docCount() == 0) {
          continue;
        }
        LongValues keys = (LongValues) rows.column("k").orElseThrow().values(0, rows.docCount());
        LongValues numbers = (LongValues) rows.column("n").orElseThrow().values(0, rows.docCount());
        for (int doc = 0; doc < rows.docCount(); doc++) {
          if (part.live().contains(doc)) {
            assertThat(found.put(keys.values()[doc], numbers.values()[doc])).as("twice").isNull();
          }
        }
      }
    }
    return complete ? Optional.of(found) : Optional.empty();
  }

  @Test
  void queriesSeeEachKeyOnceWhileRowsMove() throws Exception {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    System.out.println("seed " + seed + " (replay with -Dcuvee.random.seed=" + seed + ")");
    Random random = new Random(seed);
    begin(0);
    assertThat(partition.rebuild()).isTrue();
    long[] all = new long[KEYS];
    long[] zeros = new long[KEYS];
    for (int i = 0; i < KEYS; i++) {
      all[i] = i;
    }
    append(0, all, zeros);
    AtomicReference<@Nullable Throwable> failed = new AtomicReference<>();
    Thread writer =
        Thread.ofPlatform()
            .start(() -> {
              try {
                write(random);
              } catch (Throwable e) {
                failed.set(e);
              }
            });
    long newest = 0;
    int answers = 0;
    while (writer.isAlive() || answers == 0) {
      Optional<Map<Long, Long>> found = query();
      if (found.isPresent()) {
        answers++;
        assertThat(found.get()).hasSize(KEYS);
        long most = found.get().values().stream().mapToLong(Long::longValue).max().orElseThrow();
        assertThat(most).isGreaterThanOrEqualTo(newest);
        newest = most;
      }
    }
    writer.join();
    assertThat(failed.get()).isNull();
    assertThat(query().orElseThrow()).hasSize(KEYS);
    segments.values().forEach(ConsumingSegment::close);
  }

  /// Updates of a few keys each time, in a segment after the other.
  private void write(Random random) {
    long sequence = 0;
    for (int batch = 1; batch <= BATCHES; batch++) {
      if (batch % 50 == 0) {
        sequence++;
        begin(sequence);
        assertThat(partition.rebuild()).isTrue();
      }
      long[] keys = new long[1 + random.nextInt(40)];
      long[] numbers = new long[keys.length];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = random.nextInt(KEYS);
        numbers[i] = batch;
      }
      append(sequence, keys, numbers);
    }
  }

  @Test
  void rowsThatAreDroppedMakeTheKeysBeReadAnew() {
    begin(0);
    assertThat(partition.rebuild()).isTrue();
    append(0, new long[] {1, 2}, new long[] {1, 2});
    ConsumingSegment dropped = begin(1);
    append(1, new long[] {1}, new long[] {3});
    partition.dropped(1, dropped);
    segments.remove(1L);
    assertThat(partition.isReady()).isFalse();
    assertThat(query()).isEmpty();
    begin(1);
    assertThat(partition.rebuild()).isTrue();
    assertThat(query()).contains(Map.of(1L, 1L, 2L, 2L));
    assertThat(
            partition.append(
                1,
                dropped,
                new DecodedRows(Page.empty(List.of()), new long[0]),
                _ -> {},
                (_, _) -> {}))
        .isEmpty();
  }

  @Test
  void keysWaitForSegmentsThatAreSealedElsewhere() {
    committed = Set.of(3L, 4L);
    begin(5);
    assertThat(partition.rebuild()).isFalse();
    assertThat(partition.waitsFor()).contains("3, 4").contains("partition 0");
    assertThat(query()).contains(Map.of());
    committed = Set.of();
    assertThat(partition.isReady()).isFalse();
  }
}
