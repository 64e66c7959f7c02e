package io.cuvee.benchmarks.live;

import io.cuvee.benchmarks.report.Figure;
import io.cuvee.benchmarks.report.Report;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.file.FileTree;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.upsert.KeyRules;
import io.cuvee.ingest.upsert.PartitionKeys;
import io.cuvee.segment.build.BuildLimits;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// `./cuvee bench keys`: one partition of a table whose rows replace each other, on a server that
/// starts. Its segments are opened and all their keys read; then each key must count once, in its
/// last row.
public final class KeysBench {
  private static final int ROWS_OF_SEGMENT = 2_500_000;
  private static final int PAGE_ROWS = 1 << 16;
  private static final double MIB = 1 << 20;
  private static final double NANOS = 1e9;

  /// A fifth of the rows replace others.
  private static final double ROWS_PER_KEY = 1.2;

  private static final Schema SCHEMA =
      Schema.parse(
          """
          {"schemaName": "keys", "primaryKeyColumns": ["id"],
           "dimensionFieldSpecs": [{"name": "id", "dataType": "LONG"}],
           "metricFieldSpecs": [{"name": "amount", "dataType": "LONG"}],
           "dateTimeFieldSpecs": [{"name": "at", "dataType": "TIMESTAMP",
             "format": "TIMESTAMP", "granularity": "1:MILLISECONDS"}]}
          """);

  private static final TableConfig CONFIG =
      TableConfig.parse(
          """
          {"tableName": "keys", "tableType": "REALTIME",
           "segmentsConfig": {"timeColumnName": "at"}, "upsertConfig": {"mode": "FULL"}}
          """);

  private final long keys;
  private final long rows;
  private final PrintStream out;

  /// @param keys how many different ones
  public KeysBench(long keys, PrintStream out) {
    this.keys = keys;
    this.rows = (long) (keys * ROWS_PER_KEY);
    this.out = out;
  }

  public Report run() throws IOException {
    Report report = new Report("keys");
    Path directory = Files.createTempDirectory("cuvee-keys");
    try {
      List<Path> segments = build(directory);
      read(segments, report);
    } finally {
      FileTree.delete(directory);
    }
    return report;
  }

  private List<Path> build(Path directory) {
    List<Path> segments = new ArrayList<>();
    for (long from = 0; from < rows; from += ROWS_OF_SEGMENT) {
      int count = (int) Math.min(ROWS_OF_SEGMENT, rows - from);
      out.printf("Building: %,d of %,d rows%n", from, rows);
      Path target = directory.resolve("s" + segments.size());
      SegmentSpec spec =
          SegmentSpec.of("keys_REALTIME", "s" + segments.size(), SCHEMA)
              .withLimits(new BuildLimits(new DataSize(1L << 30), 2));
      new SegmentBuilder(spec).build(pages(from, count), target);
      segments.add(target);
    }
    return segments;
  }

  /// The key of a row: first each once in an order without sense, then some again.
  private long key(long row) {
    // An odd factor without a common divisor with the number of keys goes through all of them.
    long factor = 0x9E3779B1L;
    while (gcd(factor, keys) != 1) {
      factor += 2;
    }
    return Math.floorMod(row * factor, keys) * 1_000_003 + 17;
  }

  private static long gcd(long a, long b) {
    return b == 0 ? a : gcd(b, a % b);
  }

  private PageSource pages(long first, int count) {
    List<Page> pages = new ArrayList<>();
    for (int from = 0; from < count; from += PAGE_ROWS) {
      int length = Math.min(PAGE_ROWS, count - from);
      long[] ids = new long[length];
      long[] amounts = new long[length];
      long[] times = new long[length];
      for (int i = 0; i < length; i++) {
        long row = first + from + i;
        ids[i] = key(row);
        amounts[i] = row % 1000;
        times[i] = 1_700_000_000_000_000L + row * 1000;
      }
      pages.add(
          new Page(
              length,
              List.of(
                  new LongValues(ids, length, null),
                  new LongValues(amounts, length, null),
                  new LongValues(times, length, null))));
    }
    return PageSource.of(pages);
  }

  private void read(List<Path> directories, Report report) {
    long start = System.nanoTime();
    List<Segment> segments = new ArrayList<>();
    try (PartitionKeys known = new PartitionKeys(KeyRules.of(CONFIG, SCHEMA).orElseThrow())) {
      for (Path directory : directories) {
        segments.add(Segment.open(directory, Verify.STRUCTURE));
      }
      for (int i = 0; i < segments.size(); i++) {
        known.load(i, segments.get(i), segments.get(i).docCount());
        out.printf(
            "Read: %,d keys, %.1f s%n", known.keyCount(), (System.nanoTime() - start) / NANOS);
      }
      double seconds = (System.nanoTime() - start) / NANOS;
      long counted = 0;
      for (int i = 0; i < segments.size(); i++) {
        counted += known.live(i).count();
      }
      if (known.keyCount() != keys || counted != keys) {
        report.fail(
            "%d keys were expected, %d are known, %d rows count"
                .formatted(keys, known.keyCount(), counted));
      }
      report.add(new Figure("keys", "cuvee", 1, known.keyCount()));
      report.add(new Figure("rows", "cuvee", 1, rows));
      report.add(new Figure("memory of keys, MiB", "cuvee", 1, known.memoryBytes() / MIB));
      report.add(new Figure("from start to ready, s", "cuvee", 1, seconds));
      report.add(new Figure("a row, ns", "cuvee", 1, seconds * NANOS / rows));
    } finally {
      segments.forEach(Segment::close);
    }
  }
}
