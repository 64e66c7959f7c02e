package io.cuvee.sqltests.process;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;

/// What can happen to the files of a segment, at a byte that is as likely as any other.
public enum SegmentDamage {
  FLIPPED_BIT,
  ZEROED_PAGE,
  TRUNCATION,
  MISSING_FILE,
  /// From a segment of the same table.
  FILE_OF_SIBLING,
  /// From a segment of another table.
  FILE_OF_ANOTHER,
  ALL_OF_SIBLING,
  ALL_OF_ANOTHER;

  private static final int PAGE_BYTES = 4096;

  public static SegmentDamage any(Random random) {
    return values()[random.nextInt(values().length)];
  }

  /// The copies of a table's segments on a server's disk.
  ///
  /// @param data the server's `data.dir`
  /// @param table physical, `events_OFFLINE`
  public static List<Path> copies(Path data, String table) throws IOException {
    try (Stream<Path> list = Files.list(data.resolve("segments").resolve(table))) {
      return list.filter(Files::isDirectory).sorted().toList();
    }
  }

  /// The files of a segment by their names.
  public static Map<String, byte[]> read(Path segment) throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> list = Files.list(segment)) {
      for (Path file : list.toList()) {
        files.put(file.getFileName().toString(), Files.readAllBytes(file));
      }
    }
    return files;
  }

  public static boolean same(Map<String, byte[]> some, Map<String, byte[]> others) {
    return some.keySet().equals(others.keySet())
        && some.entrySet().stream()
            .allMatch(file -> Arrays.equals(file.getValue(), others.get(file.getKey())));
  }

  /// Changes the segment that has the files `good`.
  ///
  /// @param sibling files of a segment of the same table
  /// @param another files of a segment of another table
  public void apply(
      Path segment,
      Map<String, byte[]> good,
      Map<String, byte[]> sibling,
      Map<String, byte[]> another,
      Random random)
      throws IOException {
    long position = random.nextLong(good.values().stream().mapToLong(bytes -> bytes.length).sum());
    for (Map.Entry<String, byte[]> file : good.entrySet()) {
      if (position < file.getValue().length) {
        Path path = segment.resolve(file.getKey());
        byte[] bytes = file.getValue().clone();
        int at = (int) position;
        switch (this) {
          case FLIPPED_BIT -> {
            bytes[at] ^= (byte) (1 << random.nextInt(Byte.SIZE));
            Files.write(path, bytes);
          }
          case ZEROED_PAGE -> {
            int from = at / PAGE_BYTES * PAGE_BYTES;
            Arrays.fill(bytes, from, Math.min(bytes.length, from + PAGE_BYTES), (byte) 0);
            Files.write(path, bytes);
          }
          case TRUNCATION -> Files.write(path, Arrays.copyOf(bytes, at));
          case MISSING_FILE -> Files.delete(path);
          case FILE_OF_SIBLING -> Files.write(path, sibling.get(file.getKey()));
          case FILE_OF_ANOTHER -> Files.write(path, another.get(file.getKey()));
          case ALL_OF_SIBLING -> writeAll(segment, sibling);
          case ALL_OF_ANOTHER -> writeAll(segment, another);
        }
        return;
      }
      position -= file.getValue().length;
    }
    throw new IllegalStateException("Beyond all files");
  }

  private static void writeAll(Path segment, Map<String, byte[]> files) throws IOException {
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Files.write(segment.resolve(file.getKey()), file.getValue());
    }
  }
}
