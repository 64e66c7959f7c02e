package io.cuvee.benchmarks.live;

import io.cuvee.sqltests.live.KafkaNode;
import io.cuvee.sqltests.process.CuveeProcess;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// A Kafka node and a cluster, each role a process with a fixed address and its data in a folder,
/// so that every one can be killed and started again, also by a later run. A process is named after
/// its role, with a number where there are several.
final class LiveProcesses implements AutoCloseable {
  static final String ZOOKEEPER = "zookeeper";
  static final String KAFKA = "kafka";
  static final String CONTROLLER = "controller";
  static final String BROKER = "broker";
  static final List<String> SERVERS = List.of("server-1", "server-2");

  private static final List<String> NAMES =
      List.of(ZOOKEEPER, KAFKA, CONTROLLER, "server-1", "server-2", BROKER);
  private static final String PORTS = "ports.properties";
  private static final Duration START = Duration.ofMinutes(5);

  /// Below those that systems hand out by themselves, else somebody else's connection could take
  /// the port of a process while it is dead.
  private static final int FIRST_PORT = 15_000;

  private static final int LAST_PORT = 30_000;

  private final Path directory;
  private final boolean startsOften;
  private final Properties ports = new Properties();
  private final Map<String, Process> running = new ConcurrentHashMap<>();
  private final Map<String, Cable> cables = new ConcurrentHashMap<>();
  private final HttpClient http = HttpClient.newBuilder().connectTimeout(START).build();
  private final Thread atExit = new Thread(this::destroyAll);

