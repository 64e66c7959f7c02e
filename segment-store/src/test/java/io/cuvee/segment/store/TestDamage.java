package io.cuvee.segment.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.Fixtures;
import io.cuvee.segment.format.BufferEntry;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.ColumnsFormat;
import io.cuvee.segment.format.IndexMapFormat;
import io.cuvee.segment.format.MetadataFormat;
import io.cuvee.segment.format.SegmentFiles;
import io.cuvee.segment.format.Tampering;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// No damaged byte is returned as data.
final class TestDamage {
  private static final List<String> FILES =
      List.of(MetadataFormat.FILE, IndexMapFormat.FILE, ColumnsFormat.FILE);

  private final long seed = Long.getLong("cuvee.random.seed", 20_261_122);
  private final Random random = new Random(seed);

  @TempDir private Path temp;
  private Path directory;

  @BeforeEach
  void buildSegment() {
    directory = temp.resolve("s");
    SampleSegment.build(directory);
  }

  private void assertCorrupt(String what) {
    assertCorrupt(what, Verify.CHECKSUMS);
  }

  private void assertCorrupt(String what, Verify... all) {
    for (Verify verify : all) {
      try (Segment opened = Segment.open(directory, verify)) {
        opened.check(opened.metadata().columns().stream().map(ColumnMetadata::name).toList());
        throw new AssertionError(what + ": opened with " + opened.docCount() + " rows");
      } catch (CuveeException e) {
        assertThat(e.code()).as(what).isEqualTo(ErrorCode.CORRUPT_SEGMENT);
        assertThat(e).hasMessageContaining(directory.toString());
      }
    }
  }

