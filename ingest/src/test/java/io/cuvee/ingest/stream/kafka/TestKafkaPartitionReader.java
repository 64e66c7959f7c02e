package io.cuvee.ingest.stream.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.ingest.stream.MessageBatch;
import io.cuvee.ingest.stream.OffsetGap;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class TestKafkaPartitionReader {
  private static final TopicPartition PARTITION = new TopicPartition("t", 0);

  private final MockConsumer<byte[], byte[]> client = new MockConsumer<>("none");
  private final KafkaPartitionReader reader = new KafkaPartitionReader(client, PARTITION, 10);

  TestKafkaPartitionReader() {
    client.updateBeginningOffsets(Map.of(PARTITION, 3L));
    client.updateEndOffsets(Map.of(PARTITION, 20L));
  }

  @Test
  void logThatANewLeaderCutBackIsReadFromThere() {
    // It has grown beyond 10 since, so that the offset alone would do.
    client.setPollException(
        new LogTruncationException(
            "Truncated", Map.of(PARTITION, 10L), Map.of(PARTITION, new OffsetAndMetadata(7))));
    MessageBatch batch = reader.fetch(Duration.ZERO);
    assertThat(batch.gap()).contains(new OffsetGap(10, 7));
    assertThat(batch.nextOffset()).isEqualTo(7);
    assertThat(client.position(PARTITION)).isEqualTo(7);
  }

  @Test
  void offsetsThatExpiredAreAGap() {
    client.updateBeginningOffsets(Map.of(PARTITION, 15L));
    client.setPollException(new OffsetOutOfRangeException(Map.of(PARTITION, 10L)));
    assertThat(reader.fetch(Duration.ZERO).gap()).contains(new OffsetGap(10, 15));
    assertThat(client.position(PARTITION)).isEqualTo(15);
  }
}
