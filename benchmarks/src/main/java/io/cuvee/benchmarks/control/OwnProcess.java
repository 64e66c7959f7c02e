package io.cuvee.benchmarks.control;

import com.sun.management.OperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/// The process that very many segments and servers need: with a heap of their size, and a collector
/// that does not stop all for so long that sessions end.
public final class OwnProcess {
  private static final long MEGABYTE = 1 << 20;
  private static final long HEAP_BYTES = 512 * MEGABYTE;

  /// In ZooKeeper, in two controllers and in a broker.
  private static final long HEAP_BYTES_OF_SEGMENT = 4500;

  /// In its server, and in the views of all.
  private static final long HEAP_BYTES_OF_REPLICA = 1000;

  private static final long HEAP_BYTES_OF_SERVER = MEGABYTE / 2;

  /// Code, the collector's own, and the threads of each server.
  private static final long OTHER_BYTES = 1024 * MEGABYTE;

  private static final long OTHER_BYTES_OF_SERVER = MEGABYTE / 2;

  private static final int IMPOSSIBLE = 2;

  /// Set in the process that was started for its size: it starts no other.
  private static final String OWN = "cuvee.bench.own-process";

  private OwnProcess() {}

  /// Runs this program again where this process has too little memory.
  ///
  /// @return how that ended; empty if this process has enough
  public static Optional<Integer> run(
      int segments, int replicas, int servers, Class<?> main, List<String> arguments)
      throws IOException, InterruptedException {
    return Boolean.getBoolean(OWN)
        ? Optional.empty()
        : run(
            segments,
            replicas,
            servers,
            main,
            arguments,
            Runtime.getRuntime().maxMemory(),
            availableBytes());
  }

  /// @param own heap of this process
  /// @param available memory of the machine
  static Optional<Integer> run(
      int segments,
      int replicas,
      int servers,
      Class<?> main,
      List<String> arguments,
      long own,
      long available)
      throws IOException, InterruptedException {
    long heap =
        HEAP_BYTES
            + segments * (HEAP_BYTES_OF_SEGMENT + replicas * HEAP_BYTES_OF_REPLICA)
            + servers * HEAP_BYTES_OF_SERVER;
    if (own >= heap) {
      return Optional.empty();
    }
    long needed = heap + OTHER_BYTES + servers * OTHER_BYTES_OF_SERVER;
    if (available < needed) {
      System.err.printf(
          Locale.ROOT,
          "cuvee: %d segments on %d servers need %.1f GiB of memory, and %.1f GiB are available."
              + " Ask for fewer, or run this on a larger machine.%n",
          segments,
          servers,
          needed / 1024.0 / MEGABYTE,
          available / 1024.0 / MEGABYTE);
      return Optional.of(IMPOSSIBLE);
    }
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-Xm") && !flag.startsWith("-agentlib"))
        .filter(flag -> !flag.matches("-XX:.Use\\w*GC"))
        .forEach(command::add);
    command.add("-D" + OWN + "=true");
    command.add("-XX:+UseG1GC");
    command.add("-Xmx" + heap / MEGABYTE + "m");
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
    command.addAll(arguments);
    return Optional.of(new ProcessBuilder(command).inheritIO().start().waitFor());
  }

  private static long availableBytes() throws IOException {
    Path meminfo = Path.of("/proc/meminfo");
    if (Files.exists(meminfo)) {
      try (Stream<String> lines = Files.lines(meminfo)) {
        Optional<Long> kilobytes =
            lines
                .filter(line -> line.startsWith("MemAvailable:"))
                .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
                .findFirst();
        if (kilobytes.isPresent()) {
          return kilobytes.get() << 10;
        }
      }
    }
    return ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getTotalMemorySize();
  }
}
