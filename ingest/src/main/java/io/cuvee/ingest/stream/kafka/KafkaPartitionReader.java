package io.cuvee.ingest.stream.kafka;

import io.cuvee.ingest.stream.MessageBatch;
import io.cuvee.ingest.stream.OffsetGap;
import io.cuvee.ingest.stream.PartitionReader;
import io.cuvee.ingest.stream.StreamMessage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.record.TimestampType;

/// One partition of a topic. An offset that Kafka does not have any more, or not yet, is never
/// skipped in silence: the next batch tells of the gap.
final class KafkaPartitionReader implements PartitionReader {
  private final Consumer<byte[], byte[]> client;
  private final TopicPartition partition;
  private long position;

  KafkaPartitionReader(Consumer<byte[], byte[]> client, TopicPartition partition, long offset) {
    this.client = client;
    this.partition = partition;
    this.position = offset;
    client.assign(List.of(partition));
    client.seek(partition, offset);
  }

  @Override
  public MessageBatch fetch(Duration timeout) {
    try {
      List<StreamMessage> messages = new ArrayList<>();
      for (ConsumerRecord<byte[], byte[]> read : client.poll(timeout).records(partition)) {
        messages.add(
            new StreamMessage(
                read.offset(),
                read.timestampType() == TimestampType.NO_TIMESTAMP_TYPE ? -1 : read.timestamp(),
                read.key(),
                read.value()));
      }
      position = client.position(partition, timeout);
      return new MessageBatch(messages, position, Optional.empty());
    } catch (LogTruncationException e) {
      OffsetAndMetadata common = e.divergentOffsets().get(partition);
      return common == null ? gap() : cutBack(common.offset());
    } catch (OffsetOutOfRangeException e) {
      return gap();
    } catch (KafkaException e) {
      client.seek(partition, position);
      throw KafkaTopic.unreadable(partition.topic(), e);
    }
  }

  /// Goes on where the messages that were read and those that a new leader has begin to differ,
  /// though it may have more by now.
  private MessageBatch cutBack(long common) {
    long from = position;
    position = Math.min(from, common);
    client.seek(partition, position);
    return batch(from);
  }

  /// Nothing but the gap between an offset and where reading goes on.
  private MessageBatch batch(long from) {
    return new MessageBatch(
        List.of(),
        position,
        position == from ? Optional.empty() : Optional.of(new OffsetGap(from, position)));
  }

  /// Goes on at the nearest offset that is there.
  private MessageBatch gap() {
    try {
      long from = position;
      long earliest = KafkaTopic.earliest(client, partition);
      long latest = KafkaTopic.latest(client, partition);
      position = Math.clamp(from, earliest, Math.max(earliest, latest));
      client.seek(partition, position);
      return batch(from);
    } catch (KafkaException e) {
      throw KafkaTopic.unreadable(partition.topic(), e);
    }
  }

  @Override
  public OptionalLong latestOffset() {
    OptionalLong lag = client.currentLag(partition);
    return lag.isPresent() ? OptionalLong.of(position + lag.getAsLong()) : lag;
  }

  @Override
  public void close() {
    client.close();
  }
}
