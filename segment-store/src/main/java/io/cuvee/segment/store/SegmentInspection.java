package io.cuvee.segment.store;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.segment.column.ColumnStatistics;
import io.cuvee.segment.format.BufferEntry;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.Encoding;
import io.cuvee.segment.format.IndexKind;
import io.cuvee.segment.format.IndexMapFormat;
import io.cuvee.segment.format.MetadataFormat;
import io.cuvee.segment.format.SegmentFiles;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.format.StarTreeMetadata;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// How a segment is made, for people: its columns, their encodings and why, their indexes and
/// sizes. Reads the small files, and what star-trees say of themselves.
///
/// @param sizeBytes of all files
public record SegmentInspection(
    Path directory,
    SegmentMetadata metadata,
    long sizeBytes,
    List<Column> columns,
    List<StarTree> starTrees) {
  public SegmentInspection {
    columns = List.copyOf(columns);
    starTrees = List.copyOf(starTrees);
  }

  /// One star-tree.
  ///
  /// @param sizeBytes of records and nodes
  public record StarTree(StarTreeMetadata metadata, long sizeBytes) {}

  /// One column.
  ///
  /// @param reason why it is encoded so
  /// @param sizeBytes of data and indexes
  /// @param min smallest value as text; absent if there is none or it is long
  /// @param max largest
  /// @param indexes by name, as `sorted` and `inverted`
  public record Column(
      String name,
      ColumnType type,
      Encoding encoding,
      String reason,
      int cardinality,
      int nullCount,
      int idBits,
      long sizeBytes,
      Optional<String> min,
      Optional<String> max,
      List<String> indexes,
      List<Buffer> buffers) {
    public Column {
      indexes = List.copyOf(indexes);
      buffers = List.copyOf(buffers);
    }
  }

  /// One buffer of a column.
  public record Buffer(BufferKind kind, long offset, long length, String crc) {}

  /// @throws CuveeException as [Segment#open]
  public static SegmentInspection of(Path directory) {
    SegmentFiles files = SegmentFiles.read(directory);
    Map<String, List<BufferEntry>> buffers = files.buffersByColumn();
    List<Column> columns = new ArrayList<>();
    for (ColumnMetadata column : files.metadata().columns()) {
      columns.add(column(column, buffers.getOrDefault(column.name(), List.of())));
    }
    long size =
        files.map().columnsLength()
            + length(directory.resolve(MetadataFormat.FILE))
            + length(directory.resolve(IndexMapFormat.FILE));
    return new SegmentInspection(directory, files.metadata(), size, columns, starTrees(files));
  }

  private static List<StarTree> starTrees(SegmentFiles files) {
    if (!files.buffersByColumn().containsKey(StarTreeMetadata.owner(0))) {
      return List.of();
    }
    List<StarTree> trees = new ArrayList<>();
    try (Segment segment = Segment.open(files.directory(), Verify.STRUCTURE)) {
      for (var tree : segment.starTrees()) {
        int number = trees.size();
        trees.add(
            new StarTree(
                tree.metadata(),
                files.map().buffers().stream()
                    .filter(buffer -> StarTreeMetadata.isOwner(buffer.column(), number))
                    .mapToLong(BufferEntry::length)
                    .sum()));
      }
    }
    return trees;
  }

  private static long length(Path file) {
    try {
      return Files.size(file);
    } catch (IOException e) {
      throw CuveeException.of(e);
    }
  }

  private static Column column(ColumnMetadata column, List<BufferEntry> entries) {
    List<String> indexes = new ArrayList<>();
    if (column.encoding() == Encoding.SORTED) {
      indexes.add("sorted");
    }
    for (IndexKind index : IndexKind.values()) {
      if (entries.stream().anyMatch(entry -> index.has(entry.kind()))) {
        indexes.add(index.label());
      }
    }
    ColumnStatistics statistics = column.statistics();
    return new Column(
        column.name(),
        column.type(),
        column.encoding(),
        column.reason(),
        statistics.cardinality(),
        statistics.nullCount(),
        column.idBits(),
        entries.stream().mapToLong(BufferEntry::length).sum(),
        text(statistics.min(), column.type().dataType()),
        text(statistics.max(), column.type().dataType()),
        indexes,
        entries.stream()
            .map(entry ->
                new Buffer(
                    entry.kind(),
                    entry.offset(),
                    entry.length(),
                    HexFormat.of().toHexDigits(entry.crc())))
            .toList());
  }

  private static Optional<String> text(@Nullable Object value, DataType type) {
    return switch (value) {
      case null -> Optional.empty();
      case Long number -> Optional.of(numberText(number, type));
      case BigDecimal number -> Optional.of(number.toPlainString());
      case byte[] bytes -> Optional.of(bytesText(bytes, type));
      default -> Optional.of(value.toString());
    };
  }

  private static String numberText(long value, DataType type) {
    return switch (type) {
      case BOOLEAN -> Boolean.toString(value == 1);
      case TIMESTAMP -> Instant.ofEpochMilli(value).toString();
      case DATE -> LocalDate.ofEpochDay(value).toString();
      default -> Long.toString(value);
    };
  }

  private static String bytesText(byte[] bytes, DataType type) {
    if (type.isText()) {
      try {
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      } catch (CharacterCodingException e) {
        return HexFormat.of().formatHex(bytes);
      }
    }
    String hex = HexFormat.of().formatHex(bytes);
    return type == DataType.UUID && bytes.length == 16
        ? hex.replaceFirst("(.{8})(.{4})(.{4})(.{4})(.{12})", "$1-$2-$3-$4-$5")
        : hex;
  }
}
