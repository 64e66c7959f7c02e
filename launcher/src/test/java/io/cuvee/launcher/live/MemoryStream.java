package io.cuvee.launcher.live;

import io.cuvee.ingest.stream.MessageBatch;
import io.cuvee.ingest.stream.PartitionReader;
import io.cuvee.ingest.stream.StreamConfig;
import io.cuvee.ingest.stream.StreamConsumerFactory;
import io.cuvee.ingest.stream.StreamMessage;
import io.cuvee.ingest.stream.StreamSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/// Streams in this process, by their topics' names; some offsets hold no message.
public final class MemoryStream implements StreamConsumerFactory {
  private static final int MAX_BATCH = 100;
  private static final int STEP = 2;
  private static final Map<String, List<Partition>> TOPICS = new ConcurrentHashMap<>();

  /// One partition: a message at each second offset.
  static final class Partition {
    private final List<byte[]> messages = new ArrayList<>();

    synchronized void add(String message) {
      messages.add(message.getBytes(StandardCharsets.UTF_8));
      notifyAll();
    }

    private synchronized MessageBatch read(long offset, Duration timeout) {
      int from = Math.toIntExact((offset + STEP - 1) / STEP);
      long deadline = System.nanoTime() + timeout.toNanos();
      long left = timeout.toMillis();
      while (from >= messages.size() && left > 0) {
        try {
          wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          break;
        }
        left = (deadline - System.nanoTime()) / 1_000_000;
      }
      List<StreamMessage> batch = new ArrayList<>();
      for (int i = from; i < messages.size() && batch.size() < MAX_BATCH; i++) {
        batch.add(new StreamMessage((long) i * STEP, -1, null, messages.get(i)));
      }
      long next = batch.isEmpty() ? offset : batch.getLast().offset() + 1;
      return new MessageBatch(batch, next, Optional.empty());
    }
  }

  static List<Partition> create(String topic, int partitions) {
    List<Partition> all = new ArrayList<>();
    for (int i = 0; i < partitions; i++) {
      all.add(new Partition());
    }
    TOPICS.put(topic, all);
    return all;
  }

  @Override
  public String streamType() {
    return "memory";
  }

  @Override
  public void validate(StreamConfig config) {}

  @Override
  public StreamSource connect(StreamConfig config) {
    List<Partition> partitions = TOPICS.get(config.topic());
    return new StreamSource() {
      @Override
      public int partitionCount() {
        return partitions.size();
      }

      @Override
      public long earliestOffset(int partition) {
        return 0;
      }

      @Override
      public long latestOffset(int partition) {
        return (long) partitions.get(partition).messages.size() * STEP;
      }

      @Override
      public PartitionReader open(int partition, long offset) {
        return new PartitionReader() {
          private long at = offset;

          @Override
          public MessageBatch fetch(Duration timeout) {
            MessageBatch batch = partitions.get(partition).read(at, timeout);
            at = batch.nextOffset();
            return batch;
          }

          @Override
          public void close() {}
        };
      }

      @Override
      public void close() {}
    };
  }
}
