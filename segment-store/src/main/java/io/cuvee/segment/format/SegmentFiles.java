package io.cuvee.segment.format;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.segment.index.bloom.BloomFilterFormat;
import io.cuvee.segment.index.inverted.DocumentRuns;
import io.cuvee.segment.index.json.JsonIndexFormat;
import io.cuvee.segment.index.range.RangeIndexFormat;
import io.cuvee.segment.index.text.TextIndexFormat;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The small files of a segment's directory, read and checked against each other, and the length
/// and header of the large one.
///
/// @param metadata as in `metadata.json`
/// @param map as in `index.map`
public record SegmentFiles(Path directory, SegmentMetadata metadata, IndexMap map) {
  private static final int MAX_SMALL_FILE_BYTES = 256 << 20;

  /// @throws CuveeException `NOT_FOUND` if there is no segment, `CORRUPT_SEGMENT`,
  ///   `UNSUPPORTED_VERSION`, `IO`
  public static SegmentFiles read(Path directory) {
    SegmentFiles files = readConsistent(directory);
    files.checkStructure();
    return files;
  }

  private static SegmentFiles readConsistent(Path directory) {
    Path metadataFile = directory.resolve(MetadataFormat.FILE);
    if (!Files.exists(metadataFile)) {
      throw Files.isDirectory(directory) && Files.exists(directory.resolve(ColumnsFormat.FILE))
          ? SegmentFormat.corrupt(metadataFile, "it is missing")
          : new CuveeException(
              ErrorCode.NOT_FOUND,
              "There is no segment in "
                  + directory
                  + ": it has no "
                  + MetadataFormat.FILE
                  + ". Give the directory of a segment.");
    }
    SegmentMetadata metadata = MetadataFormat.read(metadataFile, bytes(metadataFile));
    Path mapFile = directory.resolve(IndexMapFormat.FILE);
    IndexMap map = IndexMapFormat.read(mapFile, bytes(mapFile));
    long crc = SegmentFormat.crc(metadata, map.buffers());
    if (map.segmentCrc() != metadata.crc() || crc != metadata.crc()) {
      throw SegmentFormat.corrupt(
          mapFile,
          "it belongs to a segment with CRC "
              + map.segmentCrc()
              + " and its buffers give "
              + crc
              + ", expected "
              + metadata.crc()
              + " as in "
              + MetadataFormat.FILE);
    }
    return new SegmentFiles(directory, metadata, map);
  }

  public Path columnsFile() {
    return directory.resolve(ColumnsFormat.FILE);
  }

  /// The buffers of each column.
  public Map<String, List<BufferEntry>> buffersByColumn() {
    Map<String, List<BufferEntry>> byColumn = new HashMap<>();
    for (BufferEntry buffer : map.buffers()) {
      byColumn.computeIfAbsent(buffer.column(), name -> new java.util.ArrayList<>()).add(buffer);
    }
    return byColumn;
  }

  private void checkStructure() {
    checkColumnsFile();
    Set<String> known = new HashSet<>();
    Map<String, List<BufferEntry>> buffers = buffersByColumn();
    for (ColumnMetadata column : metadata.columns()) {
      if (!known.add(column.name())) {
        throw SegmentFormat.corrupt(
            directory.resolve(MetadataFormat.FILE),
            "column '" + column.name() + "' is there twice");
      }
      checkShape(column, metadata.docCount(), false);
      checkBuffers(column, buffers.getOrDefault(column.name(), List.of()));
    }
    for (BufferEntry buffer : map.buffers()) {
      if (!known.contains(buffer.column()) && !StarTreeMetadata.isOwner(buffer.column())) {
        throw SegmentFormat.corrupt(
            directory.resolve(IndexMapFormat.FILE), buffer + " belongs to no column");
      }
    }
  }

