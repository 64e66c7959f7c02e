package io.cuvee.segment.store;

import io.cuvee.common.catalog.BloomFilterConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.segment.build.BuildLimits;
import io.cuvee.segment.build.BuildWorkers;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.BufferEntry;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.format.IndexKind;
import io.cuvee.segment.format.IndexMap;
import io.cuvee.segment.format.SegmentFiles;
import io.cuvee.segment.index.bloom.BloomFilterFormat;
import io.cuvee.segment.index.inverted.InvertedIndexFormat;
import io.cuvee.segment.index.json.JsonIndexFormat;
import io.cuvee.segment.index.range.RangeIndexFormat;
import io.cuvee.segment.index.text.TextIndexFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The indexes of segments that are already there: which are missing, adding them, and making a
/// copy that has exactly those that a table's config asks for. All are made from the columns of the
/// open segment. One caller at a time a directory.
public final class SegmentIndexes {
  /// What making an index takes, roughly.
  private static final int BYTES_OF_DOCUMENT = 16;

  private SegmentIndexes() {}

  /// What stands between a segment and a config.
  ///
  /// @param missing to be made, as `range index of column 'price'`
  /// @param superfluous there, and not asked for, or made in another way
  /// @param impossible asked for, but the column is stored in a way that does not allow them, or no
  ///   query would use them; each says why
  public record Difference(
      List<String> missing, List<String> superfluous, List<String> impossible) {
    /// Whether nothing can be done to come nearer to the config.
    public boolean isNone() {
      return missing.isEmpty() && superfluous.isEmpty();
    }
  }

  private record Index(String column, IndexKind kind) {
    @Override
    public String toString() {
      return kind.label() + " index of column '" + column + "'";
    }
  }

  /// Compares an open segment with a config.
  public static Difference compare(Segment segment, IndexingOptions options) {
    List<String> missing = new ArrayList<>();
    List<String> superfluous = new ArrayList<>();
    List<String> impossible = new ArrayList<>();
    for (Index index : all(segment)) {
      SegmentColumn column = segment.column(index.column).orElseThrow();
      boolean wanted = isWanted(index, options);
      boolean possible = isPossible(index.kind, column);
      boolean present = isPresent(segment, index);
      if (wanted && possible && !present) {
        segment.check(List.of(index.column));
      }
      boolean current = present && isCurrent(segment, index, options);
      if (wanted && !possible) {
        impossible.add(index + ": the column is stored as " + form(segment, index.column));
      }
      if (wanted && possible && !current) {
        missing.add(index.toString());
      }
      if (present && !(wanted && current)) {
        superfluous.add(index.toString());
      }
    }
    return new Difference(missing, superfluous, impossible);
  }

  /// The names of the indexes that an open segment has, by column, in schema order.
  public static Map<String, List<String>> present(Segment segment) {
    Map<String, List<String>> names = new LinkedHashMap<>();
    for (Index index : all(segment)) {
      if (isPresent(segment, index)) {
        names.computeIfAbsent(index.column, column -> new ArrayList<>()).add(index.kind.label());
      }
    }
    return names;
  }

  private static String form(Segment segment, String column) {
    ColumnMetadata metadata = segment.metadata().column(column).orElseThrow();
    return metadata.type() + " " + metadata.encoding() + " (" + metadata.reason() + ")";
  }

  private static List<Index> all(Segment segment) {
    List<Index> all = new ArrayList<>();
    for (ColumnMetadata column : segment.metadata().columns()) {
      for (IndexKind kind : IndexKind.values()) {
        all.add(new Index(column.name(), kind));
      }
    }
    return all;
  }

  private static boolean isWanted(Index index, IndexingOptions options) {
    return switch (index.kind) {
      case INVERTED -> options.invertedIndexColumns().contains(index.column);
      case RANGE -> options.rangeIndexColumns().contains(index.column);
      case BLOOM -> options.bloomFilters().containsKey(index.column);
      case JSON -> options.jsonIndexColumns().contains(index.column);
      case TEXT -> options.textIndexColumns().contains(index.column);
    };
  }

  private static boolean isPossible(IndexKind kind, SegmentColumn column) {
    return switch (kind) {
      case INVERTED -> column.dictionary().isPresent();
      case RANGE -> RangeIndexFormat.isPossible(column);
      case BLOOM -> true;
      case JSON -> JsonIndexFormat.isPossible(column);
      case TEXT -> TextIndexFormat.isPossible(column);
    };
  }

  private static boolean isPresent(Segment segment, Index index) {
    return index.kind.forms().stream()
        .anyMatch(form -> form.stream().allMatch(segment.buffers(index.column)::has));
  }

