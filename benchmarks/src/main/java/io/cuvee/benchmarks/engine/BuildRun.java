package io.cuvee.benchmarks.engine;

import io.cuvee.benchmarks.ssb.SsbGenerator;
import io.cuvee.benchmarks.ssb.SsbTable;
import io.cuvee.common.file.FileTree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// Writes all rows to a new store.
final class BuildRun {
  private BuildRun() {}

  static List<Measured> of(Engine engine, Assignment assignment) throws Exception {
    SsbGenerator rows = new SsbGenerator(new SsbTable(assignment.scale()));
    Path directory = assignment.directory().resolve("ssb-" + assignment.scale());
    Files.createDirectories(directory);
    Path store = directory.resolve(assignment.engine() + ".build");
    FileTree.delete(store);
    long rowCount = rows.table().rowCount();
    // Making the rows is no part of it, but happens meanwhile.
    rows.checksum();
    long cpu = Cpu.nanos();
    rows.checksum();
    long making = Cpu.nanos() - cpu;
    cpu = Cpu.nanos();
    long begun = System.nanoTime();
    engine.build(rows, store, assignment.threads());
    double millis = (System.nanoTime() - begun) / 1e6;
    double cpuMillis = (Cpu.nanos() - cpu - making) / 1e6;
    long bytes = Store.sizeBytes(store);
    FileTree.delete(store);
    return List.of(
        new Measured(
            "build",
            assignment.threads(),
            rowCount,
            Long.toString(rowCount),
            cpuMillis,
            new double[] {millis}),
        new Measured(
            "rows per CPU second",
            assignment.threads(),
            rowCount,
            "",
            0,
            new double[] {rowCount / cpuMillis * 1e3}),
        new Measured(
            "megabytes on disk", assignment.threads(), rowCount, "", 0, new double[] {bytes / 1e6}),
        new Measured(
            "megabytes of memory",
            assignment.threads(),
            rowCount,
            "",
            0,
            new double[] {peakMemoryBytes() / 1e6}));
  }

  /// The most that the process has had resident so far, as Linux says it; elsewhere unknown.
  private static double peakMemoryBytes() throws IOException {
    Path status = Path.of("/proc/self/status");
    if (!Files.isReadable(status)) {
      return Double.NaN;
    }
    return Files.readAllLines(status).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .mapToDouble(line -> Double.parseDouble(line.replaceAll("[^0-9]", "")) * 1024)
        .findFirst()
        .orElse(Double.NaN);
  }
}
