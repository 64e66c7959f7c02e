package io.cuvee.launcher.embedded;

import io.cuvee.broker.Broker;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.Controller;
import io.cuvee.engine.EngineServer;
import io.cuvee.minion.Minion;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.BiConsumer;

/// ZooKeeper, controllers, servers, brokers and a minion in this JVM, on the loopback address, with
/// all data below one folder. The same code as in processes of their own. A second start in the
/// same folder finds everything again.
public final class EmbeddedCluster implements AutoCloseable {
  private static final String HOST = "127.0.0.1";

  private final List<AutoCloseable> parts = new ArrayList<>();
  private final FileChannel lockFile;
  private EmbeddedZooKeeper zooKeeper;
  private List<Controller> controllers = List.of();
  private List<Broker> brokers = List.of();

  /// How many of each role. Without servers it needs those of other processes.
  public record Size(int controllers, int servers, int brokers) {
    public Size {
      if (controllers < 1 || servers < 0 || brokers < 1 || controllers + servers + brokers > 60) {
        throw new CuveeException(
            ErrorCode.INVALID_SETTING,
            "A cluster in one process needs 1 to 60 roles, at least one controller and one broker.");
      }
    }
  }

  private EmbeddedCluster(FileChannel lockFile) {
    this.lockFile = lockFile;
  }

