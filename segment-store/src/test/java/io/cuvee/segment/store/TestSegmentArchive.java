package io.cuvee.segment.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.Fixtures;
import io.cuvee.segment.store.SegmentArchive.Limits;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TestSegmentArchive {
  @TempDir private Path temp;

  private interface Content {
    void write(TarArchiveOutputStream tar) throws IOException;
  }

  private Path tar(Content content) throws IOException {
    Path archive = temp.resolve("upload.tar.gz");
    try (OutputStream file = Files.newOutputStream(archive);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(new GZIPOutputStream(file))) {
      content.write(tar);
      tar.finish();
    }
    return archive;
  }

  private static void file(TarArchiveOutputStream tar, String name, byte[] bytes)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, true);
    entry.setSize(bytes.length);
    tar.putArchiveEntry(entry);
    tar.write(bytes);
    tar.closeArchiveEntry();
  }

  private static void link(TarArchiveOutputStream tar, String name, byte kind, String to)
      throws IOException {
    TarArchiveEntry entry = new TarArchiveEntry(name, kind);
    entry.setLinkName(to);
    tar.putArchiveEntry(entry);
    tar.closeArchiveEntry();
  }

  private void assertRefused(Path archive, Limits limits, String why) throws IOException {
    Path target = temp.resolve("in/target");
    assertThatThrownBy(() -> SegmentArchive.unpack(archive, target, limits))
        .isInstanceOfSatisfying(
            CuveeException.class,
            e -> assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.INVALID_INPUT))
        .hasMessageContaining(why)
        .message()
        .doesNotContain("null", "\n");
    if (Files.exists(target.getParent())) {
      try (Stream<Path> left = Files.walk(target.getParent())) {
        assertThat(left).containsExactly(target.getParent());
      }
    }
    try (Stream<Path> left = Files.list(temp)) {
      assertThat(left.map(path -> path.getFileName().toString()))
          .isSubsetOf("upload.tar.gz", "in", "s");
    }
  }

  @Test
  void packedSegmentsUnpackToTheSameBytes() throws IOException {
    Path directory = temp.resolve("s");
    SampleSegment.build(directory);
    SegmentArchive.pack(directory, temp.resolve("a.tar.gz"));
    SegmentArchive.pack(directory, temp.resolve("b.tar.gz"));
    assertThat(temp.resolve("a.tar.gz")).hasSameBinaryContentAs(temp.resolve("b.tar.gz"));
    SegmentArchive.unpack(temp.resolve("a.tar.gz"), temp.resolve("out/u"), Limits.DEFAULT);
    Map<String, byte[]> unpacked = Fixtures.files(temp.resolve("out/u"));
    Map<String, byte[]> packed = Fixtures.files(directory);
    assertThat(unpacked.keySet()).isEqualTo(packed.keySet());
    packed.forEach((name, bytes) -> assertThat(unpacked.get(name)).as(name).isEqualTo(bytes));
    SegmentVerifier.verify(temp.resolve("out/u"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "./", "some-name/", "./some-name/"})
  void archivesMadeByOtherToolsUnpack(String prefix) throws IOException {
    Path directory = temp.resolve("s");
    SampleSegment.build(directory);
    Map<String, byte[]> files = Fixtures.files(directory);
    Path archive =
        tar(tar -> {
          if (!prefix.isEmpty()) {
            tar.putArchiveEntry(new TarArchiveEntry(prefix));
            tar.closeArchiveEntry();
          }
          for (Map.Entry<String, byte[]> file : files.entrySet()) {
            file(tar, prefix + file.getKey(), file.getValue());
          }
        });
    SegmentArchive.unpack(archive, temp.resolve("u"), Limits.DEFAULT);
    SegmentVerifier.verify(temp.resolve("u"));
  }

  private static byte[] zip(Path directory) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : Fixtures.files(directory).entrySet()) {
        zip.putNextEntry(new ZipEntry("t_0/" + file.getKey()));
        zip.write(file.getValue());
        zip.closeEntry();
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void zipsUnpack() throws IOException {
    Path directory = temp.resolve("s");
    SampleSegment.build(directory);
    Path archive = temp.resolve("s.zip");
    Files.write(archive, zip(directory));
    SegmentArchive.unpack(archive, temp.resolve("u"), Limits.DEFAULT);
    SegmentVerifier.verify(temp.resolve("u"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "../metadata.json",
        "a/../../metadata.json",
        "/metadata.json",
        "/etc/metadata.json",
        "a/b/metadata.json",
        "..\\metadata.json",
        "../../etc/passwd",
        "metadata.json/../x",
        "evil.sh"
      })
  void namesThatLeadElsewhereAreRefused(String name) throws IOException {
    assertRefused(tar(tar -> file(tar, name, "x".getBytes(UTF_8))), Limits.DEFAULT, "entry '");
  }

  @Test
  void linksAndDevicesAreRefused() throws IOException {
    for (byte kind :
        new byte[] {
          TarConstants.LF_SYMLINK,
          TarConstants.LF_LINK,
          TarConstants.LF_FIFO,
          TarConstants.LF_CHR,
          TarConstants.LF_BLK
        }) {
      assertRefused(
          tar(tar -> link(tar, "metadata.json", kind, "/etc/passwd")),
          Limits.DEFAULT,
          "is a link or a device");
    }
  }

  @Test
  void bombsAreRefused() throws IOException {
    byte[] zeros = new byte[4 << 20];
    Path archive = tar(tar -> file(tar, "columns.bin", zeros));
    assertRefused(
        archive, new Limits(8, new DataSize(1 << 20), 200, new DataSize(8 << 20)), "larger than");
    assertRefused(
        archive, new Limits(8, new DataSize(1 << 30), 200, new DataSize(1 << 20)), "larger than");
    Path many =
        tar(tar -> {
          for (int i = 0; i < 20; i++) {
            tar.putArchiveEntry(new TarArchiveEntry("d" + i + "/"));
            tar.closeArchiveEntry();
          }
        });
    assertRefused(many, Limits.DEFAULT, "more than 8 entries");
  }

  @Test
  void incompleteDoubledAndOtherFilesAreRefused() throws IOException {
    assertRefused(tar(tar -> file(tar, "metadata.json", new byte[1])), Limits.DEFAULT, "expected");
    assertRefused(
        tar(tar -> {
          file(tar, "metadata.json", new byte[1]);
          file(tar, "metadata.json", new byte[1]);
        }),
        Limits.DEFAULT,
        "second segment");
    assertRefused(
        tar(tar -> {
          file(tar, "a/metadata.json", new byte[1]);
          file(tar, "b/index.map", new byte[1]);
        }),
        Limits.DEFAULT,
        "second segment");
    assertRefused(
        tar(tar -> file(tar, "index\n.map" + "x".repeat(50), new byte[1])),
        Limits.DEFAULT,
        "'index?.mapxxx");
    Path text = temp.resolve("upload.tar.gz");
    Files.writeString(text, "hello");
    assertRefused(text, Limits.DEFAULT, "neither a gzipped tar nor a zip");
    Files.write(text, new byte[0]);
    assertRefused(text, Limits.DEFAULT, "neither a gzipped tar nor a zip");
  }

  @Test
  void truncatedArchivesAreRefused() throws IOException {
    Path directory = temp.resolve("s");
    SampleSegment.build(directory);
    Path archive = temp.resolve("upload.tar.gz");
    SegmentArchive.pack(directory, archive);
    byte[] good = Files.readAllBytes(archive);
    for (int length : new int[] {5, 100, good.length / 2, good.length - 1}) {
      Files.write(archive, Arrays.copyOf(good, length));
      assertRefused(archive, Limits.DEFAULT, "");
    }
  }

  @Test
  void everyFlippedBitOfAPackedArchiveIsRefused() throws IOException {
    Path directory = temp.resolve("s");
    SampleSegment.build(directory);
    Path archive = temp.resolve("upload.tar.gz");
    SegmentArchive.pack(directory, archive);
    byte[] bytes = Files.readAllBytes(archive);
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] ^= (byte) (1 << at % 8);
      Files.write(archive, bytes);
      assertThatThrownBy(
              () -> SegmentArchive.unpack(archive, temp.resolve("u"), Limits.DEFAULT), "at %d", at)
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT));
      bytes[at] ^= (byte) (1 << at % 8);
    }
    assertThat(temp.resolve("u")).doesNotExist();
  }

  @Test
  void bytesBehindAPackedArchiveAreRefused() throws IOException {
    Path directory = temp.resolve("s");
    SampleSegment.build(directory);
    Path archive = temp.resolve("upload.tar.gz");
    SegmentArchive.pack(directory, archive);
    Files.write(archive, new byte[] {'\n'}, StandardOpenOption.APPEND);
    assertRefused(archive, Limits.DEFAULT, "checksum");
  }

  @Test
  void otherProgramsReadPackedArchives() throws IOException {
    Path directory = temp.resolve("s");
    SampleSegment.build(directory);
    Path archive = temp.resolve("upload.tar.gz");
    SegmentArchive.pack(directory, archive);
    byte[] tar;
    try (InputStream gzip = new GZIPInputStream(Files.newInputStream(archive))) {
      tar = gzip.readAllBytes();
    }
    try (OutputStream gzip = new GZIPOutputStream(Files.newOutputStream(archive))) {
      gzip.write(tar);
    }
    SegmentArchive.unpack(archive, temp.resolve("u"), Limits.DEFAULT);
    SegmentVerifier.verify(temp.resolve("u"));
  }

  @Test
  void archivesWithFlippedBitsAreRefusedOrHarmless() throws IOException {
    Path directory = temp.resolve("s");
    SampleSegment.build(directory);
    byte[] gzipped =
        Files.readAllBytes(
            tar(files -> {
              for (Map.Entry<String, byte[]> part : Fixtures.files(directory).entrySet()) {
                file(files, part.getKey(), part.getValue());
              }
            }));
    byte[] zipped = zip(directory);
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    for (int round = 0; round < 120; round++) {
      byte[] bad = (round % 2 == 0 ? gzipped : zipped).clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        bad[random.nextInt(Math.min(bad.length, 1 + random.nextInt(bad.length)))] ^=
            (byte) (1 << random.nextInt(8));
      }
      Files.write(temp.resolve("bad"), bad);
      Path target = temp.resolve("u" + round);
      try {
        SegmentArchive.unpack(temp.resolve("bad"), target, Limits.DEFAULT);
        SegmentVerifier.verify(target);
      } catch (CuveeException e) {
        assertThat(e.code())
            .as("seed %d, %s", seed, e.getMessage())
            .isIn(ErrorCode.INVALID_INPUT, ErrorCode.CORRUPT_SEGMENT);
      } catch (RuntimeException e) {
        throw new AssertionError("seed " + seed, e);
      }
    }
  }

  @Test
  void aMissingArchiveIsNotTheArchivesFault() {
    assertThatThrownBy(
            () -> SegmentArchive.unpack(temp.resolve("no"), temp.resolve("u"), Limits.DEFAULT))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO));
  }

  @Test
  void aTargetThatIsThereIsLeftAlone() throws IOException {
    Path directory = temp.resolve("s");
    SampleSegment.build(directory);
    Path archive = temp.resolve("a.tar.gz");
    SegmentArchive.pack(directory, archive);
    assertThatThrownBy(() -> SegmentArchive.unpack(archive, directory, Limits.DEFAULT))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.ALREADY_EXISTS));
    SegmentVerifier.verify(directory);
  }
}
