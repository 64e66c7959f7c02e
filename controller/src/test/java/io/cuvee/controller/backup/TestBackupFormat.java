package io.cuvee.controller.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.audit.Finding;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestBackupFormat {
  private static final String TABLE = "t_REALTIME";

  @TempDir private Path directory;

  private static Backup backup() {
    return new Backup(
        "cuvée",
        Backup.ALL,
        17,
        new TreeMap<>(
            Map.of(
                "schemas/t", "{\"schemaName\": \"t\"}\n\u2028\r and more",
                "settings/deep-store", "file:///x")),
        Map.of(
            "server-1",
            Map.of(new SegmentKey("t_OFFLINE", "a"), new Assignment(SegmentState.ONLINE, -5)),
            "server-2",
            Map.of()));
  }

  @Test
  void whatIsWrittenIsReadAgain() {
    Path file = directory.resolve("backup");
    BackupFormat.write(backup(), file);
    Backup read = BackupFormat.read(file, "backup");
    assertThat(read.texts()).isEqualTo(backup().texts());
    assertThat(read.assignments())
        .isEqualTo(Map.of("server-1", backup().assignments().get("server-1")));
    assertThat(read.cluster()).isEqualTo("cuvée");
    assertThat(read.createdMillis()).isEqualTo(17);
  }

  @Test
  void noDamageIsOverlooked() throws IOException {
    Path file = directory.resolve("backup");
    BackupFormat.write(backup(), file);
    byte[] plain;
    try (GZIPInputStream in = new GZIPInputStream(Files.newInputStream(file))) {
      plain = in.readAllBytes();
    }
    // All but the last line feed, which says nothing.
    for (int i = 0; i < plain.length - 1; i++) {
      byte[] other = plain.clone();
      other[i] ^= 1;
      refuses(packed(other));
      refuses(packed(Arrays.copyOf(plain, i)));
    }
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length += 7) {
      refuses(Arrays.copyOf(whole, length));
    }
  }

  private static byte[] packed(byte[] plain) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (OutputStream out = new GZIPOutputStream(bytes)) {
      out.write(plain);
    }
    return bytes.toByteArray();
  }

  private void refuses(byte[] bytes) throws IOException {
    Path file = Files.write(directory.resolve("damaged"), bytes);
    assertThatThrownBy(() -> BackupFormat.read(file, "damaged"))
        .isInstanceOfSatisfying(
            CuveeException.class,
            e -> assertThat(e.code()).isIn(ErrorCode.INVALID_INPUT, ErrorCode.UNSUPPORTED_VERSION));
  }

  @Test
  void newerVersionsAreRefused() throws IOException {
    Path file =
        Files.write(
            directory.resolve("new"),
            packed(
                "{\"format\":\"cuvee-metadata\",\"version\":2}\n"
                    .getBytes(StandardCharsets.UTF_8)));
    assertThatThrownBy(() -> BackupFormat.read(file, "new"))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("has version 2");
  }

  @Test
  void backupsAreNotOverwritten() {
    String target = directory.resolve("some").resolve("backup").toString();
    BackupFiles.save(backup(), target, DeepStoreConfig.DEFAULT);
    assertThatThrownBy(() -> BackupFiles.save(backup(), target, DeepStoreConfig.DEFAULT))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("is there already");
    assertThat(directory.resolve("some").toFile().list()).containsExactly("backup");
    assertThat(BackupFiles.load("file://" + target, DeepStoreConfig.DEFAULT).createdMillis())
        .isEqualTo(17);
  }

  @Test
  void whatDoesNotFitTogetherIsFound() {
    Map<String, String> texts = new TreeMap<>();
    texts.put("schemas/t", "{}");
    texts.put("tables/" + TABLE, "{\"tableName\": \"t\", \"tableType\": \"REALTIME\"}");
    texts.put(
        "segments/" + TABLE + "/a",
        SegmentRecord.consuming(TABLE, "a", 1, StreamRange.from(0, 0, 0)).toJson());
    texts.put(
        "segments/" + TABLE + "/b",
        SegmentRecord.consuming(TABLE, "b", 1, StreamRange.from(0, 1, 5)).toJson());
    texts.put(
        "segments/gone_OFFLINE/c",
        new SegmentRecord("gone_OFFLINE", "c", 1, "u", 1, 1, 1).toJson());
    Backup backup = new Backup("c", Backup.ALL, 1, new TreeMap<>(texts), Map.of());
    assertThat(BackupCheck.check(backup))
        .extracting(Finding::kind)
        .containsExactlyInAnyOrder(
            Finding.Kind.UNREADABLE_METADATA,
            Finding.Kind.TABLE_WITHOUT_SCHEMA,
            Finding.Kind.OFFSET_OVERLAP,
            Finding.Kind.SEGMENTS_WITHOUT_TABLE);
  }
}
