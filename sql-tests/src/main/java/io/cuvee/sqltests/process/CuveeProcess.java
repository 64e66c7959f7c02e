package io.cuvee.sqltests.process;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.sqltests.cluster.Rest;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A `./cuvee` of this build that runs until it is stopped.
public final class CuveeProcess implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(90);

  /// Draining alone may take 20 s by default.
  private static final Duration STOP_LIMIT = Duration.ofSeconds(60);

  private final Process process;
  private final String command;
  private final Path log;
  private final JsonNode readyLine;
  private final long readyMillis;

  private CuveeProcess(
      Process process, String command, Path log, JsonNode readyLine, long readyMillis) {
    this.process = process;
    this.command = command;
    this.log = log;
    this.readyLine = readyLine;
    this.readyMillis = readyMillis;
  }

  /// What a command that ended by itself left behind.
  public record Outcome(int exitCode, String out, String err) {}

  /// A process that has been started and is not ready yet.
  public static final class Starting implements AutoCloseable {
    private final Process process;
    private final String command;
    private final Path log;
    private final long begun = System.nanoTime();
    private final CompletableFuture<String> firstLine = new CompletableFuture<>();

    private Starting(Process process, String command, Path log) {
      this.process = process;
      this.command = command;
      this.log = log;
      // A read of a pipe holds the carrier of a virtual thread, and there are few of those.
      Thread.ofPlatform().daemon().name("output-of-" + process.pid()).start(this::read);
    }

    /// Reads to the end, so that the process never waits for a reader.
    private void read() {
      try (BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
        for (String line = out.readLine(); line != null; line = out.readLine()) {
          firstLine.complete(line);
        }
        firstLine.complete("");
      } catch (IOException e) {
        firstLine.completeExceptionally(e);
      }
    }

    /// Waits for the ready line.
    public CuveeProcess ready() throws IOException, InterruptedException {
      String line;
      try {
        line = firstLine.get(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
      } catch (ExecutionException | TimeoutException e) {
        String threads = threads();
        close();
        throw new AssertionError(
            command + " printed no ready line:\n" + Files.readString(log) + threads, e);
      }
      long millis = (System.nanoTime() - begun) / 1_000_000;
      if (line.isEmpty()) {
        throw new AssertionError(
            command + " ended with " + process.waitFor() + ":\n" + Files.readString(log));
      }
      return new CuveeProcess(process, command, log, Rest.JSON.readTree(line), millis);
    }

    /// Gives it up.
    @Override
    public void close() {
      process.destroyForcibly();
    }

    /// What it is at, for the message about one that hangs.
    private String threads() throws IOException, InterruptedException {
      Process jcmd =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                  Long.toString(process.pid()),
                  "Thread.print")
              .redirectErrorStream(true)
              .start();
      String printed = new String(jcmd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      jcmd.waitFor();
      return printed;
    }
  }

  /// Starts `./cuvee`; it must print a ready line.
  ///
  /// @param log receives standard error; appended to
  public static Starting start(Path log, String... arguments) throws IOException {
    return start(log, Map.of(), arguments);
  }

  /// The same with more variables of the environment.
  public static Starting start(Path log, Map<String, String> environment, String... arguments)
      throws IOException {
    return start(script(), log, environment, arguments);
  }

  /// The same with another build than this.
  ///
  /// @param script `cuvee` of that build
  static Starting start(Path script, Path log, Map<String, String> environment, String... arguments)
      throws IOException {
    ProcessBuilder builder = builder(script, arguments);
    builder.environment().putAll(environment);
    builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile()));
    Process process = builder.start();
    process.getOutputStream().close();
    return new Starting(process, String.join(" ", builder.command()), log);
  }

  /// Runs `./cuvee` to its end.
  public static Outcome run(String... arguments) throws IOException, InterruptedException {
    Path err = Files.createTempFile("cuvee-err", ".txt");
    Path out = Files.createTempFile("cuvee-out", ".txt");
    try {
      Process process =
          builder(script(), arguments)
              .redirectError(err.toFile())
              .redirectOutput(out.toFile())
              .redirectInput(new File("/dev/null"))
              .start();
      if (!process.waitFor(START_LIMIT.toMillis(), TimeUnit.MILLISECONDS)) {
        process.destroyForcibly();
        throw new AssertionError(
            String.join(" ", arguments) + " still runs:\n" + Files.readString(err));
      }
      return new Outcome(process.exitValue(), Files.readString(out), Files.readString(err));
    } finally {
      Files.deleteIfExists(err);
      Files.deleteIfExists(out);
    }
  }

  private static ProcessBuilder builder(Path script, String... arguments) {
    List<String> command = new ArrayList<>();
    command.add(script.toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CUVEE_SKIP_BUILD", "1");
    builder.environment().put("CUVEE_JAVA_HOME", System.getProperty("java.home"));
    return builder;
  }

  /// The script in the project's root: where the tests say it is, or the script that started us.
  public static Path script() {
    String root = System.getProperty("cuvee.root", System.getenv().getOrDefault("CUVEE_HOME", "."));
    return Path.of(root, "cuvee").toAbsolutePath().normalize();
  }

  public JsonNode readyLine() {
    return readyLine;
  }

  /// From the start to the ready line.
  public long readyMillis() {
    return readyMillis;
  }

  public long pid() {
    return process.pid();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  public String log() throws IOException {
    return Files.readString(log);
  }

  /// CPU time used so far.
  public Duration cpu() {
    return process.info().totalCpuDuration().orElse(Duration.ZERO);
  }

  /// As a machine without power would.
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /// Stops it without ending it: it keeps its connections and no longer answers.
  public void pause() throws IOException, InterruptedException {
    signal("STOP");
  }

  /// Lets it go on after [#pause].
  public void resume() throws IOException, InterruptedException {
    signal("CONT");
  }

  private void signal(String name) throws IOException, InterruptedException {
    int exitCode =
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid()).inheritIO().start().waitFor();
    if (exitCode != 0) {
      throw new IOException("kill -" + name + " ended with " + exitCode);
    }
  }

  /// How a process that was asked to end did so.
  ///
  /// @param orphans its children that still run
  public record End(int exitCode, long millis, List<ProcessHandle> orphans) {}

  /// Sends SIGTERM and waits.
  public End terminate() throws InterruptedException {
    List<ProcessHandle> children = process.descendants().toList();
    long begun = System.nanoTime();
    process.destroy();
    if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(
          command + " still runs " + STOP_LIMIT.toSeconds() + " s after SIGTERM.");
    }
    long millis = (System.nanoTime() - begun) / 1_000_000;
    return new End(
        process.exitValue(), millis, children.stream().filter(ProcessHandle::isAlive).toList());
  }

  /// The proportional set size in KiB, where the system tells it.
  public Optional<Long> memoryKib() throws IOException {
    Path smaps = Path.of("/proc/" + pid() + "/smaps_rollup");
    if (!Files.isReadable(smaps)) {
      return Optional.empty();
    }
    return Files.readAllLines(smaps).stream()
        .filter(line -> line.startsWith("Pss:"))
        .map(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst();
  }

  /// Makes sure that nothing stays behind.
  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly();
  }
}
