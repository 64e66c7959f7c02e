package io.cuvee.minion.convert;

import io.cuvee.cluster.task.TaskSettings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.ingest.batch.FileFormat;
import io.cuvee.ingest.batch.ReadOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.FileSystems;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.Optional;

/// Which files are read, and how.
///
/// @param directory in which they are, at any depth
/// @param included what their paths match; absent: all
/// @param excluded what their paths do not match
record InputFiles(
    URI directory,
    Optional<PathMatcher> included,
    Optional<PathMatcher> excluded,
    ReadOptions options) {
  private static final String DIRECTORY = "inputDirURI";

  /// @throws CuveeException `INVALID_TABLE` that names the setting
  static InputFiles of(TaskSettings settings) {
    String advice = "Write it as file:///data/in or s3://bucket/folder.";
    URI directory;
    try {
      String text = settings.required(DIRECTORY, advice);
      directory = new URI(text.endsWith("/") ? text.substring(0, text.length() - 1) : text);
    } catch (URISyntaxException e) {
      throw settings.wrong(DIRECTORY, advice);
    }
    if (directory.getScheme() == null || directory.getPath() == null) {
      throw settings.wrong(DIRECTORY, advice);
    }
    return new InputFiles(
        directory,
        matcher(settings, "includeFileNamePattern"),
        matcher(settings, "excludeFileNamePattern"),
        options(settings));
  }

  private static Optional<PathMatcher> matcher(TaskSettings settings, String key) {
    Optional<String> pattern = settings.text(key);
    try {
      return pattern.map(FileSystems.getDefault()::getPathMatcher);
    } catch (IllegalArgumentException | UnsupportedOperationException e) {
      throw settings.wrong(key, "Write it as glob:**/*.csv or regex:.*csv.");
    }
  }

  private static ReadOptions options(TaskSettings settings) {
    Optional<String> format = settings.text("inputFormat");
    Optional<String> delimiter = settings.text("recordReader.prop.delimiter");
    Optional<String> elements = settings.text("recordReader.prop.multiValueDelimiter");
    if (delimiter.filter(text -> text.length() != 1).isPresent()
        || elements.filter(text -> text.length() != 1).isPresent()) {
      throw settings.wrong("recordReader.prop.delimiter", "Use one character.");
    }
    try {
      return new ReadOptions(
          format.map(FileFormat::parse),
          delimiter.map(text -> text.charAt(0)),
          elements.map(text -> text.charAt(0)).orElse(ReadOptions.DEFAULTS.arrayDelimiter()),
          settings.text("recordReader.prop.header"));
    } catch (CuveeException e) {
      throw settings.wrong("inputFormat", "Use csv, json, avro or parquet.");
    }
  }

  /// Whether a file is to be read, by its path below the directory.
  boolean includes(String name) {
    Path path = Path.of(directory.getPath() + "/" + name);
    return included.map(pattern -> pattern.matches(path)).orElse(true)
        && excluded.map(pattern -> !pattern.matches(path)).orElse(true);
  }
}