  @Test
  void onlyTheColumnsInUseAreChecked() throws IOException {
    BufferEntry buffer =
        SegmentFiles.read(directory).map().buffers().stream()
            .filter(entry -> entry.column().equals("ids"))
            .findFirst()
            .orElseThrow();
    Path file = directory.resolve(ColumnsFormat.FILE);
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) buffer.offset()] ^= 1;
    Files.write(file, bytes);
    try (Segment opened = Segment.open(directory, Verify.ON_USE)) {
      List<String> others =
          opened.metadata().columns().stream()
              .map(ColumnMetadata::name)
              .filter(name -> !name.equals("ids"))
              .toList();
      assertThat(others).isNotEmpty();
      opened.check(others);
      opened.check(List.of("$docId", "no column"));
      for (int i = 0; i < 2; i++) {
        assertThatThrownBy(() -> opened.check(List.of("ids")))
            .hasMessageContainingAll("column 'ids'", "checksum");
      }
    }
  }

  private void assertFlipIsFound(Path file, long position) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      access.seek(position);
      int good = access.read();
      access.seek(position);
      access.write(good ^ (1 << random.nextInt(8)));
      String what = file.getFileName() + " at " + position + ", seed " + seed;
      if (file.endsWith(ColumnsFormat.FILE)) {
        assertCorrupt(what, Verify.CHECKSUMS, Verify.ON_USE);
      } else {
        assertCorrupt(what);
      }
      access.seek(position);
      access.write(good);
    }
  }

  @Test
  void everyByteOfTheSmallFilesIsProtected() throws IOException {
    for (String name : List.of(MetadataFormat.FILE, IndexMapFormat.FILE)) {
      Path file = directory.resolve(name);
      for (long i = 0; i < Files.size(file); i++) {
        assertFlipIsFound(file, i);
      }
    }
    Segment.open(directory, Verify.CHECKSUMS).close();
  }

  @Test
  void everyRegionOfTheColumnsIsProtected() throws IOException {
    Path file = directory.resolve(ColumnsFormat.FILE);
    TreeSet<Long> positions = new TreeSet<>();
    for (long i = 0; i < ColumnsFormat.HEADER_BYTES; i++) {
      positions.add(i);
    }
    SegmentFiles files = SegmentFiles.read(directory);
    List<BufferEntry> buffers = files.map().buffers();
    for (int i = 0; i < buffers.size(); i++) {
      BufferEntry buffer = buffers.get(i);
      long end = i + 1 < buffers.size() ? buffers.get(i + 1).offset() : files.map().columnsLength();
      if (buffer.length() > 0) {
        positions.add(buffer.offset());
        positions.add(buffer.offset() + buffer.length() - 1);
        positions.add(buffer.offset() + random.nextLong(buffer.length()));
      }
      for (long at = buffer.offset() + buffer.length(); at < end; at++) {
        positions.add(at);
      }
    }
    for (long position : positions) {
      assertFlipIsFound(file, position);
    }
    Segment.open(directory, Verify.CHECKSUMS).close();
  }

  @Test
  void messagesNameFileBufferExpectedAndFound() throws IOException {
    BufferEntry buffer =
        SegmentFiles.read(directory).map().buffers().stream()
            .filter(entry -> entry.column().equals("ids"))
            .findFirst()
            .orElseThrow();
    Path file = directory.resolve(ColumnsFormat.FILE);
    byte[] bytes = Files.readAllBytes(file);
    bytes[(int) buffer.offset()] ^= 1;
    Files.write(file, bytes);
    assertThatThrownBy(() -> Segment.open(directory, Verify.CHECKSUMS).close())
        .hasMessageContainingAll(
            file.toString(),
            buffer.kind().name(),
            "column 'ids'",
            "checksum",
            "expected " + java.util.HexFormat.of().toHexDigits(buffer.crc()));
  }

  @Test
  void truncatedFilesAreRefusedEvenWithoutChecksums() throws IOException {
    for (String name : FILES) {
      Path file = directory.resolve(name);
      byte[] good = Files.readAllBytes(file);
      for (int length : new int[] {0, 1, 12, 63, good.length / 2, good.length - 1}) {
        Files.write(file, Arrays.copyOf(good, length));
        for (Verify verify : Verify.values()) {
          assertThatThrownBy(() -> Segment.open(directory, verify).close())
              .as("%s of %d bytes", name, length)
              .isInstanceOfSatisfying(
                  CuveeException.class,
                  e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT));
        }
      }
      Files.write(file, good);
    }
  }

  @Test
  void missingFilesAreDamageAndAnEmptyDirectoryIsNoSegment() throws IOException {
    for (String name : FILES) {
      Path file = directory.resolve(name);
      byte[] good = Files.readAllBytes(file);
      Files.delete(file);
      assertCorrupt("without " + name);
      Files.write(file, good);
    }
    assertThatThrownBy(() -> Segment.open(temp.resolve("nothing"), Verify.CHECKSUMS).close())
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND));
  }

  @Test
  void filesOfAnotherSegmentAreRecognised() throws IOException {
    Path other = temp.resolve("other");
    SampleSegment.build(other, 300, 43);
    for (String name : FILES) {
      Path file = directory.resolve(name);
      byte[] good = Files.readAllBytes(file);
      Files.write(file, Files.readAllBytes(other.resolve(name)));
      for (Verify verify : Verify.values()) {
        assertThatThrownBy(() -> Segment.open(directory, verify).close())
            .as(name)
            .isInstanceOfSatisfying(
                CuveeException.class,
                e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT_SEGMENT));
      }
      Files.write(file, good);
    }
  }

  @Test
  void laterVersionsAreRefusedAsSuch() throws IOException {
    Tampering.laterVersion(directory);
    assertThatThrownBy(() -> Segment.open(directory, Verify.STRUCTURE).close())
        .isInstanceOfSatisfying(
            CuveeException.class,
            e -> {
              assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION);
              assertThat(e).hasMessageContaining("version 4").hasMessageContaining("up to 3");
            });
  }

  @Test
  void whatAnInterruptedChangeLeftBehindTheColumnsIsIgnored() throws IOException {
    Path file = directory.resolve(ColumnsFormat.FILE);
    byte[] bytes = Files.readAllBytes(file);
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 1000));
    SegmentVerifier.verify(directory);
    assertThat(Fixtures.files(directory)).hasSize(3);
  }
}
