package io.cuvee.launcher.demo;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/// Live flights in a topic of a Kafka broker, which is made if it is not there.
final class KafkaFlights implements LiveFlights.Sink {
  private final KafkaProducer<byte[], byte[]> producer;

  /// @throws CuveeException `IO` if the broker cannot be reached
  KafkaFlights(String broker) {
    Map<String, Object> properties = Map.of("bootstrap.servers", broker);
    try (Admin admin = Admin.create(properties)) {
      admin
          .createTopics(List.of(new NewTopic(LiveFlights.TABLE, Optional.of(1), Optional.empty())))
          .all()
          .get();
    } catch (ExecutionException e) {
      if (!(e.getCause() instanceof TopicExistsException)) {
        throw unreachable(broker, e);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unreachable(broker, e);
    } catch (KafkaException e) {
      throw unreachable(broker, e);
    }
    producer =
        new KafkaProducer<>(properties, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static CuveeException unreachable(String broker, Exception e) {
    return new CuveeException(
        ErrorCode.IO,
        "Kafka at "
            + broker
            + " cannot be used: "
            + e.getMessage()
            + ". Name another with --kafka.",
        e);
  }

  @Override
  public void write(List<String> rows) {
    for (String row : rows) {
      var _ =
          producer.send(
              new ProducerRecord<>(LiveFlights.TABLE, row.getBytes(StandardCharsets.UTF_8)));
    }
  }

  @Override
  public void close() {
    producer.close(Duration.ofMillis(500));
  }
}
