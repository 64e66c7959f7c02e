package io.cuvee.ingest.upsert;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.ingest.decode.DecodedRows;
import io.cuvee.segment.consuming.ConsumingOptions;
import io.cuvee.segment.consuming.ConsumingSegment;
import io.cuvee.segment.consuming.ConsumingSnapshot;
import io.cuvee.segment.live.LiveRows;
import io.cuvee.segment.store.ReadableSegment;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;

/// Rows of keys against a naive map, over segments that end, are read again, and go.
class TestPartitionKeys {
  private static final Schema SCHEMA =
      Schema.parse(
          """
          {"schemaName": "t", "primaryKeyColumns": ["k", "name"],
           "dimensionFieldSpecs": [{"name": "k", "dataType": "INT"},
             {"name": "name", "dataType": "STRING"},
             {"name": "gone", "dataType": "BOOLEAN"},
             {"name": "tags", "dataType": "STRING", "singleValueField": false}],
           "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}, {"name": "least", "dataType": "DOUBLE"}],
           "dateTimeFieldSpecs": [{"name": "at", "dataType": "TIMESTAMP",
             "format": "TIMESTAMP", "granularity": "1:MILLISECONDS"}]}
          """);

  private final TreeMap<Long, ConsumingSegment> segments = new TreeMap<>();
  private final List<String> refused = new ArrayList<>();
  private long nextOffset;

  /// @param mode of the config, in JSON
  private static KeyRules rules(String mode) {
    TableConfig config =
        TableConfig.parse(
            """
            {"tableName": "t", "tableType": "REALTIME",
             "segmentsConfig": {"timeColumnName": "at"}, %s}
            """
                .formatted(mode));
    assertThat(config.keys().orElseThrow().problems(config, SCHEMA)).isEmpty();
    return KeyRules.of(config, SCHEMA).orElseThrow();
  }

  private record Row(
      @Nullable Long k,
      String name,
      boolean gone,
      @Nullable List<String> tags,
      @Nullable Long n,
      @Nullable Double least,
      long at) {
    @Nullable Object[] values() {
      return new @Nullable Object[] {
        k,
        name.getBytes(StandardCharsets.UTF_8),
        gone ? 1L : 0L,
        tags == null
            ? null
            : tags.stream().map(tag -> tag.getBytes(StandardCharsets.UTF_8)).toList(),
        n,
        least,
        at
      };
    }
  }

  private DecodedRows decoded(List<Row> rows) {
    List<ValuesBuilder> builders =
        SCHEMA.fields().stream().map(field -> ValuesBuilder.of(field.type(), rows.size())).toList();
    long[] offsets = new long[rows.size()];
    for (int i = 0; i < rows.size(); i++) {
      @Nullable Object[] values = rows.get(i).values();
      for (int column = 0; column < values.length; column++) {
        builders.get(position(column)).appendObject(values[column]);
      }
      offsets[i] = nextOffset++;
    }
    return new DecodedRows(
        new Page(rows.size(), builders.stream().map(ValuesBuilder::build).toList()), offsets);
  }

  private static int position(int column) {
    String name = List.of("k", "name", "gone", "tags", "n", "least", "at").get(column);
    for (int i = 0; i < SCHEMA.fields().size(); i++) {
      if (SCHEMA.fields().get(i).name().equals(name)) {
        return i;
      }
    }
    throw new IllegalStateException(name);
  }

  /// Appends rows to the newest segment.
  ///
  /// @return how many of them are in it
  private int append(PartitionKeys keys, List<Row> rows) {
    long sequence = segments.lastKey();
    ConsumingSegment segment = segments.get(sequence);
    int firstDoc = segment.rowCount();
    KeyedRows taken;
    try (Stored stored = new Stored()) {
      taken =
          keys.take(
              sequence,
              firstDoc,
              decoded(rows),
              segment.room(),
              stored,
              (offset, reason) -> refused.add(reason));
    }
    int count = segment.append(taken.page());
    keys.appended(sequence, firstDoc, taken, count);
    return count;
  }

