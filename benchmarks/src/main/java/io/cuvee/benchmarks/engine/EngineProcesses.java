package io.cuvee.benchmarks.engine;

import io.cuvee.common.file.FileTree;
import java.io.File;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/// Starts a process for each engine, one after the other.
public final class EngineProcesses {
  private static final String HEAP = "-Xmx4g";

  /// An engine alone does not start the log of the program's.
  private static final String NO_LOG =
      "-Dslf4j.provider=org.slf4j.helpers.NOP_FallbackServiceProvider";

  /// Kernels run with the Vector API from the start. A process that is to answer soon goes without,
  /// as a server does until it is warm.
  public static final String VECTORS = "--add-modules=jdk.incubator.vector";

  private static final long TIME_LIMIT_MINUTES = 60;

  private static final List<String> PINOT_FLAGS =
      List.of(
          "-XX:+UseG1GC",
          "-XX:MaxDirectMemorySize=4g",
          "--sun-misc-unsafe-memory-access=allow",
          "--enable-native-access=ALL-UNNAMED",
          "--add-opens=java.base/java.nio=ALL-UNNAMED",
          "--add-opens=java.base/sun.nio.ch=ALL-UNNAMED",
          "--add-opens=java.base/java.lang=ALL-UNNAMED",
          "--add-opens=java.base/java.util=ALL-UNNAMED",
          "--add-opens=java.base/java.lang.reflect=ALL-UNNAMED",
          "--add-exports=java.base/jdk.internal.util.random=ALL-UNNAMED");

  private final Path pinotJars;
  private final List<String> extraFlags;

  /// @param pinotJars the folder of the module for Pinot's jars
  /// @param extraFlags for every process, a recording say
  public EngineProcesses(Path pinotJars, List<String> extraFlags) {
    this.pinotJars = pinotJars;
    this.extraFlags = List.copyOf(extraFlags);
  }

  /// The same with more flags.
  public EngineProcesses with(List<String> moreFlags) {
    List<String> all = new ArrayList<>(extraFlags);
    all.addAll(moreFlags);
    return new EngineProcesses(pinotJars, all);
  }

  /// Runs a process to its end.
  public List<Measured> run(Assignment assignment) throws IOException, InterruptedException {
    Path work = Files.createTempDirectory("cuvee-bench");
    Path asked = work.resolve("assignment.properties");
    Path found = work.resolve("measured.tsv");
    assignment.write(asked);
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(Engines.isPinot(assignment.engine()) ? PINOT_FLAGS : ownFlags());
    if (assignment.task() != Assignment.Task.COLD && !Engines.isPinot(assignment.engine())) {
      command.add(VECTORS);
    }
    if (!Engines.isCluster(assignment.engine())) {
      command.add(NO_LOG);
    }
    command.add(HEAP);
    command.addAll(extraFlags);
    command.addAll(
        List.of(
            "-cp",
            classPath(assignment.engine()),
            EngineProcess.class.getName(),
            asked.toString(),
            found.toString(),
            Long.toString(System.currentTimeMillis())));
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.to(work.resolve("out.log").toFile()))
            .redirectError(ProcessBuilder.Redirect.to(work.resolve("err.log").toFile()))
            .start();
    try {
      if (!process.waitFor(TIME_LIMIT_MINUTES, TimeUnit.MINUTES)) {
        throw new IOException(assignment.engine() + " took more than an hour");
      }
    } finally {
      process.destroyForcibly();
    }
    if (process.exitValue() != 0 || !Files.exists(found)) {
      List<String> lines = Files.readAllLines(work.resolve("err.log"));
      throw new IOException(
          assignment.engine()
              + " ended with "
              + process.exitValue()
              + ":\n"
              + String.join("\n", lines.subList(Math.max(0, lines.size() - 40), lines.size())));
    }
    List<Measured> measured = Files.readAllLines(found).stream().map(Measured::parse).toList();
    FileTree.delete(work);
    return measured;
  }

  /// Those that this process runs with, its heap apart.
  private static List<String> ownFlags() {
    return ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> !flag.startsWith("-Xm") && !flag.startsWith("-agentlib"))
        .toList();
  }

  private String classPath(String engine) throws IOException {
    if (!Engines.isPinot(engine)) {
      return System.getProperty("java.class.path");
    }
    if (!Files.isDirectory(pinotJars)) {
      throw new IOException(
          "There is no " + pinotJars + ". Run: mvn -Pquick,pinot package -pl benchmarks/pinot -am");
    }
    try (Stream<Path> jars = Files.list(pinotJars)) {
      return String.join(File.pathSeparator, jars.map(Path::toString).sorted().toList());
    }
  }
}
