package io.cuvee.segment.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.catalog.BloomFilterConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.segment.Fixtures;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.column.BloomFilter;
import io.cuvee.segment.column.RangeIndex;
import io.cuvee.segment.format.BufferEntry;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsFormat;
import io.cuvee.segment.format.SegmentFiles;
import io.cuvee.segment.format.StarTreeMetadata;
import io.cuvee.segment.format.Tampering;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestSegmentIndexes {
  private static final IndexingOptions OTHERS =
      new IndexingOptions(
          List.of("sorted"),
          List.of("doubles", "raw_longs", "tags"),
          List.of(),
          List.of("raw_longs", "decimals", "raw_texts"),
          Map.of("raw_texts", new BloomFilterConfig(0.001, 0), "flags", BloomFilterConfig.DEFAULT),
          List.of());

  @TempDir private Path temp;

  private Path built() {
    Path directory = temp.resolve("s");
    SampleSegment.build(directory);
    return directory;
  }

  private static Map<String, List<String>> indexes(Path directory) {
    Map<String, List<String>> indexes = new TreeMap<>();
    for (SegmentInspection.Column column : SegmentInspection.of(directory).columns()) {
      if (!column.indexes().isEmpty()) {
        indexes.put(column.name(), column.indexes());
      }
    }
    return indexes;
  }

  @Test
  void indexesCanBeAddedLater() throws IOException {
    Path directory = built();
    SegmentFiles before = SegmentFiles.read(directory);
    // What an earlier, interrupted attempt left.
    Files.write(directory.resolve(ColumnsFormat.FILE), new byte[100], StandardOpenOption.APPEND);
    SegmentIndexes.Difference difference = SegmentIndexes.add(directory, OTHERS);
    assertThat(difference.impossible())
        .hasSize(2)
        .anySatisfy(reason -> assertThat(reason).contains("inverted", "raw_longs", "RAW"))
        .anySatisfy(reason -> assertThat(reason).contains("range", "raw_texts", "STRING"));
    SegmentIndexes.add(directory, OTHERS);
    assertThat(SegmentFiles.read(directory).metadata()).isEqualTo(before.metadata());
    SegmentVerifier.verify(directory);
    assertThat(indexes(directory))
        .containsEntry("doubles", List.of("inverted"))
        .containsEntry("decimals", List.of("range"))
        .containsEntry("flags", List.of("bloom"));
    assertThat(Fixtures.files(directory)).hasSize(3);
  }

  @Test
  void aCopyHasTheIndexesOfTheConfigAndNoOthers() throws IOException {
    Path directory = built();
    Path copy = Files.createDirectory(temp.resolve("copy"));
    try (Segment segment = Segment.open(directory, Verify.STRUCTURE)) {
      assertThat(SegmentIndexes.compare(segment, SampleSegment.options()).isNone()).isTrue();
      assertThat(SegmentIndexes.compare(segment, OTHERS).isNone()).isFalse();
      SegmentIndexes.copy(segment, copy, OTHERS);
    }
    assertThat(SegmentVerifier.verify(copy)).isEqualTo(SegmentFiles.read(directory).metadata());
    assertThat(indexes(copy))
        .isEqualTo(
            Map.of(
                "sorted", List.of("sorted"),
                "doubles", List.of("inverted"),
                "tags", List.of("inverted"),
                "raw_longs", List.of("range"),
                "decimals", List.of("range"),
                "raw_texts", List.of("bloom"),
                "flags", List.of("bloom")));
    try (Segment segment = Segment.open(copy, Verify.CHECKSUMS)) {
      assertThat(SegmentIndexes.compare(segment, OTHERS).isNone()).isTrue();
    }
  }

  @Test
  void copyingThereAndBackGivesTheSameIndexes() throws IOException {
    Path directory = built();
    Path there = Files.createDirectory(temp.resolve("there"));
    Path back = Files.createDirectory(temp.resolve("back"));
    try (Segment segment = Segment.open(directory, Verify.STRUCTURE)) {
      SegmentIndexes.copy(segment, there, IndexingOptions.NONE);
    }
    try (Segment segment = Segment.open(there, Verify.STRUCTURE)) {
      SegmentIndexes.copy(segment, back, SampleSegment.options());
    }
    assertThat(SegmentFiles.read(there).map().buffers()).allMatch(buffer -> buffer.kind().isData());
    assertThat(checksums(back)).isEqualTo(checksums(directory));
  }

  private static Map<String, Integer> checksums(Path directory) {
    Map<String, Integer> checksums = new TreeMap<>();
    for (BufferEntry buffer : SegmentFiles.read(directory).map().buffers()) {
      if (!StarTreeMetadata.isOwner(buffer.column())) {
        checksums.put(buffer.column() + " " + buffer.kind(), buffer.crc());
      }
    }
    return checksums;
  }

  @Test
  void aDamagedBufferIsNotCopied() throws IOException {
    Path directory = built();
    Path copy = Files.createDirectory(temp.resolve("copy"));
    BufferEntry buffer = SegmentFiles.read(directory).map().buffers().getFirst();
    byte[] bytes = Files.readAllBytes(directory.resolve(ColumnsFormat.FILE));
    bytes[(int) buffer.offset()] ^= 1;
    Files.write(directory.resolve(ColumnsFormat.FILE), bytes);
    try (Segment segment = Segment.open(directory, Verify.STRUCTURE)) {
      assertThatThrownBy(() -> SegmentIndexes.copy(segment, copy, OTHERS))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT));
    }
  }

  @Test
  void madeUpIndexesAreRefused() throws IOException {
    for (BufferKind kind :
        List.of(
            BufferKind.BLOOM_FILTER,
            BufferKind.RANGE_BUCKETS,
            BufferKind.RANGE_OFFSETS,
            BufferKind.RANGE_BITMAPS)) {
      Path directory = temp.resolve(kind.name());
      SampleSegment.build(directory);
      BufferEntry buffer =
          SegmentFiles.read(directory).map().buffers().stream()
              .filter(entry -> entry.kind() == kind)
              .findFirst()
              .orElseThrow();
      Tampering.flip(directory, buffer, 77);
      assertThatThrownBy(() -> SegmentVerifier.verify(directory))
          .as(kind.name())
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT));
    }
  }

  @Test
  void aBloomFilterKnowsItsValuesAndFewOthers() {
    Path directory = temp.resolve("bloom");
    int rows = 20_000;
    List<Object> texts = IntStream.range(0, rows).<Object>mapToObj(i -> bytes("v" + i)).toList();
    Fixtures.build(
        directory,
        Fixtures.schema(Map.of("t", ColumnType.STRING)),
        new IndexingOptions(
            List.of(),
            List.of(),
            List.of("t"),
            List.of(),
            Map.of("t", BloomFilterConfig.DEFAULT),
            List.of()),
        List.of(new ArrayList<>(texts)));
    try (Segment segment = Segment.open(directory, Verify.CHECKSUMS)) {
      BloomFilter filter = segment.column("t").orElseThrow().bloomFilter().orElseThrow();
      assertThat(texts).allMatch(filter::mayContain);
      int wrong = 0;
      for (int i = 0; i < rows; i++) {
        wrong += filter.mayContain(bytes("w" + i)) ? 1 : 0;
      }
      assertThat(wrong).isBetween(rows / 50, rows / 15);
    }
  }

  @Test
  void bucketsOfARangeIndexHoldAboutAsManyRowsEach() {
    Path directory = temp.resolve("range");
    int rows = 40_000;
    Random random = new Random(7);
    List<Object> values = new ArrayList<>();
    for (int i = 0; i < rows; i++) {
      // One row in four has the same value.
      values.add(i % 4 == 0 ? 5L : (long) random.nextInt());
    }
    Fixtures.build(
        directory,
        Fixtures.schema(Map.of("n", ColumnType.LONG)),
        new IndexingOptions(List.of(), List.of(), List.of("n"), List.of("n"), Map.of(), List.of()),
        List.of(values));
    SegmentVerifier.verify(directory);
    try (Segment segment = Segment.open(directory, Verify.CHECKSUMS)) {
      RangeIndex index = segment.column("n").orElseThrow().rangeIndex().orElseThrow();
      assertThat(index.bucketCount()).isBetween(500, 1024);
      int total = 0;
      int large = 0;
      for (int bucket = 0; bucket < index.bucketCount(); bucket++) {
        total += index.docCount(bucket);
        large += index.docCount(bucket) > 40 ? 1 : 0;
      }
      assertThat(total).isEqualTo(rows);
      assertThat(large).isEqualTo(1);
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void hashesOfValuesArePartOfTheFormat() throws IOException {
    Path directory = built();
    BufferEntry bloom =
        SegmentFiles.read(directory).map().buffers().stream()
            .filter(buffer -> buffer.kind() == BufferKind.BLOOM_FILTER)
            .findFirst()
            .orElseThrow();
    assertThat(bloom.column() + " " + HexFormat.of().toHexDigits(bloom.crc()))
        .isEqualTo("raw_texts 0d6ab3cc");
  }

  @Test
  void buffersWithTheSameBytesHaveOnePlaceAlsoInCopies() throws IOException {
    Path directory = temp.resolve("runs");
    SampleSegment.buildRuns(directory);
    Path copy = Files.createDirectory(temp.resolve("runsCopy"));
    try (Segment segment = Segment.open(directory, Verify.CHECKSUMS)) {
      SegmentIndexes.copy(
          segment,
          copy,
          new IndexingOptions(List.of(), List.of("keys", "same_keys"), List.of("raw")));
    }
    assertThat(SegmentVerifier.verify(copy)).isEqualTo(SegmentVerifier.verify(directory));
    for (Path each : List.of(directory, copy)) {
      List<BufferEntry> buffers = SegmentFiles.read(each).map().buffers();
      for (BufferKind kind : List.of(BufferKind.DICT_IDS, BufferKind.INVERTED_RUNS)) {
        assertThat(
                buffers.stream()
                    .filter(buffer -> buffer.column().endsWith("keys") && buffer.kind() == kind)
                    .map(BufferEntry::offset))
            .as("%s", kind)
            .hasSize(2)
            .satisfies(offsets -> assertThat(offsets.get(0)).isEqualTo(offsets.get(1)));
      }
    }
    assertThat(Files.size(copy.resolve(ColumnsFormat.FILE)))
        .isEqualTo(Files.size(directory.resolve(ColumnsFormat.FILE)));
  }
}
