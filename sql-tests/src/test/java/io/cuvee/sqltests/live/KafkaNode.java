package io.cuvee.sqltests.live;

import io.cuvee.sqltests.process.Ports;
import java.nio.charset.StandardCharsets;
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

/// A Kafka broker and controller in this process that keeps its address and its data when it is
/// started again.
final class KafkaNode implements AutoCloseable {
  private final Properties properties = new Properties();
  private final String address;
  private KafkaRaftServer server;

  private KafkaNode(Path directory) throws Exception {
    List<Integer> ports = Ports.free(2);
    int port = ports.getFirst();
    int controllerPort = ports.getLast();
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
    new Formatter()
        .setNodeId(1)
        .setClusterId(Uuid.randomUuid().toString())
        .setControllerListenerName("CONTROLLER")
        .setMetadataLogDirectory(directory.toString())
        .addDirectory(directory.toString())
        .run();
    start();
  }

  /// @param directory empty
  static KafkaNode start(Path directory) throws Exception {
    return new KafkaNode(directory);
  }

  private void start() {
    server = new KafkaRaftServer(KafkaConfig.fromProps(properties), Time.SYSTEM);
    server.startup();
  }

  void restart() {
    close();
    start();
  }

  /// Host and port.
  String address() {
    return address;
  }

  void create(String topic, int partitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", address))) {
      admin
          .createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
          .all()
          .get(60, TimeUnit.SECONDS);
    }
  }

  /// Whose messages are in the topic once, also if they had to be sent again.
  KafkaProducer<byte[], byte[]> producer() {
    Properties own = new Properties();
    own.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, address);
    own.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
    own.put(ProducerConfig.ACKS_CONFIG, "all");
    return new KafkaProducer<>(own, new ByteArraySerializer(), new ByteArraySerializer());
  }

  static byte[] message(int partition, int number) {
    return ("{\"part\": "
            + partition
            + ", \"n\": "
            + number
            + ", \"text\": \"t"
            + number % 7
            + "\"}")
        .getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    server.shutdown();
    server.awaitShutdown();
  }
}