  /// Starts all roles and waits until they are ready.
  ///
  /// @param settings for all roles, beside those that this class sets
  /// @param progress hears of each part that is up: its name and the milliseconds it took
  /// @throws CuveeException `CONFLICT` if another process uses the folder
  public static EmbeddedCluster start(
      Path dir, Size size, Map<String, String> settings, BiConsumer<String, Long> progress) {
    EmbeddedCluster cluster = new EmbeddedCluster(lock(dir));
    try {
      cluster.startAll(dir, size, settings, progress);
      return cluster;
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
  }

  private static FileChannel lock(Path dir) {
    try {
      Files.createDirectories(dir);
      FileChannel channel =
          FileChannel.open(
              dir.resolve("cuvee.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = channel.tryLock();
      if (lock == null) {
        channel.close();
        throw new CuveeException(
            ErrorCode.CONFLICT,
            "Another Cuvée process uses the folder "
                + dir
                + ". Stop it, or name another folder with --dir.");
      }
      return channel;
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO,
          "The folder " + dir + " cannot be used: " + e.getMessage() + ". Name another with --dir.",
          e);
    }
  }

  private void startAll(
      Path dir, Size size, Map<String, String> settings, BiConsumer<String, Long> progress) {
    long begun = System.nanoTime();
    zooKeeper = EmbeddedZooKeeper.start(dir.resolve("zookeeper"), 0);
    parts.add(zooKeeper);
    progress.accept("zookeeper", millisSince(begun));

    try (ExecutorService starters = Executors.newCachedThreadPool()) {
      List<Future<Controller>> startingControllers = new ArrayList<>();
      for (int i = 0; i < size.controllers(); i++) {
        Map<String, String> own = role(dir, "controller", i, settings);
        own.put("http.port", Integer.toString(i == 0 ? Ports.freeOrAny(9000) : 0));
        own.putIfAbsent("deep-store.uri", dir.resolve("deep-store").toUri().toString());
        startingControllers.add(
            starters.submit(
                timed(
                    name("controller", i),
                    progress,
                    () -> Controller.start(RoleSettings.controller(Settings.of(own))))));
      }
      List<Future<EngineServer>> startingServers = new ArrayList<>();
      for (int i = 0; i < size.servers(); i++) {
        Map<String, String> own = role(dir, "server", i, settings);
        own.put("http.port", "0");
        own.put("data.port", Integer.toString(i == 0 ? Ports.freeOrAny(8098) : 0));
        startingServers.add(
            starters.submit(
                timed(
                    name("server", i),
                    progress,
                    () -> EngineServer.start(RoleSettings.server(Settings.of(own))))));
      }
      List<Future<Broker>> startingBrokers = new ArrayList<>();
      for (int i = 0; i < size.brokers(); i++) {
        Map<String, String> own = role(dir, "broker", i, settings);
        own.put("http.port", Integer.toString(i == 0 ? Ports.freeOrAny(8099) : 0));
        startingBrokers.add(
            starters.submit(
                timed(
                    name("broker", i),
                    progress,
                    () -> Broker.start(RoleSettings.broker(Settings.of(own))))));
      }
      Map<String, String> minion = role(dir, "minion", 0, settings);
      minion.put("http.port", Integer.toString(Ports.freeOrAny(9514)));
      Future<Minion> startingMinion =
          starters.submit(
              timed(
                  "minion",
                  progress,
                  () -> Minion.start(RoleSettings.minion(Settings.of(minion)))));
      controllers = collect(startingControllers);
      collect(startingServers);
      brokers = collect(startingBrokers);
      collect(List.of(startingMinion));
    }
  }

  private Map<String, String> role(Path dir, String role, int index, Map<String, String> settings) {
    // Ctrl-C ends all at once and soon.
    Map<String, String> own = new LinkedHashMap<>();
    own.put("server.drain-timeout", "1500ms");
    own.put("broker.drain-timeout", "500ms");
    own.putAll(settings);
    own.put("zookeeper.connect", zooKeeper.connectString());
    own.put("host", HOST);
    own.put("instance.id", role + "-" + index);
    own.put("data.dir", dir.resolve(name(role, index)).toString());
    return own;
  }

  private static String name(String role, int index) {
    return role + "-" + (index + 1);
  }

  private static <T> Callable<T> timed(
      String name, BiConsumer<String, Long> progress, Callable<T> start) {
    return () -> {
      long begun = System.nanoTime();
      T part = start.call();
      synchronized (progress) {
        progress.accept(name, millisSince(begun));
      }
      return part;
    };
  }

  private static long millisSince(long nanos) {
    return (System.nanoTime() - nanos) / 1_000_000;
  }

  private <T extends AutoCloseable> List<T> collect(List<Future<T>> starting) {
    List<T> started = new ArrayList<>();
    CuveeException failure = null;
    for (Future<T> future : starting) {
      try {
        T part = future.get();
        started.add(part);
        parts.add(part);
      } catch (ExecutionException e) {
        failure = CuveeException.of(e.getCause());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        failure = new CuveeException(ErrorCode.QUERY_CANCELLED, "The start was interrupted.", e);
      }
    }
    if (failure != null) {
      throw failure;
    }
    return started;
  }

  public String zooKeeper() {
    return zooKeeper.connectString();
  }

  public List<String> controllerUrls() {
    return controllers.stream()
        .map(controller -> "http://" + HOST + ":" + controller.httpPort())
        .toList();
  }

  public List<String> brokerUrls() {
    return brokers.stream().map(broker -> "http://" + HOST + ":" + broker.port()).toList();
  }

  public String jdbcUrl() {
    return "jdbc:cuvee://"
        + String.join(",", brokers.stream().map(broker -> HOST + ":" + broker.port()).toList())
        + "/";
  }

  /// The ready line of this cluster.
  public ReadyLine readyLine() {
    ReadyLine line =
        new ReadyLine()
            .with("jdbcUrl", jdbcUrl())
            .with("brokerUrl", brokerUrls().getFirst())
            .with("controllerUrl", controllerUrls().getFirst())
            .with("zookeeper", zooKeeper());
    if (brokers.size() > 1) {
      line.with("brokerUrls", brokerUrls());
    }
    if (controllers.size() > 1) {
      line.with("controllerUrls", controllerUrls());
    }
    return line;
  }

  /// Stops everything, ZooKeeper last.
  @Override
  public void close() {
    List<Exception> failures = new ArrayList<>();
    List<Thread> closing = new ArrayList<>();
    for (AutoCloseable part : parts) {
      if (part != zooKeeper) {
        closing.add(
            Thread.ofVirtual()
                .start(() -> {
                  try {
                    part.close();
                  } catch (Exception e) {
                    synchronized (failures) {
                      failures.add(e);
                    }
                  }
                }));
      }
    }
    try {
      for (Thread thread : closing) {
        thread.join();
      }
      if (zooKeeper != null) {
        zooKeeper.close();
      }
      lockFile.close();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      failures.add(e);
    }
    parts.clear();
    if (!failures.isEmpty()) {
      throw CuveeException.of(failures.getFirst());
    }
  }
}
