package io.cuvee.ingest.stream.kafka;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/// A Kafka broker and controller in this process, with its data in a temporary folder. Tests of one
/// process share it; it ends with the process.
public final class KafkaBroker {
  private static final KafkaBroker SHARED = start();

  private final String address;

  private KafkaBroker(String address) {
    this.address = address;
  }

  public static KafkaBroker shared() {
    return SHARED;
  }

  /// Host and port.
  public String address() {
    return address;
  }

  private static KafkaBroker start() {
    try {
      int port = freePort();
      int controllerPort = freePort();
      Path directory = Files.createTempDirectory("kafka");
      String address = "127.0.0.1:" + port;
      Properties properties = new Properties();
      properties.putAll(
          Map.ofEntries(
              Map.entry("process.roles", "broker,controller"),
              Map.entry("node.id", "1"),
              Map.entry("controller.quorum.voters", "1@127.0.0.1:" + controllerPort),
              Map.entry(
                  "listeners",
                  "PLAINTEXT://" + address + ",CONTROLLER://127.0.0.1:" + controllerPort),
              Map.entry("advertised.listeners", "PLAINTEXT://" + address),
              Map.entry("controller.listener.names", "CONTROLLER"),
              Map.entry(
                  "listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
              Map.entry("log.dirs", directory.toString()),
              Map.entry("offsets.topic.replication.factor", "1"),
              Map.entry("offsets.topic.num.partitions", "1"),
              Map.entry("transaction.state.log.replication.factor", "1"),
              Map.entry("transaction.state.log.min.isr", "1"),
              Map.entry("transaction.state.log.num.partitions", "1"),
              Map.entry("share.coordinator.state.topic.replication.factor", "1"),
              Map.entry("share.coordinator.state.topic.min.isr", "1"),
              Map.entry("group.initial.rebalance.delay.ms", "0"),
              Map.entry("log.cleaner.enable", "false")));
      new Formatter()
          .setNodeId(1)
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(directory.toString())
          .addDirectory(directory.toString())
          .run();
      KafkaRaftServer server = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
      server.startup();
      Runtime.getRuntime()
          .addShutdownHook(
              new Thread(() -> {
                server.shutdown();
                server.awaitShutdown();
                delete(directory);
              }));
      return new KafkaBroker(address);
    } catch (Exception e) {
      throw new IllegalStateException("The Kafka broker did not start.", e);
    }
  }

  private static void delete(Path directory) {
    try (var files = Files.walk(directory)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // The folder is a temporary one.
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