  /// @param startsOften whether a start is to be cheap, and queries need not be fast
  LiveProcesses(Path directory, boolean startsOften) throws IOException {
    this.directory = Files.createDirectories(directory);
    this.startsOften = startsOften;
    Path file = directory.resolve(PORTS);
    if (Files.exists(file)) {
      try (var in = Files.newBufferedReader(file)) {
        ports.load(in);
      }
    }
    for (String name : NAMES) {
      ports.putIfAbsent(name, Integer.toString(freePort()));
    }
    ports.putIfAbsent("kafka-controller", Integer.toString(freePort()));
    for (String server : SERVERS) {
      ports.putIfAbsent(server + "-cable", Integer.toString(freePort()));
    }
    try (var out = Files.newBufferedWriter(file)) {
      ports.store(out, null);
    }
    for (String server : SERVERS) {
      join(server);
    }
    // Nobody else would end them if this process is told to end.
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  /// Lets a server reach ZooKeeper, after [#cut] again.
  void join(String server) throws IOException {
    cables.put(server, new Cable(port(server + "-cable"), port(ZOOKEEPER)));
  }

  /// Takes a server's way to ZooKeeper away.
  void cut(String server) {
    cables.get(server).close();
  }

  private int port(String name) {
    return Integer.parseInt(ports.getProperty(name));
  }

  private static int freePort() throws IOException {
    while (true) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        return socket.getLocalPort();
      } catch (IOException e) {
        // Taken: another one.
      }
    }
  }

  String address(String name) {
    return "127.0.0.1:" + ports.getProperty(name);
  }

  URI url(String name) {
    return URI.create("http://" + address(name));
  }

  /// Starts all at once, and waits until each is ready.
  void startAll() throws IOException, InterruptedException {
    Map<String, CompletableFuture<String>> lines = new LinkedHashMap<>();
    for (String name : NAMES) {
      lines.put(name, launch(name));
    }
    for (Map.Entry<String, CompletableFuture<String>> line : lines.entrySet()) {
      await(line.getKey(), line.getValue());
    }
  }

  void start(String name) throws IOException, InterruptedException {
    await(name, launch(name));
  }

  private CompletableFuture<String> launch(String name) throws IOException {
    Files.createDirectories(haltDirectory(name));
    ProcessBuilder builder = name.equals(KAFKA) ? kafka() : role(name);
    Process process =
        builder.redirectError(ProcessBuilder.Redirect.appendTo(log(name).toFile())).start();
    process.getOutputStream().close();
    running.put(name, process);
    CompletableFuture<String> first = new CompletableFuture<>();
    Thread.ofVirtual()
        .start(() -> {
          try (BufferedReader out =
              new BufferedReader(
                  new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            // To the end, so that it never waits for a reader.
            for (String line = out.readLine(); line != null; line = out.readLine()) {
              // Whatever it logs before.
              if (line.startsWith("{") || line.equals(address(name))) {
                first.complete(line);
              }
            }
            first.completeExceptionally(new IOException(name + " ended"));
          } catch (IOException e) {
            first.completeExceptionally(e);
          }
        });
    return first;
  }

  /// It is no part of Cuvée: it runs from the classes of this process.
  private ProcessBuilder kafka() {
    return new ProcessBuilder(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-Xmx512m",
        "-XX:+UseSerialGC",
        "-XX:TieredStopAtLevel=1",
        "-cp",
        System.getProperty("java.class.path"),
        KafkaNode.class.getName(),
        directory.resolve(KAFKA).toString(),
        ports.getProperty(KAFKA),
        ports.getProperty("kafka-controller"));
  }

  private ProcessBuilder role(String name) {
    List<String> command = new ArrayList<>();
    command.add(CuveeProcess.script().toString());
    command.addAll(arguments(name));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("CUVEE_SKIP_BUILD", "1");
    builder.environment().put("CUVEE_JAVA_HOME", System.getProperty("java.home"));
    builder
        .environment()
        .put(
            "CUVEE_JAVA_OPTS",
            "-Xmx512m -Dcuvee.halt-directory="
                + haltDirectory(name)
                + (startsOften ? " -Dcuvee.kernels=scalar" : ""));
    return builder;
  }

  private List<String> arguments(String name) {
    String data = directory.resolve(name).toString();
    String port = ports.getProperty(name);
    String role = name.replaceAll("-\\d+$", "");
    List<String> arguments = new ArrayList<>(List.of("start", role));
    if (name.equals(ZOOKEEPER)) {
      arguments.addAll(List.of("--port", port, "--dir", data, "--json"));
      return arguments;
    }
    arguments.add("--json");
    Map<String, String> settings = new LinkedHashMap<>();
    settings.put(
        "zookeeper.connect", address(SERVERS.contains(name) ? name + "-cable" : ZOOKEEPER));
    settings.put("host", "127.0.0.1");
    settings.put("data.dir", data);
    if (startsOften && SERVERS.contains(name)) {
      settings.put("server.warm-up", "0s");
    }
    if (startsOften && name.equals(BROKER)) {
      settings.put("broker.warm-up-rounds", "0");
    }
    if (SERVERS.contains(name)) {
      settings.put("http.port", "0");
      settings.put("data.port", port);
    } else {
      settings.put("http.port", port);
    }
    if (name.equals(CONTROLLER)) {
      settings.put("deep-store.uri", directory.resolve("deep-store").toUri().toString());
    }
    settings.forEach((key, value) -> arguments.addAll(List.of("-D", key + "=" + value)));
    return arguments;
  }

  private void await(String name, CompletableFuture<String> line)
      throws IOException, InterruptedException {
    try {
      var _ = line.get(START.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new IOException(name + " did not start; see " + log(name), e);
    }
  }

  Path log(String name) {
    return directory.resolve(name + ".log");
  }

  /// Where it looks for the steps at which it halts.
  Path haltDirectory(String name) {
    return directory.resolve("halt").resolve(name);
  }

  boolean isAlive(String name) {
    Process process = running.get(name);
    return process != null && process.isAlive();
  }

  Process process(String name) {
    Process process = running.get(name);
    if (process == null) {
      throw new IllegalStateException(name + " was not started");
    }
    return process;
  }

  /// As a machine without power would.
  void kill(String name) throws InterruptedException {
    Process process = process(name);
    process.destroyForcibly();
    process.waitFor();
  }

  /// Asks a process over HTTP.
  ///
  /// @throws IOException if it does not say that all is well
  String post(String name, String path, String body) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(url(name).resolve(path))
                .timeout(Duration.ofSeconds(60))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() / 100 != 2) {
      throw new IOException(path + ": " + answer.statusCode() + " " + answer.body());
    }
    return answer.body();
  }

  private void destroyAll() {
    running.values().forEach(Process::destroyForcibly);
  }

  @Override
  public void close() {
    http.close();
    destroyAll();
    Runtime.getRuntime().removeShutdownHook(atExit);
    cables.values().forEach(Cable::close);
  }
}
