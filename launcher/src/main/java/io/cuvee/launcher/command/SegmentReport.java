package io.cuvee.launcher.command;

import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.format.StarTreeMetadata;
import io.cuvee.segment.store.SegmentInspection;
import io.cuvee.segment.store.SegmentVerifier;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.Locale;
import java.util.stream.Collectors;

/// Prints what segments are made of, and whether they are sound.
final class SegmentReport {
  private SegmentReport() {}

  static void inspect(Path directory, PrintStream out) {
    SegmentInspection segment = SegmentInspection.of(directory);
    SegmentMetadata metadata = segment.metadata();
    out.printf(
        Locale.ROOT,
        "%s of %s: %,d rows, %s, CRC %08x, format %d%n",
        metadata.segment(),
        metadata.table(),
        metadata.docCount(),
        new DataSize(segment.sizeBytes()),
        metadata.crc(),
        metadata.formatVersion());
    if (!metadata.sortColumns().isEmpty()) {
      out.println("sorted by " + String.join(", ", metadata.sortColumns()));
    }
    out.printf(
        "%-20s %-16s %-12s %12s %9s %10s  %-18s %-18s %-18s %s%n",
        "column", "type", "encoding", "distinct", "nulls", "size", "min", "max", "indexes", "why");
    for (SegmentInspection.Column column : segment.columns()) {
      out.printf(
          Locale.ROOT,
          "%-20s %-16s %-12s %12s %,9d %10s  %-18s %-18s %-18s %s%n",
          column.name(),
          column.type(),
          column.encoding().toString().toLowerCase(Locale.ROOT),
          column.cardinality() < 0 ? "?" : String.format(Locale.ROOT, "%,d", column.cardinality()),
          column.nullCount(),
          new DataSize(column.sizeBytes()),
          column.min().orElse(""),
          column.max().orElse(""),
          String.join(", ", column.indexes()),
          column.reason());
    }
    for (SegmentInspection.StarTree tree : segment.starTrees()) {
      StarTreeMetadata made = tree.metadata();
      out.printf(
          Locale.ROOT,
          "star-tree by %s: %,d records for the rows, %,d in all, %,d nodes, leaves of at most %,d, %s; %s%n",
          made.dimensions().stream()
              .map(dimension -> dimension.name() + (dimension.skipStarNodes() ? " (no star)" : ""))
              .collect(Collectors.joining(", ")),
          made.baseCount(),
          made.docCount(),
          made.nodeCount(),
          made.maxLeafRecords(),
          new DataSize(tree.sizeBytes()),
          made.metrics().stream()
              .map(metric ->
                  metric.function()
                      + "("
                      + (metric.argument().isEmpty() ? "*" : metric.argument())
                      + ")")
              .collect(Collectors.joining(", ")));
    }
    out.println();
  }

  /// Whether the segment is sound; says so either way.
  ///
  /// @param err receives what is wrong
  static boolean verify(Path directory, PrintStream out, PrintStream err) {
    try {
      SegmentMetadata metadata = SegmentVerifier.verify(directory);
      out.printf(
          Locale.ROOT,
          "%s: sound. %,d rows, %d columns, CRC %08x%n",
          directory,
          metadata.docCount(),
          metadata.columns().size(),
          metadata.crc());
      return true;
    } catch (CuveeException e) {
      err.println("cuvee: " + e.getMessage());
      return false;
    }
  }
}
