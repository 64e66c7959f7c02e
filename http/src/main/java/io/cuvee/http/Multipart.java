package io.cuvee.http;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.MultiPart;
import org.eclipse.jetty.http.MultiPartConfig;
import org.eclipse.jetty.http.MultiPartFormData;
import org.eclipse.jetty.server.Request;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The parts of a `multipart/form-data` body, each in a file of a directory that goes with the
/// request.
public final class Multipart {
  private static final Logger LOG = LoggerFactory.getLogger(Multipart.class);
  private static final int MAX_PARTS = 100;
  private static final int MAX_HEADER_BYTES = 8 << 10;

  private final Path directory;
  private final List<Part> parts;

  private Multipart(Path directory, List<Part> parts) {
    this.directory = directory;
    this.parts = List.copyOf(parts);
  }

  /// One part. Its file is gone when the handler has returned; move it to keep it.
  ///
  /// @param name of the form field
  /// @param fileName as the client states it, not to be trusted as a path; empty if it states none
  public record Part(
      String name, Optional<String> fileName, Optional<String> contentType, Path file) {
    public long sizeBytes() throws IOException {
      return Files.size(file);
    }

    public String text() throws IOException {
      return Files.readString(file, StandardCharsets.UTF_8);
    }
  }

  List<Part> parts() {
    return parts;
  }

  static Multipart read(
      Request request, @Nullable String contentType, long maxBytes, Path tempDirectory)
      throws IOException {
    if (contentType == null || !contentType.startsWith("multipart/form-data")) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "The body must be multipart/form-data, but its content type is "
              + (contentType == null ? "not stated" : "'" + contentType + "'")
              + ". With curl, use -F file=@path.");
    }
    Path directory = Files.createTempDirectory(tempDirectory, "upload");
    MultiPartConfig config =
        new MultiPartConfig.Builder()
            .location(directory)
            .maxParts(MAX_PARTS)
            .maxSize(maxBytes)
            .maxPartSize(maxBytes)
            .maxMemoryPartSize(0)
            .maxHeadersSize(MAX_HEADER_BYTES)
            .useFilesForPartsWithoutFileName(true)
            .build();
    try (MultiPartFormData.Parts read =
        MultiPartFormData.getParts(request, request, contentType, config)) {
      List<Part> parts = new ArrayList<>();
      int number = 0;
      for (MultiPart.Part part : read) {
        Path file = directory.resolve("part-" + number++);
        part.writeTo(file);
        parts.add(
            new Part(
                part.getName() == null ? "" : part.getName(),
                Optional.ofNullable(part.getFileName()),
                Optional.ofNullable(part.getHeaders().get(HttpHeader.CONTENT_TYPE)),
                file));
      }
      return new Multipart(directory, parts);
    } catch (RuntimeException | IOException e) {
      delete(directory);
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "The multipart body cannot be read: " + cause.getMessage() + ".",
          e);
    }
  }

  void delete() {
    delete(directory);
  }

  private static void delete(Path directory) {
    try (var files = Files.list(directory)) {
      for (Path file : files.toList()) {
        Files.deleteIfExists(file);
      }
      Files.deleteIfExists(directory);
    } catch (IOException e) {
      LOG.warn("Temporary upload directory {} cannot be removed: {}", directory, e.toString());
    }
  }
}
