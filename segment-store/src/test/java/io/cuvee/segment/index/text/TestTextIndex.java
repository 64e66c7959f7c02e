package io.cuvee.segment.index.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.text.TextQuery;
import io.cuvee.segment.Fixtures;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.format.BufferEntry;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsFormat;
import io.cuvee.segment.format.SegmentFiles;
import io.cuvee.segment.format.Tampering;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.SegmentIndexes;
import io.cuvee.segment.store.SegmentInspection;
import io.cuvee.segment.store.SegmentVerifier;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestTextIndex {
  private static final ColumnType TEXTS = ColumnType.arrayOf(DataType.STRING);

  @TempDir private Path temp;

  private Path build(String name, ColumnType type, boolean raw, List<@Nullable Object> rows) {
    Path directory = temp.resolve(name);
    IndexingOptions options =
        new IndexingOptions(
                List.of(), raw ? List.of() : List.of("t"), raw ? List.of("t") : List.of())
            .withTextIndexes(List.of("t"));
    Fixtures.build(directory, Fixtures.schema(Map.of("t", type)), options, List.of(rows));
    SegmentVerifier.verify(directory);
    return directory;
  }

  private static List<@Nullable Object> rows(@Nullable String... texts) {
    List<@Nullable Object> rows = new ArrayList<>();
    Arrays.stream(texts).forEach(text -> rows.add(text == null ? null : Fixtures.utf8(text)));
    return rows;
  }

  private static long find(Path directory, String query) {
    try (Segment segment = Segment.open(directory, Verify.CHECKSUMS)) {
      long[] found =
          segment
              .column("t")
              .orElseThrow()
              .textIndex()
              .orElseThrow()
              .find(TextQuery.parse(query, ""));
      return found.length == 0 ? 0 : found[0];
    }
  }

  @Test
  void entriesOfTheDictionaryAreFoundIfThereIsOne() {
    Path directory =
        build("d", ColumnType.STRING, false, rows("b cat", null, "a dog", "b cat", "a cat"));
    // a cat, a dog, b cat
    assertThat(find(directory, "cat")).isEqualTo(0b101);
    assertThat(find(directory, "\"b cat\"")).isEqualTo(0b100);
    assertThat(find(directory, "bird")).isZero();
  }

  @Test
  void elseDocumentsOrElements() {
    assertThat(find(build("r", ColumnType.STRING, true, rows("b cat", null, "dog", "cat")), "cat"))
        .isEqualTo(0b1001);
    List<@Nullable Object> arrays = new ArrayList<>();
    arrays.add(rows("dog", "cat"));
    arrays.add(null);
    arrays.add(rows("cat dog"));
    assertThat(find(build("a", TEXTS, true, arrays), "cat AND dog")).isEqualTo(0b100);
  }

  @Test
  void segmentsWithoutRowsOrTextsHaveIndexesToo() {
    assertThat(find(build("none", ColumnType.STRING, true, rows()), "x")).isZero();
    assertThat(find(build("nulls", ColumnType.STRING, true, rows(null, null)), "x")).isZero();
    assertThat(find(build("blank", ColumnType.STRING, true, rows("", " ", "the")), "the")).isZero();
  }

  @Test
  void anIndexLargerThanTheBufferIsMerged() throws IOException {
    String[] texts = new String[60];
    for (int i = 0; i < texts.length; i++) {
      StringBuilder text = new StringBuilder("row" + i);
      for (int word = 0; word < 13_000; word++) {
        text.append(" w").append(i).append('x').append(word);
      }
      texts[i] = text.toString();
    }
    Path directory = build("large", ColumnType.STRING, true, rows(texts));
    assertThat(find(directory, "row7 w59x12999")).isEqualTo(1L << 7 | 1L << 59);
    assertThat(Fixtures.files(directory)).hasSize(3);
  }

  @Test
  void inspectionShowsItAndReloadTakesItAway() throws IOException {
    Path directory = build("s", ColumnType.STRING, true, rows("cat"));
    assertThat(SegmentInspection.of(directory).columns().getFirst().indexes())
        .containsExactly("text");
    Path copy = Files.createDirectory(temp.resolve("copy"));
    try (Segment segment = Segment.open(directory, Verify.CHECKSUMS)) {
      SegmentIndexes.copy(segment, copy, IndexingOptions.NONE);
    }
    assertThat(SegmentInspection.of(copy).columns().getFirst().indexes()).isEmpty();
  }

  private static BufferEntry buffer(Path directory) {
    return SegmentFiles.read(directory).map().buffers().stream()
        .filter(entry -> entry.kind() == BufferKind.TEXT_INDEX)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void damagedBytesAreNoticed() throws IOException {
    Path directory = build("s", ColumnType.STRING, true, rows("cat", "dog"));
    BufferEntry index = buffer(directory);
    byte[] good = Files.readAllBytes(directory.resolve(ColumnsFormat.FILE));
    for (int i = 0; i < index.length(); i += 23) {
      byte[] bad = good.clone();
      bad[(int) index.offset() + i] ^= 4;
      Files.write(directory.resolve(ColumnsFormat.FILE), bad);
      assertThatThrownBy(() -> Segment.open(directory, Verify.CHECKSUMS).close())
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT));
    }
  }

  /// As they are if somebody makes the checksums right again.
  @Test
  void anIndexOfOtherTextsIsNoticed() throws IOException {
    Path directory = build("s", ColumnType.STRING, true, rows("cat", "dog"));
    for (long bit = 32; bit < buffer(directory).length() * 8; bit += 331) {
      Tampering.flip(directory, buffer(directory), bit);
      assertThatThrownBy(() -> SegmentVerifier.verify(directory))
          .as("bit %d", bit)
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT));
      Tampering.flip(directory, buffer(directory), bit);
    }
  }

  @Test
  void anIndexOfAnotherVersionIsNotReadButMadeAnew() throws IOException {
    Path directory = build("s", ColumnType.STRING, true, rows("cat", "dog"));
    Tampering.flip(directory, buffer(directory), 1);
    IndexingOptions options = IndexingOptions.NONE.withTextIndexes(List.of("t"));
    Path copy = Files.createDirectory(temp.resolve("copy"));
    try (Segment segment = Segment.open(directory, Verify.CHECKSUMS)) {
      assertThat(segment.column("t").orElseThrow().textIndex()).isEmpty();
      assertThat(SegmentIndexes.compare(segment, options).missing()).hasSize(1);
      SegmentIndexes.copy(segment, copy, options);
    }
    assertThat(find(copy, "dog")).isEqualTo(0b10);
  }
}
