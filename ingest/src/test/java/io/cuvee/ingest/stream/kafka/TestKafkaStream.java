package io.cuvee.ingest.stream.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.MessageBatch;
import io.cuvee.ingest.stream.OffsetGap;
import io.cuvee.ingest.stream.PartitionReader;
import io.cuvee.ingest.stream.StreamConfig;
import io.cuvee.ingest.stream.StreamConsumerFactory;
import io.cuvee.ingest.stream.StreamMessage;
import io.cuvee.ingest.stream.StreamSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.Test;

class TestKafkaStream {
  private static final String BROKER = KafkaBroker.shared().address();

  private static StreamConfig config(String topic, Map<String, String> more) {
    Map<String, String> configs = new HashMap<>(more);
    configs.put("streamType", "kafka");
    configs.put("stream.kafka.topic.name", topic);
    configs.putIfAbsent("stream.kafka.broker.list", BROKER);
    configs.put("stream.kafka.decoder.class.name", "JSONMessageDecoder");
    return StreamConfig.parse(configs);
  }

  private static StreamSource connect(String topic) {
    StreamConfig config = config(topic, Map.of());
    return StreamConsumerFactory.of(config).connect(config);
  }

  private static void create(String topic, int partitions) throws Exception {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER))) {
      admin
          .createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
          .all()
          .get(60, TimeUnit.SECONDS);
    }
  }

  private static KafkaProducer<byte[], byte[]> producer(Map<String, Object> more) {
    Properties properties = new Properties();
    properties.put("bootstrap.servers", BROKER);
    properties.putAll(more);
    return new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static ProducerRecord<byte[], byte[]> message(String topic, int partition, int number) {
    return new ProducerRecord<>(
        topic, partition, null, ("m" + number).getBytes(StandardCharsets.UTF_8));
  }

  /// Fetches until the offset is reached. What fails is said when the producer is closed or its
  /// transaction ends.
  @SuppressWarnings("FutureReturnValueIgnored")
  private static void send(
      KafkaProducer<byte[], byte[]> producer, String topic, int partition, int number) {
    producer.send(message(topic, partition, number));
  }

  private static List<String> readTo(PartitionReader reader, long offset, List<OffsetGap> gaps) {
    List<String> read = new ArrayList<>();
    long next = 0;
    for (int i = 0; i < 600 && next < offset; i++) {
      MessageBatch batch = reader.fetch(Duration.ofMillis(100));
      batch.gap().ifPresent(gaps::add);
      for (StreamMessage message : batch.messages()) {
        assertThat(message.offset()).isGreaterThanOrEqualTo(next);
        assertThat(message.timestampMillis()).isPositive();
        read.add(new String(message.value(), StandardCharsets.UTF_8));
      }
      next = batch.nextOffset();
    }
    assertThat(next).isEqualTo(offset);
    return read;
  }

  @Test
  void eachPartitionIsReadFromAnyOffset() throws Exception {
    create("numbers", 3);
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      for (int i = 0; i < 300; i++) {
        send(producer, "numbers", i % 3, i);
      }
    }
    try (StreamSource stream = connect("numbers")) {
      assertThat(stream.partitionCount()).isEqualTo(3);
      assertThat(stream.earliestOffset(1)).isZero();
      assertThat(stream.latestOffset(1)).isEqualTo(100);
      List<OffsetGap> gaps = new ArrayList<>();
      try (PartitionReader reader = stream.open(1, 40)) {
        List<String> read = readTo(reader, 100, gaps);
        assertThat(read).hasSize(60).startsWith("m121", "m124").endsWith("m298");
        assertThat(reader.fetch(Duration.ofMillis(10)).messages()).isEmpty();
        try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
          send(producer, "numbers", 1, 1000);
        }
        assertThat(readTo(reader, 101, gaps)).containsExactly("m1000");
      }
      assertThat(gaps).isEmpty();
    }
  }

  @Test
  void expiredMessagesAndOffsetsThatAreNotThereAreGaps() throws Exception {
    create("expired", 1);
    TopicPartition partition = new TopicPartition("expired", 0);
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      for (int i = 0; i < 100; i++) {
        send(producer, "expired", 0, i);
      }
    }
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", BROKER))) {
      admin
          .deleteRecords(Map.of(partition, RecordsToDelete.beforeOffset(30)))
          .all()
          .get(60, TimeUnit.SECONDS);
    }
    try (StreamSource stream = connect("expired")) {
      assertThat(stream.earliestOffset(0)).isEqualTo(30);
      List<OffsetGap> gaps = new ArrayList<>();
      try (PartitionReader reader = stream.open(0, 10)) {
        assertThat(readTo(reader, 100, gaps)).hasSize(70).startsWith("m30");
      }
      assertThat(gaps).containsExactly(new OffsetGap(10, 30));
      gaps.clear();
      try (PartitionReader reader = stream.open(0, 5000)) {
        for (int i = 0; i < 100 && gaps.isEmpty(); i++) {
          reader.fetch(Duration.ofMillis(100)).gap().ifPresent(gaps::add);
        }
      }
      assertThat(gaps).containsExactly(new OffsetGap(5000, 100));
    }
  }

  @Test
  void onlyCommittedTransactionsAreRead() throws Exception {
    create("transactions", 1);
    for (int t = 0; t < 4; t++) {
      try (KafkaProducer<byte[], byte[]> producer = producer(Map.of("transactional.id", "t" + t))) {
        producer.initTransactions();
        producer.beginTransaction();
        for (int i = 0; i < 5; i++) {
          producer.send(message("transactions", 0, t * 5 + i)).get(60, TimeUnit.SECONDS);
        }
        if (t % 2 == 0) {
          producer.commitTransaction();
        } else {
          producer.abortTransaction();
        }
      }
    }
    try (KafkaProducer<byte[], byte[]> producer = producer(Map.of())) {
      // A broker by itself may keep the end of the last transaction back until more is written.
      send(producer, "transactions", 0, 99);
    }
    try (StreamSource stream = connect("transactions");
        PartitionReader reader = stream.open(0, 0)) {
      long end = stream.latestOffset(0);
      for (int i = 0; i < 600 && end < 25; i++) {
        // The ends of transactions follow their commits.
        Thread.sleep(100);
        end = stream.latestOffset(0);
      }
      assertThat(end).isEqualTo(25);
      List<OffsetGap> gaps = new ArrayList<>();
      assertThat(readTo(reader, end, gaps))
          .containsExactly("m0", "m1", "m2", "m3", "m4", "m10", "m11", "m12", "m13", "m14", "m99");
      assertThat(gaps).isEmpty();
    }
  }

  @Test
  void topicsThatAreNotThereAreNamed() {
    try (StreamSource stream = connect("nowhere")) {
      assertThatThrownBy(stream::partitionCount)
          .isInstanceOfSatisfying(
              CuveeException.class,
              e -> {
                assertThat(e.code()).isEqualTo(ErrorCode.NOT_FOUND);
                assertThat(e).hasMessageContaining("nowhere");
              });
    }
  }

  @Test
  void propertiesThatCouldLoadCodeAreRefused() {
    String prefix = "stream.kafka.consumer.prop.";
    String jndi = "com.sun.security.auth.module.JndiLoginModule required user.provider.url=\"x\";";
    for (Map<String, String> more :
        List.of(
            Map.of(prefix + "interceptor.classes", "x.Y"),
            Map.of(prefix + "metric.reporters", "x.Y"),
            Map.of("sasl.client.callback.handler.class", "x.Y"),
            Map.of("ssl.engine.factory.class", "x.Y"),
            Map.of(prefix + "sasl.jaas.config", jndi),
            Map.of(
                prefix + "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required; " + jndi),
            Map.of("stream.kafka.broker.list", " "))) {
      StreamConfig config = config("t", more);
      assertThatThrownBy(() -> StreamConsumerFactory.of(config).validate(config))
          .as("%s", more)
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TABLE));
    }
    StreamConfig fine =
        config(
            "t",
            Map.of(
                "security.protocol",
                "SASL_SSL",
                "sasl.mechanism",
                "PLAIN",
                "sasl.jaas.config",
                "org.apache.kafka.common.security.plain.PlainLoginModule required"
                    + " username=\"u\" password=\"p;w\";",
                prefix + "fetch.min.bytes",
                "1"));
    StreamConsumerFactory.of(fine).validate(fine);
  }
}
