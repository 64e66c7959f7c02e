package io.cuvee.ingest.stream.kafka;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.PartitionReader;
import io.cuvee.ingest.stream.StreamSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.jspecify.annotations.Nullable;

/// One topic. Questions about it share a client, which is made when the first is asked; each reader
/// has its own.
final class KafkaTopic implements StreamSource {
  static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final String topic;
  private final Supplier<Consumer<byte[], byte[]>> clients;
  private @Nullable Consumer<byte[], byte[]> client;

  KafkaTopic(String topic, Supplier<Consumer<byte[], byte[]>> clients) {
    this.topic = topic;
    this.clients = clients;
  }

  private synchronized <T> T ask(Function<Consumer<byte[], byte[]>, T> question) {
    Consumer<byte[], byte[]> own = client;
    if (own == null) {
      own = client = clients.get();
    }
    try {
      return question.apply(own);
    } catch (UnknownTopicOrPartitionException e) {
      throw absent();
    } catch (KafkaException e) {
      throw unreadable(topic, e);
    }
  }

  private CuveeException absent() {
    return new CuveeException(
        ErrorCode.NOT_FOUND, "Kafka has no topic '" + topic + "', or this user may not read it.");
  }

  static CuveeException unreadable(String topic, KafkaException e) {
    return new CuveeException(
        ErrorCode.IO, "Kafka topic '" + topic + "' cannot be read now: " + e.getMessage(), e);
  }

  @Override
  public int partitionCount() {
    List<PartitionInfo> partitions = ask(asked -> asked.partitionsFor(topic, TIMEOUT));
    if (partitions == null || partitions.isEmpty()) {
      throw absent();
    }
    return partitions.size();
  }

  @Override
  public long earliestOffset(int partition) {
    return ask(asked -> earliest(asked, new TopicPartition(topic, partition)));
  }

  @Override
  public long latestOffset(int partition) {
    return ask(asked -> latest(asked, new TopicPartition(topic, partition)));
  }

  static long earliest(Consumer<byte[], byte[]> client, TopicPartition partition) {
    return offset(client.beginningOffsets(List.of(partition), TIMEOUT), partition);
  }

  static long latest(Consumer<byte[], byte[]> client, TopicPartition partition) {
    return offset(client.endOffsets(List.of(partition), TIMEOUT), partition);
  }

  private static long offset(Map<TopicPartition, Long> offsets, TopicPartition partition) {
    Long offset = offsets.get(partition);
    if (offset == null) {
      throw new CuveeException(ErrorCode.NOT_FOUND, "Kafka has no partition " + partition + ".");
    }
    return offset;
  }

  @Override
  public PartitionReader open(int partition, long offset) {
    return new KafkaPartitionReader(clients.get(), new TopicPartition(topic, partition), offset);
  }

  @Override
  public synchronized void close() {
    if (client != null) {
      client.close();
      client = null;
    }
  }
}
