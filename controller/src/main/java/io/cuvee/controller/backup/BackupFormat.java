package io.cuvee.controller.backup;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32C;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/// A backup as a file: gzip of lines in UTF-8, each a JSON object.
///
/// | line | holds |
/// |---|---|
/// | first | `{"format":"cuvee-metadata","version":1,"cluster":…,"part":…,"createdMillis":…}` |
/// | then, ordered by path | `{"path":…,"text":…}` for each text |
/// | then | `{"server":…,"table":…,"segment":…,"state":…,"crc":…}` for each assigned replica |
/// | last | `{"entries":…,"crc32c":…}`: how many lines are between, and the checksum, in hexadecimal, of all lines before with their line feeds |
public final class BackupFormat {
  static final int VERSION = 1;

  private static final String FORMAT = "cuvee-metadata";

  private BackupFormat() {}

  /// Writes a file anew; it is there whole and on disk, or removed.
  ///
  /// @throws CuveeException `IO`
  public static void write(Backup backup, Path file) {
    boolean written = false;
    try {
      try (Lines lines = new Lines(file)) {
        lines.add(
            Json.MAPPER
                .createObjectNode()
                .put("format", FORMAT)
                .put("version", VERSION)
                .put("cluster", backup.cluster())
                .put("part", backup.part())
                .put("createdMillis", backup.createdMillis()));
        for (Map.Entry<String, String> text : backup.texts().entrySet()) {
          lines.add(
              Json.MAPPER
                  .createObjectNode()
                  .put("path", text.getKey())
                  .put("text", text.getValue()));
        }
        for (var server : new TreeMap<>(backup.assignments()).entrySet()) {
          for (var segment : new TreeMap<>(server.getValue()).entrySet()) {
            lines.add(
                Json.MAPPER
                    .createObjectNode()
                    .put("server", server.getKey())
                    .put("table", segment.getKey().table())
                    .put("segment", segment.getKey().segment())
                    .put("state", segment.getValue().target().name())
                    .put("crc", segment.getValue().crc()));
          }
        }
        lines.end();
      }
      try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
        channel.force(true);
      }
      written = true;
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "The backup " + file + " could not be written: " + e.getMessage(), e);
    } finally {
      if (!written) {
        deleteQuietly(file);
      }
    }
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // What was wrong is told already.
    }
  }

  /// Lines on their way to a file, with their checksum.
  private static final class Lines implements AutoCloseable {
    private final Writer out;
    private final CRC32C checksum = new CRC32C();
    private int count;

    Lines(Path file) throws IOException {
      out =
          new BufferedWriter(
              new OutputStreamWriter(
                  new GZIPOutputStream(Files.newOutputStream(file)), StandardCharsets.UTF_8));
    }

    void add(ObjectNode node) throws IOException {
      String line = node.toString();
      update(checksum, line);
      out.write(line);
      out.write('\n');
      count++;
    }

    void end() throws IOException {
      ObjectNode last =
          Json.MAPPER
              .createObjectNode()
              .put("entries", count - 1)
              .put("crc32c", Long.toHexString(checksum.getValue()));
      out.write(last.toString());
      out.write('\n');
    }

    @Override
    public void close() throws IOException {
      out.close();
    }
  }

  private static void update(CRC32C checksum, String line) {
    checksum.update(line.getBytes(StandardCharsets.UTF_8));
    checksum.update('\n');
  }

  /// Reads a file whole and checks it.
  ///
  /// @param name of the backup, for messages
  /// @throws CuveeException `INVALID_INPUT` if it is damaged or no backup, `UNSUPPORTED_VERSION` if
  ///   a newer release wrote it, `IO`
  public static Backup read(Path file, String name) {
    try (BufferedReader in =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(file)), StandardCharsets.UTF_8))) {
      return read(in, name);
    } catch (NoSuchFileException e) {
      throw new CuveeException(ErrorCode.NOT_FOUND, "There is no backup " + name + ".", e);
    } catch (IOException e) {
      throw damaged(name, String.valueOf(e.getMessage()), e);
    }
  }

  private static Backup read(BufferedReader in, String name) throws IOException {
    CRC32C checksum = new CRC32C();
    @Nullable JsonNode head = null;
    SortedMap<String, String> texts = new TreeMap<>();
    Map<String, Map<SegmentKey, Assignment>> assignments = new HashMap<>();
    int entries = 0;
    for (String line = in.readLine(); line != null; line = in.readLine()) {
      JsonNode node = parse(line, name);
      if (head == null) {
        head = checkHead(node, name);
      } else if (node.has("entries")) {
        checkEnd(node, entries, checksum, name);
        if (in.readLine() != null) {
          throw damaged(name, "it goes on after its end", null);
        }
        return new Backup(
            head.path("cluster").asText(),
            head.path("part").asText(),
            head.path("createdMillis").asLong(),
            texts,
            assignments);
      } else if (node.has("path")) {
        entries++;
        texts.put(node.path("path").asText(), node.path("text").asText());
      } else {
        entries++;
        assignments
            .computeIfAbsent(node.path("server").asText(), server -> new HashMap<>())
            .put(
                new SegmentKey(node.path("table").asText(), node.path("segment").asText()),
                new Assignment(state(node, name), node.path("crc").asLong()));
      }
      update(checksum, line);
    }
    throw damaged(name, "it ends too early", null);
  }

  private static JsonNode parse(String line, String name) {
    try {
      return Json.object(line, "line", ErrorCode.INVALID_INPUT);
    } catch (CuveeException e) {
      throw damaged(name, String.valueOf(e.getMessage()), e);
    }
  }

  private static SegmentState state(JsonNode node, String name) {
    try {
      return SegmentState.valueOf(node.path("state").asText());
    } catch (IllegalArgumentException e) {
      throw damaged(name, "it has a line that is neither a text nor an assignment", e);
    }
  }

  private static JsonNode checkHead(JsonNode head, String name) {
    if (!head.path("format").asText().equals(FORMAT)) {
      throw damaged(name, "it does not begin like a backup of metadata", null);
    }
    if (head.path("version").asInt() > VERSION) {
      throw new CuveeException(
          ErrorCode.UNSUPPORTED_VERSION,
          "The backup "
              + name
              + " has version "
              + head.path("version").asInt()
              + "; this release reads up to "
              + VERSION
              + ". Use the release that wrote it, or a newer one.");
    }
    return head;
  }

  private static void checkEnd(JsonNode end, int entries, CRC32C checksum, String name) {
    String found = Long.toHexString(checksum.getValue());
    if (end.path("entries").asInt(-1) != entries || !end.path("crc32c").asText().equals(found)) {
      throw damaged(
          name,
          entries
              + " entries with checksum "
              + found
              + " came, "
              + end.path("entries").asText()
              + " with "
              + end.path("crc32c").asText()
              + " were written",
          null);
    }
  }

  private static CuveeException damaged(String name, String why, @Nullable Throwable cause) {
    return new CuveeException(
        ErrorCode.INVALID_INPUT,
        "The backup " + name + " is damaged: " + why + ". Use another one.",
        cause);
  }
}