  /// Whether an index that is there would be made in the same way now.
  private static boolean isCurrent(Segment segment, Index index, IndexingOptions options) {
    if (index.kind == IndexKind.TEXT) {
      return segment
          .buffers(index.column)
          .buffer(BufferKind.TEXT_INDEX)
          .filter(TextIndexFormat::isCurrent)
          .isPresent();
    }
    BloomFilterConfig bloom = options.bloomFilters().get(index.column);
    return index.kind != IndexKind.BLOOM
        || bloom == null
        || segment.buffers(index.column).length(BufferKind.BLOOM_FILTER)
            == BloomFilterFormat.length(segment.column(index.column).orElseThrow(), bloom);
  }

  private static BuildWorkers.Piece<Index> piece(
      Segment segment, Index index, IndexingOptions options, long memoryBytes) {
    return new BuildWorkers.Piece<>(
        memoryBytes,
        out -> {
          write(segment, index, options, out);
          return index;
        });
  }

  private static void write(
      Segment segment, Index index, IndexingOptions options, ColumnsWriter out) {
    SegmentColumn column = segment.column(index.column).orElseThrow();
    switch (index.kind) {
      case INVERTED -> InvertedIndexFormat.write(column, out);
      case RANGE -> RangeIndexFormat.write(column, out);
      case JSON -> JsonIndexFormat.write(column, out);
      case TEXT -> TextIndexFormat.write(column, out);
      case BLOOM -> BloomFilterFormat.write(column, options.bloomFilters().get(index.column), out);
    }
  }

  /// Adds the indexes that are missing: buffers are appended, then the map is replaced, so that
  /// whoever opens the segment finds them whole or not at all. Those that are there stay, and open
  /// segments keep what they have until they are opened again.
  ///
  /// @return the difference that was found
  public static Difference add(Path directory, IndexingOptions options) {
    try (BuildWorkers workers = new BuildWorkers(1)) {
      return add(directory, options, workers, BuildLimits.DEFAULT_MEMORY);
    }
  }

  /// As [#add(Path, IndexingOptions)], with threads of a build and within its memory.
  public static Difference add(
      Path directory, IndexingOptions options, BuildWorkers workers, DataSize memoryLimit) {
    SegmentFiles files = SegmentFiles.read(directory);
    try (Segment segment = Segment.open(directory, Verify.STRUCTURE)) {
      Difference difference = compare(segment, options);
      List<Index> absent =
          all(segment).stream()
              .filter(index -> isWanted(index, options) && !isPresent(segment, index))
              .filter(index -> isPossible(index.kind, segment.column(index.column).orElseThrow()))
              .toList();
      if (!absent.isEmpty()) {
        try (ColumnsWriter out = ColumnsWriter.append(directory, files.map())) {
          long bytes = (long) segment.docCount() * BYTES_OF_DOCUMENT;
          workers.write(
              absent.stream().map(index -> piece(segment, index, options, bytes)).toList(),
              memoryLimit.bytes(),
              written -> {},
              out);
          out.force();
          SegmentFiles.replaceMap(
              directory, new IndexMap(files.map().segmentCrc(), out.length(), out.buffers()));
        }
      }
      return difference;
    }
  }

  /// Writes a copy of a segment that has the indexes of `options`, as far as they are possible, and
  /// no others. Data and indexes that stay are copied with their checksums, which are checked on
  /// the way. All is on disk when this returns.
  ///
  /// @param segment open, and acquired by the caller
  /// @param target a directory that exists and is empty
  public static void copy(Segment segment, Path target, IndexingOptions options) {
    SegmentFiles files = SegmentFiles.read(segment.directory());
    Map<String, List<BufferEntry>> buffers = files.buffersByColumn();
    try (ColumnsWriter out = ColumnsWriter.create(target)) {
      for (ColumnMetadata column : files.metadata().columns()) {
        for (BufferEntry entry : buffers.getOrDefault(column.name(), List.of())) {
          if (entry.kind().isData()) {
            out.copy(files.columnsFile(), entry);
          }
        }
      }
      for (Index index : all(segment)) {
        boolean kept = isPresent(segment, index) && isCurrent(segment, index, options);
        if (!isWanted(index, options)
            || !isPossible(index.kind, segment.column(index.column).orElseThrow())) {
          continue;
        }
        if (kept) {
          for (BufferEntry entry : buffers.getOrDefault(index.column, List.of())) {
            if (index.kind.has(entry.kind())) {
              out.copy(files.columnsFile(), entry);
            }
          }
        } else if (isPossible(index.kind, segment.column(index.column).orElseThrow())) {
          write(segment, index, options, out);
        }
      }
      out.finish(files.map().segmentCrc());
      SegmentFiles.write(
          target,
          files.metadata(),
          new IndexMap(files.map().segmentCrc(), out.length(), out.buffers()));
    }
  }
}