  private void checkColumnsFile() {
    Path file = columnsFile();
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      if (channel.size() < map.columnsLength()) {
        throw SegmentFormat.corrupt(
            file, "it has " + channel.size() + " bytes, expected " + map.columnsLength());
      }
      ByteBuffer header = ByteBuffer.allocate(ColumnsFormat.HEADER_BYTES);
      while (header.hasRemaining() && channel.read(header, header.position()) >= 0) {
        // Reads on until the header is whole.
      }
      ColumnsFormat.checkHeader(file, header.array(), metadata.crc());
    } catch (NoSuchFileException e) {
      throw SegmentFormat.corrupt(file, "it is missing", e);
    } catch (IOException e) {
      throw SegmentFormat.io("read", file, e);
    }
  }

  /// Checks a column of a table within the segment, such as that of a star-tree.
  ///
  /// @param owner under which the index map has its buffers
  /// @param docCount of that table
  /// @param expected the buffers that it has
  /// @throws CuveeException `CORRUPT_SEGMENT`
  public void checkColumn(
      String owner, ColumnMetadata column, int docCount, Set<BufferKind> expected) {
    checkShape(column, docCount, expected.contains(BufferKind.DICT_IDS));
    List<BufferEntry> buffers =
        map.buffers().stream().filter(buffer -> buffer.column().equals(owner)).toList();
    Set<BufferKind> present = present(column, docCount, buffers);
    if (!present.equals(expected)) {
      throw unexpected(owner, present, expected);
    }
  }

  private void checkShape(ColumnMetadata column, int docCount, boolean isBorrowing) {
    int cardinality = column.statistics().cardinality();
    boolean sound =
        column.statistics().nullCount() <= docCount
            && (column.type().isArray() || column.valueCount() == docCount)
            && column.idBits() <= 31
            && switch (column.encoding()) {
              case DICTIONARY -> cardinality > 0 && cardinality - 1 <= (1L << column.idBits()) - 1;
              case DICTIONARY_RUNS ->
                  cardinality > 0
                      && cardinality - 1 <= (1L << column.idBits()) - 1
                      && !column.type().isArray();
              case SORTED -> cardinality > 0 && !column.type().isArray();
              case RAW_RUNS ->
                  !column.type().isArray()
                      && column.type().dataType().representation() == Representation.LONG;
              case RAW -> true;
              case RAW_ALP -> column.type().dataType().representation() == Representation.DOUBLE;
              case RAW_FSST -> column.type().dataType().representation() == Representation.BYTES;
            }
            && (isBorrowing || soundEntries(column));
    if (!sound) {
      throw SegmentFormat.corrupt(
          directory.resolve(MetadataFormat.FILE),
          "column '" + column.name() + "' has an impossible form, " + column);
    }
  }

  private static boolean soundEntries(ColumnMetadata column) {
    int entry = column.entryBytes();
    int offset = column.offsetBytes();
    if (column.encoding() == Encoding.RAW_FSST) {
      return entry == 0 && offset == 0;
    }
    return switch (column.type().dataType().representation()) {
      case LONG ->
          offset == 0 && (entry == 4 || entry == 8 || !column.hasDictionary() && entry == 0);
      case DOUBLE -> offset == 0 && (entry == 4 || entry == 8);
      case DECIMAL, BYTES ->
          entry > 0 ? offset == 0 : offset == 4 || offset == 8 && !column.hasDictionary();
    };
  }

  private void checkBuffers(ColumnMetadata column, List<BufferEntry> buffers) {
    Set<BufferKind> present = present(column, metadata.docCount(), buffers);
    Set<BufferKind> expected = EnumSet.noneOf(BufferKind.class);
    expected.addAll(BufferKind.dataOf(column));
    for (IndexKind index : IndexKind.values()) {
      boolean possible = index != IndexKind.INVERTED || column.hasDictionary();
      for (Set<BufferKind> form : index.forms()) {
        if (possible && form.stream().anyMatch(present::contains)) {
          expected.addAll(form);
          break;
        }
      }
    }
    if (!present.equals(expected)) {
      throw unexpected(column.name(), present, expected);
    }
    checkIndexLengths(column, buffers);
  }

  private void checkIndexLengths(ColumnMetadata column, List<BufferEntry> buffers) {
    Map<BufferKind, Long> lengths = new EnumMap<>(BufferKind.class);
    buffers.forEach(buffer -> lengths.put(buffer.kind(), buffer.length()));
    long bloom = lengths.getOrDefault(BufferKind.BLOOM_FILTER, BloomFilterFormat.BLOCK_BYTES + 0L);
    long buckets = lengths.getOrDefault(BufferKind.RANGE_BUCKETS, 0L);
    long offsets = lengths.getOrDefault(BufferKind.RANGE_OFFSETS, 8L);
    long keyOffsets = lengths.getOrDefault(BufferKind.JSON_KEY_OFFSETS, 8L);
    long jsonOffsets = lengths.getOrDefault(BufferKind.JSON_OFFSETS, 8L);
    long text = lengths.getOrDefault(BufferKind.TEXT_INDEX, 8L);
    boolean runs =
        !lengths.containsKey(BufferKind.INVERTED_RUNS)
            || lengths.get(BufferKind.INVERTED_RUNS) >= DocumentRuns.HEADER_BYTES;
    if (!runs
        || !BloomFilterFormat.isLength(bloom)
        || !RangeIndexFormat.areLengths(buckets, offsets)
        || !JsonIndexFormat.areLengths(keyOffsets, jsonOffsets)
        || !TextIndexFormat.isLength(text)) {
      throw SegmentFormat.corrupt(
          directory.resolve(IndexMapFormat.FILE),
          "column '" + column.name() + "' has indexes of impossible lengths, " + lengths);
    }
  }

  private Set<BufferKind> present(ColumnMetadata column, int docCount, List<BufferEntry> buffers) {
    Path mapFile = directory.resolve(IndexMapFormat.FILE);
    Set<BufferKind> present = EnumSet.noneOf(BufferKind.class);
    for (BufferEntry buffer : buffers) {
      long expected = buffer.kind().expectedLength(column, docCount);
      if (expected >= 0 && expected != buffer.length()) {
        throw SegmentFormat.corrupt(mapFile, buffer + ", expected " + expected + " bytes");
      }
      if (!present.add(buffer.kind())) {
        throw SegmentFormat.corrupt(mapFile, buffer + " is there twice");
      }
    }
    return present;
  }

  private CuveeException unexpected(
      String column, Set<BufferKind> present, Set<BufferKind> expected) {
    return SegmentFormat.corrupt(
        directory.resolve(IndexMapFormat.FILE),
        "column '" + column + "' has the buffers " + present + ", expected " + expected);
  }

  /// Writes the small files of a new segment and waits until they are on disk.
  public static void write(Path directory, SegmentMetadata metadata, IndexMap map) {
    writeForced(directory.resolve(MetadataFormat.FILE), MetadataFormat.write(metadata));
    writeForced(directory.resolve(IndexMapFormat.FILE), IndexMapFormat.write(map));
    forceDirectory(directory);
  }

  /// Puts a new map in the place of the old one: whoever opens the segment sees one or the other.
  public static void replaceMap(Path directory, IndexMap map) {
    Path file = directory.resolve(IndexMapFormat.FILE);
    Path fresh = directory.resolve(IndexMapFormat.FILE + ".new");
    try {
      Files.deleteIfExists(fresh);
      writeForced(fresh, IndexMapFormat.write(map));
      Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw SegmentFormat.io("replace", file, e);
    }
    forceDirectory(directory);
  }

  private static void writeForced(Path file, byte[] bytes) {
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      ByteBuffer source = ByteBuffer.wrap(bytes);
      while (source.hasRemaining()) {
        channel.write(source);
      }
      channel.force(true);
    } catch (IOException e) {
      throw SegmentFormat.io("write", file, e);
    }
  }

  /// Makes new names in a directory durable.
  public static void forceDirectory(Path directory) {
    try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
      channel.force(true);
    } catch (IOException e) {
      throw SegmentFormat.io("write", directory, e);
    }
  }

  private static byte[] bytes(Path file) {
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_SMALL_FILE_BYTES + 1);
      if (bytes.length > MAX_SMALL_FILE_BYTES) {
        throw SegmentFormat.corrupt(
            file, "it is longer than " + MAX_SMALL_FILE_BYTES + " bytes, the most that is allowed");
      }
      return bytes;
    } catch (NoSuchFileException e) {
      throw SegmentFormat.corrupt(file, "it is missing", e);
    } catch (IOException e) {
      throw SegmentFormat.io("read", file, e);
    }
  }
}
