package io.cuvee.launcher.embedded;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A server of an embedded cluster in a process of its own, so that it can be killed as a machine
/// without power would. It keeps its folder and its name, and ends when this process does. For one
/// thread, but for [#close()].
public final class ServerProcess implements AutoCloseable {
  private final String name;
  private final Path log;
  private final List<String> command;
  private volatile Process process;
  private volatile boolean closed;

  private ServerProcess(String name, Path log, List<String> command) throws IOException {
    this.name = name;
    this.log = log;
    this.command = command;
    this.process = launch();
  }

  /// Starts it; [#awaitReady()] waits for it.
  ///
  /// @param dir the embedded cluster's folder
  /// @param index of the server, from 0: it takes over what the embedded one of this index left
  public static ServerProcess start(Path dir, int index, String zooKeeper) throws IOException {
    String name = "server-" + (index + 1);
    String home = System.getenv("CUVEE_HOME");
    List<String> command = new ArrayList<>();
    command.add(Path.of(home == null ? "." : home, "cuvee").toAbsolutePath().toString());
    command.addAll(List.of("start", "server", "--json", "--with-parent"));
    Map.of(
            "zookeeper.connect",
            zooKeeper,
            "host",
            "127.0.0.1",
            "instance.id",
            "server-" + index,
            "data.dir",
            dir.resolve(name).toString(),
            "http.port",
            "0",
            "data.port",
            "0")
        .forEach((key, value) -> command.addAll(List.of("-D", key + "=" + value)));
    return new ServerProcess(name, dir.resolve(name + ".log"), command);
  }

  private Process launch() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CUVEE_SKIP_BUILD", "1");
    builder.environment().put("CUVEE_JAVA_HOME", System.getProperty("java.home"));
    Process launched =
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log.toFile())).start();
    launched.getOutputStream().close();
    return launched;
  }

  public String name() {
    return name;
  }

  /// Waits until it answers.
  ///
  /// @throws CuveeException `DATA_UNAVAILABLE` if it ends instead
  public void awaitReady() {
    try {
      BufferedReader out =
          new BufferedReader(
              new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
      String line = out.readLine();
      if (line == null && !closed) {
        throw new CuveeException(
            ErrorCode.DATA_UNAVAILABLE, name + " has ended instead of starting. See " + log + ".");
      }
    } catch (IOException e) {
      throw new CuveeException(ErrorCode.IO, "Cannot read from " + name + ": " + e.getMessage(), e);
    }
  }

  /// `kill -9`; returns when it is gone.
  public void kill() throws InterruptedException {
    process.destroyForcibly();
    process.waitFor();
  }

  /// Starts it again after a kill, and waits until it answers.
  public void restart() throws IOException {
    process = launch();
    if (closed) {
      process.destroyForcibly();
    }
    awaitReady();
  }

  /// Ends it at once: nothing is lost by that.
  @Override
  public void close() {
    closed = true;
    process.destroyForcibly();
  }
}
