package io.cuvee.sqltests.process;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;

/// A cluster whose every role is a process with a fixed address, so that all of them can be started
/// again. A process is named after its role, with a number where there are several.
public final class RoleProcesses implements AutoCloseable {
  /// One of each role, and two servers.
  public static final List<String> ROLES =
      List.of("zookeeper", "controller", "server-1", "server-2", "broker");

  private final Path directory;
  private final List<String> names;
  private final Map<String, String> environment;
  private final Map<String, Integer> ports = new TreeMap<>();
  private final Map<String, CuveeProcess> running = new LinkedHashMap<>();

  /// The links to ZooKeeper of those processes that have one that can be cut.
  private final Map<String, Relay> links = new HashMap<>();

  /// The scripts of those processes that run another build than this.
  private final Map<String, Path> scripts = new HashMap<>();

  public RoleProcesses(Path directory) throws IOException {
    this(directory, ROLES, Map.of());
  }

  /// @param names of the processes, each after what it needs to start
  public RoleProcesses(Path directory, List<String> names) throws IOException {
    this(directory, names, Map.of());
  }

  /// @param names of the processes, each after what it needs to start
  /// @param environment more variables for each of them
  public RoleProcesses(Path directory, List<String> names, Map<String, String> environment)
      throws IOException {
    this.directory = directory;
    this.names = List.copyOf(names);
    this.environment = Map.copyOf(environment);
    List<Integer> free = Ports.free(names.size());
    for (int i = 0; i < names.size(); i++) {
      ports.put(names.get(i), free.get(i));
    }
  }

  /// From its next start on each process has a link to ZooKeeper that can be cut.
  public void relayZooKeeper() throws IOException {
    for (String name : names) {
      if (!name.equals("zookeeper")) {
        links.put(name, new Relay(Objects.requireNonNull(ports.get("zookeeper"))));
      }
    }
  }

  /// What a process has to ZooKeeper.
  Relay zooKeeperLink(String name) {
    return Objects.requireNonNull(links.get(name), name);
  }

  /// In the order of their starts.
  public List<String> names() {
    return names;
  }

  /// The role of a process by its name.
  public static String roleOf(String name) {
    return name.replaceAll("-\\d+$", "");
  }

  /// With all brokers.
  public String jdbcUrl() {
    return "jdbc:cuvee://" + String.join(",", addresses("broker")) + "/";
  }

  /// Of the first controller.
  public String controllerUrl() {
    return "http://" + addresses("controller").getFirst();
  }

  /// `host:port` of each process of a role.
  public List<String> addresses(String role) {
    return names.stream().filter(name -> roleOf(name).equals(role)).map(this::address).toList();
  }

  /// `host:port` of a process.
  public String address(String name) {
    return "127.0.0.1:" + ports.get(name);
  }

  /// The name that the cluster knows a process by: a broker is where it is.
  public String instance(String name) {
    return roleOf(name).equals("broker") ? "broker-127.0.0.1-" + ports.get(name) : name;
  }

  /// The process of this name that was started last.
  public CuveeProcess process(String role) {
    CuveeProcess process = running.get(role);
    if (process == null) {
      throw new IllegalStateException(role + " was not started");
    }
    return process;
  }

  /// From its next start on the process runs another build.
  ///
  /// @param script `cuvee` of that build
  public void runFrom(String name, Path script) {
    scripts.put(name, script);
  }

  /// Starts all roles at once, as a machine does that boots, and waits until each is ready.
  public void startAll() throws IOException, InterruptedException {
    Map<String, CuveeProcess.Starting> starting = new LinkedHashMap<>();
    running.clear();
    try {
      for (String role : names) {
        starting.put(role, launch(role));
      }
      for (Map.Entry<String, CuveeProcess.Starting> entry : starting.entrySet()) {
        running.put(entry.getKey(), entry.getValue().ready());
      }
    } finally {
      // Those that were not waited for, because one before them did not come up.
      starting.keySet().removeAll(running.keySet());
      starting.values().forEach(CuveeProcess.Starting::close);
    }
  }

  public void start(String role) throws IOException, InterruptedException {
    running.put(role, launch(role).ready());
  }

  private CuveeProcess.Starting launch(String role) throws IOException {
    Path log = directory.resolve(role + ".log");
    String data = directory.resolve(role).toString();
    String port = Integer.toString(ports.get(role));
    if (role.equals("zookeeper")) {
      return start(role, log, "start", "zookeeper", "--port", port, "--dir", data, "--json");
    }
    List<String> arguments = new ArrayList<>();
    arguments.addAll(List.of("start", roleOf(role), "--json"));
    Map<String, String> settings = new LinkedHashMap<>();
    Relay link = links.get(role);
    int zooKeeper = link == null ? ports.get("zookeeper") : link.port();
    settings.put("zookeeper.connect", "127.0.0.1:" + zooKeeper);
    settings.put("host", "127.0.0.1");
    settings.put("data.dir", data);
    settings.put("instance.id", role);
    if (role.startsWith("server")) {
      settings.put("http.port", "0");
      settings.put("data.port", port);
    } else {
      settings.put("http.port", port);
    }
    if (roleOf(role).equals("controller")) {
      settings.put("deep-store.uri", directory.resolve("deep-store").toUri().toString());
    }
    settings.forEach((key, value) -> {
      arguments.add("-D");
      arguments.add(key + "=" + value);
    });
    return start(role, log, arguments.toArray(String[]::new));
  }

  private CuveeProcess.Starting start(String name, Path log, String... arguments)
      throws IOException {
    Path script = scripts.getOrDefault(name, CuveeProcess.script());
    return CuveeProcess.start(script, log, environment, arguments);
  }

  public void kill(String role) throws InterruptedException {
    process(role).kill();
  }

  public void killAll() throws InterruptedException {
    for (String role : names) {
      kill(role);
    }
  }

  /// CPU seconds of all together.
  public double cpuSeconds() {
    return names.stream().mapToDouble(name -> process(name).cpu().toMillis() / 1000.0).sum();
  }

  /// CPU seconds, and proportional set size in MiB, of all together.
  public String cost() throws IOException {
    long kib = 0;
    StringBuilder each = new StringBuilder();
    for (String role : names) {
      long own = process(role).memoryKib().orElse(0L);
      kib += own;
      each.append(' ').append(role).append(' ').append(own / 1024);
    }
    return "%.1f CPU seconds, %d MiB (%s)"
        .formatted(cpuSeconds(), kib / 1024, each.toString().strip());
  }

  @Override
  public void close() {
    running.values().forEach(CuveeProcess::close);
    for (Relay link : links.values()) {
      try {
        link.close();
      } catch (IOException e) {
        // Its listener is of no use any more in any case.
      }
    }
  }
}
