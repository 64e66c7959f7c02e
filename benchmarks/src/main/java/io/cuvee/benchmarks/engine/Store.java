package io.cuvee.benchmarks.engine;

import io.cuvee.benchmarks.ssb.SsbGenerator;
import io.cuvee.benchmarks.ssb.SsbTable;
import io.cuvee.common.file.FileTree;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/// An engine's copy of the rows on disk, built once and kept until the engine's version changes.
public final class Store {
  private Store() {}

  /// Waits for a benchmark beside this one that is building.
  ///
  /// @return where the store is
  static Path of(Engine engine, Assignment assignment) throws Exception {
    Path directory = assignment.directory().resolve("ssb-" + assignment.scale());
    Files.createDirectories(directory);
    try (FileChannel channel =
            FileChannel.open(
                directory.resolve(assignment.engine() + ".lock"),
                StandardOpenOption.CREATE,
                StandardOpenOption.WRITE);
        FileLock ignored = channel.lock()) {
      return of(engine, assignment, directory);
    }
  }

  private static Path of(Engine engine, Assignment assignment, Path directory) throws Exception {
    Path store = directory.resolve(assignment.engine());
    Path mark = directory.resolve(assignment.engine() + ".version");
    if (Files.exists(mark)) {
      List<String> lines = Files.readAllLines(mark);
      if (lines.size() == 2 && lines.getFirst().equals(engine.version())) {
        return store;
      }
    }
    FileTree.delete(store);
    Files.deleteIfExists(mark);
    SsbTable table = new SsbTable(assignment.scale());
    System.err.println(
        "Building " + assignment.engine() + ", " + table.rowCount() + " rows; kept in " + store);
    SsbGenerator rows = new SsbGenerator(table);
    engine.build(rows, store, Runtime.getRuntime().availableProcessors());
    Files.write(mark, List.of(engine.version(), Long.toString(rows.checksum())));
    return store;
  }

  /// Fails unless the engine sees the rows that the generator made.
  static void check(Engine engine, Assignment assignment) throws Exception {
    Path mark =
        assignment
            .directory()
            .resolve("ssb-" + assignment.scale())
            .resolve(assignment.engine() + ".version");
    Object[] row =
        engine.query("SELECT COUNT(*), SUM(lo_revenue) FROM " + SsbTable.NAME).getFirst();
    String expected =
        new SsbTable(assignment.scale()).rowCount() + " rows, " + Files.readAllLines(mark).get(1);
    String found =
        ((Number) row[0]).longValue() + " rows, " + (long) ((Number) row[1]).doubleValue();
    if (!expected.equals(found)) {
      throw new IllegalStateException(
          assignment.engine() + " has " + found + " as checksum; made were " + expected + ".");
    }
  }

  static long sizeBytes(Path store) throws IOException {
    try (Stream<Path> files = Files.walk(store)) {
      return files.filter(Files::isRegularFile).mapToLong(file -> file.toFile().length()).sum();
    }
  }
}
