package io.cuvee.launcher.local;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystems;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.List;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;

/// The files that a path or a glob names: `*`, `?`, `[a-z]` and `{csv,tsv}` within a folder's or a
/// file's name, `**` over folders.
final class InputFiles {
  private static final int MAX_FILES = 10_000;
  private static final Pattern GLOB = Pattern.compile("[*?\\[{]");

  private InputFiles() {}

  /// In the order of their paths.
  ///
  /// @throws CuveeException `INVALID_INPUT` if there is none
  static List<Path> find(String pattern) {
    Path path = path(pattern);
    if (Files.isRegularFile(path)) {
      return List.of(path);
    }
    if (Files.isDirectory(path)) {
      throw invalid("'" + pattern + "' is a folder. Write '" + path.resolve("*.csv") + "', say.");
    }
    Path absolute = path.toAbsolutePath().normalize();
    Path folder = absolute.getRoot();
    int plain = 0;
    while (plain < absolute.getNameCount() - 1
        && !GLOB.matcher(absolute.getName(plain).toString()).find()) {
      folder = folder.resolve(absolute.getName(plain++));
    }
    if (!Files.isDirectory(folder)) {
      throw missing(pattern, ". Check the path and the current folder.");
    }
    List<Path> found = matching(folder, absolute.subpath(plain, absolute.getNameCount()), pattern);
    if (found.isEmpty()) {
      throw missing(pattern, "." + suggestion(folder, absolute));
    }
    if (found.size() > MAX_FILES) {
      throw invalid("'" + pattern + "' names more than " + MAX_FILES + " files. Narrow it.");
    }
    return found;
  }

  private static Path path(String pattern) {
    try {
      return Path.of(pattern);
    } catch (InvalidPathException e) {
      throw invalid("'" + pattern + "' cannot be a path: " + e.getReason() + ".");
    }
  }

  private static List<Path> matching(Path folder, Path glob, String pattern) {
    boolean deep = glob.toString().contains("**");
    try {
      PathMatcher matcher = FileSystems.getDefault().getPathMatcher("glob:" + glob);
      try (Stream<Path> all =
          Files.find(
              folder,
              deep ? Integer.MAX_VALUE : glob.getNameCount(),
              (file, attributes) ->
                  attributes.isRegularFile() && matcher.matches(folder.relativize(file)),
              FileVisitOption.FOLLOW_LINKS)) {
        return all.limit(MAX_FILES + 1L).sorted().toList();
      }
    } catch (PatternSyntaxException e) {
      throw invalid("'" + pattern + "' is no pattern of files: " + e.getDescription() + ".");
    } catch (IOException | UncheckedIOException e) {
      throw new CuveeException(
          ErrorCode.IO, "The folder " + folder + " cannot be read: " + e.getMessage(), e);
    }
  }

  private static String suggestion(Path folder, Path absolute) {
    if (!folder.equals(absolute.getParent())) {
      return " Check the path and the current folder.";
    }
    try (Stream<Path> all = Files.list(folder)) {
      return Suggestions.didYouMean(
          String.valueOf(absolute.getFileName()),
          all.filter(Files::isRegularFile).map(file -> file.getFileName().toString()).toList());
    } catch (IOException e) {
      return "";
    }
  }

  private static CuveeException missing(String pattern, String advice) {
    return invalid("There is no file '" + pattern + "'" + advice);
  }

  private static CuveeException invalid(String message) {
    return new CuveeException(ErrorCode.INVALID_INPUT, message);
  }
}
