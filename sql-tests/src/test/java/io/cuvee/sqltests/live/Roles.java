package io.cuvee.sqltests.live;

import io.cuvee.broker.Broker;
import io.cuvee.cluster.zookeeper.EmbeddedZooKeeper;
import io.cuvee.common.config.Settings;
import io.cuvee.controller.Controller;
import io.cuvee.engine.EngineServer;
import io.cuvee.launcher.embedded.RoleSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// A cluster in this process whose roles stop and start again one by one, each with its data.
final class Roles implements AutoCloseable {
  private final Path directory;
  private final EmbeddedZooKeeper zooKeeper;
  private final Map<String, AutoCloseable> running = new TreeMap<>();

  Roles(Path directory) throws IOException {
    this.directory = directory;
    Files.createDirectories(directory.resolve("deep-store"));
    this.zooKeeper = EmbeddedZooKeeper.start(directory.resolve("zookeeper"), 0);
  }

  private Settings settings(String id) {
    Map<String, String> own = new HashMap<>();
    own.put("zookeeper.connect", zooKeeper.connectString());
    own.put("host", "127.0.0.1");
    own.put("instance.id", id);
    own.put("data.dir", directory.resolve(id).toString());
    own.put("http.port", "0");
    if (id.startsWith("server")) {
      own.put("data.port", "0");
    }
    if (id.startsWith("controller")) {
      own.put("deep-store.uri", directory.resolve("deep-store").toUri().toString());
    }
    return Settings.of(own);
  }

  /// @param id begins with the name of the role
  void start(String id) {
    Settings settings = settings(id);
    running.put(
        id,
        switch (id.replaceAll("-.*", "")) {
          case "controller" -> Controller.start(RoleSettings.controller(settings));
          case "server" -> EngineServer.start(RoleSettings.server(settings));
          case "broker" -> Broker.start(RoleSettings.broker(settings));
          default -> throw new IllegalArgumentException(id);
        });
  }

  void stop(String id) throws Exception {
    AutoCloseable role = running.remove(id);
    if (role != null) {
      role.close();
    }
  }

  String url(String id) {
    return "http://127.0.0.1:"
        + switch (running.get(id)) {
          case Controller controller -> controller.httpPort();
          case EngineServer server -> server.httpPort();
          case Broker broker -> broker.port();
          case null, default -> throw new IllegalStateException(id + " does not run");
        };
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable role : running.values()) {
      role.close();
    }
    zooKeeper.close();
  }
}