  private void begin(long sequence, int rows) {
    segments.put(
        sequence,
        new ConsumingSegment(
            "t_REALTIME",
            "s" + sequence,
            SCHEMA,
            new ConsumingOptions(
                ConsumingOptions.DEFAULT.indexing(),
                rows,
                ConsumingOptions.DEFAULT.memoryLimit())));
  }

  private final class Stored implements StoredSegments {
    private final List<ConsumingSnapshot> open = new ArrayList<>();

    @Override
    public ReadableSegment segment(long sequence) {
      ConsumingSnapshot snapshot = segments.get(sequence).snapshot().orElseThrow();
      open.add(snapshot);
      return snapshot;
    }

    @Override
    public void close() {
      open.forEach(ConsumingSnapshot::close);
    }
  }

  /// The values of the rows that count, as text, in the order of segments and documents.
  private List<String> live(PartitionKeys keys) {
    List<String> texts = new ArrayList<>();
    segments.forEach((sequence, segment) -> {
      LiveRows live = keys.live(sequence);
      try (ConsumingSnapshot rows = segment.snapshot().orElseThrow()) {
        assertThat(live.end()).isLessThanOrEqualTo(rows.docCount());
        for (int doc = 0; doc < rows.docCount(); doc++) {
          if (live.contains(doc)) {
            texts.add(text(rows, doc));
          }
        }
      }
    });
    return texts;
  }

