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

/// Streams in this process, by their topics' names; some offsets hold no message. All servers but
/// the first one that asks may be kept behind.
public final class MemoryStream implements StreamConsumerFactory {
  private static final int MAX_BATCH = 100;
  private static final int STEP = 2;
  private static final Map<String, List<Partition>> TOPICS = new ConcurrentHashMap<>();
  private static final Map<String, LocalStreams> FIRST = new ConcurrentHashMap<>();

  /// One partition: a message at each second offset.
  static final class Partition {
    private final List<byte[]> messages = new ArrayList<>();
    private int lag;

    /// Lets all servers but one see messages only when there are so many newer ones.
    synchronized void keepBehind(int newLag) {
      lag = newLag;
      notifyAll();
    }

    private int visible(boolean isFirst) {
      return isFirst ? messages.size() : messages.size() - lag;
    }

    synchronized void add(String message) {
      messages.add(message.getBytes(StandardCharsets.UTF_8));
      notifyAll();
    }

    private synchronized MessageBatch read(long offset, Duration timeout, boolean isFirst) {
      int from = Math.toIntExact((offset + STEP - 1) / STEP);
      long deadline = System.nanoTime() + timeout.toNanos();
      long left = timeout.toMillis();
      while (from >= visible(isFirst) && left > 0) {
        try {
          wait(left);
        } catch (InterruptedException e) {
          Thread.currentThread().interrupt();
          break;
        }
        left = (deadline - System.nanoTime()) / 1_000_000;
      }
      List<StreamMessage> batch = new ArrayList<>();
      for (int i = from; i < visible(isFirst) && batch.size() < MAX_BATCH; i++) {
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
    FIRST.remove(topic);
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
    return connect(config, true);
  }

  @Override
  public StreamSource connect(StreamConfig config, String physicalTable, LocalStreams local) {
    LocalStreams first = FIRST.computeIfAbsent(config.topic(), _ -> local);
    return connect(config, first.equals(local));
  }

  private static StreamSource connect(StreamConfig config, boolean isFirst) {
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
            MessageBatch batch = partitions.get(partition).read(at, timeout, isFirst);
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
