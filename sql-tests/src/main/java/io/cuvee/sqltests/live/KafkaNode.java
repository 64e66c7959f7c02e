package io.cuvee.sqltests.live;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import kafka.server.KafkaConfig;
import kafka.server.KafkaRaftServer;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.utils.Time;
import org.apache.kafka.metadata.storage.Formatter;

/// A Kafka broker and controller that keeps its address and its data when it is started again: in
/// this process, or as a process of its own.
public final class KafkaNode implements AutoCloseable {
  private final Properties properties = new Properties();
  private final String address;
  private KafkaRaftServer server;

  /// Starts it.
  ///
  /// @param directory empty, or what it left there
  public KafkaNode(Path directory, int port, int controllerPort) throws Exception {
    address = "127.0.0.1:" + port;
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
            Map.entry("listener.security.protocol.map", "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"),
            Map.entry("log.dirs", directory.toString()),
            Map.entry("offsets.topic.replication.factor", "1"),
            Map.entry("transaction.state.log.replication.factor", "1"),
            Map.entry("transaction.state.log.min.isr", "1"),
            Map.entry("transaction.state.log.num.partitions", "1"),
            Map.entry("log.cleaner.enable", "false")));
    if (!Files.exists(directory.resolve("meta.properties"))) {
      new Formatter()
          .setNodeId(1)
          .setClusterId(Uuid.randomUuid().toString())
          .setControllerListenerName("CONTROLLER")
          .setMetadataLogDirectory(directory.toString())
          .addDirectory(directory.toString())
          .run();
    }
    server = started();
  }

  private KafkaRaftServer started() {
    KafkaRaftServer starting = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
    starting.startup();
    return starting;
  }

  /// A process of its own: folder and two ports; prints a line when it is ready.
  public static void main(String[] arguments) throws Exception {
    KafkaNode node =
        new KafkaNode(
            Path.of(arguments[0]), Integer.parseInt(arguments[1]), Integer.parseInt(arguments[2]));
    System.out.println(node.address());
    node.server.awaitShutdown();
  }

  public void restart() {
    close();
    server = started();
  }

  /// Host and port.
  public String address() {
    return address;
  }

  public void create(String topic, int partitions) throws Exception {
    create(address, topic, partitions);
  }

  /// Makes a topic of the broker there.
  public static void create(String address, String topic, int partitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
      admin
          .createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
          .all()
          .get(60, TimeUnit.SECONDS);
    }
  }

  /// Whose messages are in the topic once, also if they had to be sent again.
  public KafkaProducer<byte[], byte[]> producer() {
    return producer(address, Map.of());
  }

  /// The same for the broker there.
  ///
  /// @param more properties
  public static KafkaProducer<byte[], byte[]> producer(String address, Map<String, String> more) {
    Properties own = new Properties();
    own.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, address);
    own.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    own.put(ProducerConfig.ACKS_CONFIG, "all");
    own.putAll(more);
    return new KafkaProducer<>(own, new ByteArraySerializer(), new ByteArraySerializer());
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