  private static String text(ConsumingSnapshot rows, int doc) {
    List<String> values = new ArrayList<>();
    for (String name : List.of("k", "name", "tags", "n", "least", "at")) {
      Object value = rows.column(name).orElseThrow().values(doc, 1).get(0);
      values.add(text(value));
    }
    return String.join(" ", values);
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
      case List<?> list -> list.stream().map(TestPartitionKeys::text).toList().toString();
      default -> value.toString();
    };
  }

  private static String text(Row row) {
    return String.join(
        " ",
        text(row.k()),
        row.name(),
        row.tags() == null ? "NULL" : row.tags().toString(),
        text(row.n()),
        text(row.least()),
        text(row.at()));
  }

  /// Reads all segments as a server does that starts.
  private PartitionKeys reread(KeyRules rules) {
    PartitionKeys again = new PartitionKeys(rules);
    segments.forEach((sequence, segment) -> {
      try (ConsumingSnapshot rows = segment.snapshot().orElseThrow()) {
        again.load(sequence, rows, rows.docCount());
      }
    });
    return again;
  }

  private static Row row(Random random, int time, boolean mayDelete) {
    return new Row(
        (long) random.nextInt(12),
        random.nextInt(3) == 0 ? "a key that is longer than fifteen bytes" : "b",
        mayDelete && random.nextInt(6) == 0,
        random.nextInt(3) == 0 ? null : List.of("t" + random.nextInt(3), "t" + random.nextInt(3)),
        random.nextInt(4) == 0 ? null : (long) random.nextInt(100),
        random.nextInt(4) == 0 ? null : (double) random.nextInt(100),
        time - random.nextInt(1 + random.nextInt(40)));
  }

  /// What the naive map has of a key.
  private record Kept(Row row, boolean shown) {}

  @RepeatedTest(8)
  void upsertIsThatOfANaiveMap(RepetitionInfo repetition) {
    int round = repetition.getCurrentRepetition();
    long seed = Long.getLong("cuvee.random.seed", 20_261_122 + round);
    System.out.println("seed " + seed + " (replay with -Dcuvee.random.seed=" + seed + ")");
    Random random = new Random(seed);
    boolean isPartial = round % 2 == 0;
    int deletedTtl = round % 4 < 2 ? 0 : 20;
    KeyRules rules =
        rules(
            """
            "upsertConfig": {"mode": "%s", "deleteRecordColumn": "gone", "deletedKeysTTL": %d %s}
            """
                .formatted(
                    isPartial ? "PARTIAL" : "FULL",
                    deletedTtl,
                    isPartial
                        ? """
                        , "partialUpsertStrategies": {
                          "n": "INCREMENT", "least": "MIN", "tags": "UNION"}\
                        """
                        : ""));
    Map<String, Kept> expected = new TreeMap<>();
    PartitionKeys keys = new PartitionKeys(rules);
    begin(0, 1 + random.nextInt(60));
    long newest = Long.MIN_VALUE;
    for (int batch = 0; batch < 40; batch++) {
      List<Row> rows = new ArrayList<>();
      for (int i = 1 + random.nextInt(25); i > 0; i--) {
        rows.add(row(random, batch * 3, true));
      }
      while (!rows.isEmpty()) {
        int count = append(keys, rows);
        for (Row row : rows.subList(0, count)) {
          newest = Math.max(newest, row.at());
          put(expected, row, newest, deletedTtl, isPartial);
        }
        rows = rows.subList(count, rows.size());
        if (segments.lastEntry().getValue().isFull()) {
          begin(segments.lastKey() + 1, 1 + random.nextInt(60));
        }
        if (random.nextInt(6) == 0) {
          keys.close();
          keys = reread(rules);
        }
        List<String> shown = new ArrayList<>();
        expected.values().stream()
            .filter(kept -> kept.shown() && !kept.row().gone())
            .forEach(kept -> shown.add(text(kept.row())));
        assertThat(live(keys))
            .as("seed %d, batch %d", seed, batch)
            .containsExactlyInAnyOrderElementsOf(shown);
      }
    }
    assertThat(refused).isEmpty();
    keys.close();
  }

  private static void put(
      Map<String, Kept> expected, Row row, long newest, int deletedTtl, boolean isPartial) {
    String key = row.k() + row.name();
    Kept before = expected.get(key);
    boolean isKnown =
        before != null
            && !(before.row().gone() && deletedTtl > 0 && before.row().at() < newest - deletedTtl);
    if (isKnown && row.at() < before.row().at()) {
      return;
    }
    boolean merges = isPartial && isKnown && !before.row().gone() && !row.gone();
    expected.put(key, new Kept(merges ? merged(before.row(), row) : row, true));
  }

  private static Row merged(Row older, Row newer) {
    List<String> tags = older.tags() == null ? newer.tags() : older.tags();
    if (older.tags() != null) {
      List<String> all = new ArrayList<>(older.tags());
      if (newer.tags() != null) {
        all.addAll(newer.tags());
        all = new ArrayList<>(new java.util.LinkedHashSet<>(all));
      }
      tags = all;
    }
    return new Row(
        newer.k(),
        newer.name(),
        newer.gone(),
        tags,
        older.n() == null
            ? newer.n()
            : newer.n() == null ? older.n() : Long.valueOf(older.n() + newer.n()),
        older.least() == null
            ? newer.least()
            : newer.least() == null
                ? older.least()
                : Double.valueOf(Math.min(older.least(), newer.least())),
        newer.at());
  }

  @RepeatedTest(4)
  void dedupKeepsTheFirstRowOfAKey(RepetitionInfo repetition) {
    long seed = Long.getLong("cuvee.random.seed", 20_261_222 + repetition.getCurrentRepetition());
    System.out.println("seed " + seed + " (replay with -Dcuvee.random.seed=" + seed + ")");
    Random random = new Random(seed);
    int ttl = repetition.getCurrentRepetition() % 2 == 0 ? 30 : 0;
    KeyRules rules = rules("\"dedupConfig\": {\"metadataTTL\": " + ttl + "}");
    Map<String, Long> known = new TreeMap<>();
    List<String> expected = new ArrayList<>();
    PartitionKeys keys = new PartitionKeys(rules);
    begin(0, 17);
    long newest = Long.MIN_VALUE;
    for (int batch = 0; batch < 60; batch++) {
      List<Row> rows = new ArrayList<>();
      for (int i = 1 + random.nextInt(8); i > 0; i--) {
        rows.add(row(random, batch * 9, false));
      }
      if (segments.lastEntry().getValue().room() < rows.size()) {
        begin(segments.lastKey() + 1, 17);
      }
      append(keys, rows);
      for (Row row : rows) {
        String key = row.k() + row.name();
        long after = Math.max(newest, row.at());
        Long at = known.get(key);
        if (at == null || ttl > 0 && at < after - ttl) {
          newest = after;
          known.put(key, row.at());
          expected.add(text(row));
        }
      }
      if (random.nextInt(5) == 0) {
        keys.close();
        keys = reread(rules);
      }
    }
    List<String> stored = new ArrayList<>();
    segments
        .values()
        .forEach(segment -> {
          try (ConsumingSnapshot rows = segment.snapshot().orElseThrow()) {
            for (int doc = 0; doc < rows.docCount(); doc++) {
              stored.add(text(rows, doc));
            }
          }
        });
    assertThat(stored).as("seed %d", seed).isEqualTo(expected);
    keys.close();
  }

  private static Row plain(long key, long number, long at) {
    return new Row(key, "x", false, null, number, null, at);
  }

  @Test
  void dedupTakesNoMoreRowsThanThereIsRoomFor() {
    PartitionKeys keys = new PartitionKeys(rules("\"dedupConfig\": {\"dedupEnabled\": true}"));
    begin(0, 2);
    List<Row> rows = List.of(plain(1, 1, 1), plain(1, 2, 1), plain(2, 3, 1), plain(3, 4, 1));
    assertThat(append(keys, rows)).isEqualTo(2);
    begin(1, 10);
    assertThat(append(keys, rows)).isEqualTo(1);
    keys.close();
  }

  @Test
  void rowsWithoutAKeyOrThatCannotBeMergedAreRefused() {
    PartitionKeys keys =
        new PartitionKeys(
            rules(
                """
                "upsertConfig": {"mode": "PARTIAL", "partialUpsertStrategies": {"n": "INCREMENT"}}
                """));
    begin(0, 100);
    append(
        keys,
        List.of(
            new Row(null, "x", false, null, 1L, null, 1),
            plain(1, Long.MAX_VALUE, 1),
            plain(1, 1, 2),
            plain(1, -1, 3)));
    assertThat(refused).hasSize(2);
    assertThat(refused.getFirst()).contains("NULL");
    assertThat(refused.getLast()).contains("'n'").contains("does not fit");
    assertThat(live(keys)).containsExactly("1 x NULL " + (Long.MAX_VALUE - 1) + " NULL 3");
    keys.close();
  }

  @Test
  void keysBehindTheTtlAreForgotten() {
    PartitionKeys keys =
        new PartitionKeys(rules("\"upsertConfig\": {\"mode\": \"FULL\", \"metadataTTL\": 10}"));
    begin(0, 100);
    append(keys, List.of(plain(1, 1, 100), plain(2, 2, 111), plain(1, 3, 112), plain(2, 4, 121)));
    assertThat(live(keys))
        .containsExactly("1 x NULL 1 NULL 100", "1 x NULL 3 NULL 112", "2 x NULL 4 NULL 121");
    keys.close();
  }

  @Test
  void aSegmentThatGoesTakesItsKeysAlong() {
    PartitionKeys keys = new PartitionKeys(rules("\"upsertConfig\": {\"mode\": \"FULL\"}"));
    begin(0, 100);
    append(keys, List.of(plain(1, 1, 100), plain(2, 2, 100)));
    begin(1, 100);
    append(keys, List.of(plain(1, 3, 101)));
    keys.remove(1);
    segments.remove(1L);
    begin(2, 100);
    append(keys, List.of(plain(1, 4, 50)));
    assertThat(live(keys)).containsExactly("2 x NULL 2 NULL 100", "1 x NULL 4 NULL 50");
    assertThat(Optional.of(keys.keyCount())).hasValue(2L);
    keys.close();
  }
}
