package io.cuvee.ingest.stream.kafka;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.StreamConfig;
import io.cuvee.ingest.stream.StreamConsumerFactory;
import io.cuvee.ingest.stream.StreamSource;
import java.util.Properties;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/// Topics of Kafka.
public final class KafkaConsumerFactory implements StreamConsumerFactory {
  @Override
  public String streamType() {
    return "kafka";
  }

  @Override
  public void validate(StreamConfig config) {
    KafkaProperties.of(config);
  }

  @Override
  public StreamSource connect(StreamConfig config) {
    Properties properties = KafkaProperties.of(config);
    return new KafkaTopic(config.topic(), () -> client(properties));
  }

  private static KafkaConsumer<byte[], byte[]> client(Properties properties) {
    try {
      return new KafkaConsumer<>(
          properties, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      String cause = e.getCause() == null ? e.getMessage() : e.getCause().getMessage();
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "streamConfigs: there can be no Kafka client with these settings: " + cause + ".",
          e);
    }
  }
}
