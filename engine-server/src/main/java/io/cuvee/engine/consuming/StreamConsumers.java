package io.cuvee.engine.consuming;

import io.cuvee.cluster.state.ConsumptionControl;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.Reach;
import io.cuvee.engine.keys.KeyedPartition;
import io.cuvee.engine.keys.KeyedTables;
import io.cuvee.ingest.stream.StreamConsumerFactory;
import io.cuvee.segment.consuming.ConsumingSnapshot;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;

/// All partitions that this server consumes. Thread-safe.
public final class StreamConsumers implements AutoCloseable {
  private final String server;
  private final MetadataStore metadata;
  private final LeaderClient leader;
  private final Sealer sealer;
  private final StreamConsumerFactory.LocalStreams local;
  private final KeyedTables keys;
  private final AutoCloseable controlWatch;

  private volatile Map<String, ConsumptionControl> controls = Map.of();

  // Guarded by this.
  private final TreeMap<PartitionKey, PartitionConsumer> consumers = new TreeMap<>();
  private final Map<SegmentKey, PartitionKey> partitions = new HashMap<>();
  private boolean closed;

  private record PartitionKey(String table, int partition) implements Comparable<PartitionKey> {
    @Override
    public int compareTo(PartitionKey other) {
      int tables = table.compareTo(other.table);
      return tables != 0 ? tables : Integer.compare(partition, other.partition);
    }
  }

  public StreamConsumers(
      String server,
      MetadataStore metadata,
      LeaderClient leader,
      Sealer sealer,
      StreamConsumerFactory.LocalStreams local,
      KeyedTables keys) {
    this.server = server;
    this.metadata = metadata;
    this.leader = leader;
    this.sealer = sealer;
    this.local = local;
    this.keys = keys;
    this.controlWatch = metadata.watch(ConsumptionControl.DIRECTORY, this::control);
  }

  private void control(Map<String, Versioned<String>> texts) {
    Map<String, ConsumptionControl> all = new HashMap<>();
    texts.forEach((table, text) -> all.put(table, ConsumptionControl.parse(text.value())));
    controls = all;
    List<PartitionConsumer> now;
    synchronized (this) {
      now = List.copyOf(consumers.values());
    }
    now.forEach(PartitionConsumer::wake);
  }

  /// Consumes the segment, if that is not done yet.
  ///
  /// @throws CuveeException `CONFLICT` if it is sealed by now, `NOT_FOUND`, `INVALID_TABLE`
  public void begin(SegmentKey key) {
    SegmentRecord record =
        metadata
            .get(SegmentRecord.path(key.table(), key.segment()))
            .map(text -> SegmentRecord.parse(text.value()))
            .orElseThrow(() -> gone("Segment " + key));
    if (!record.isConsuming()) {
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "Segment "
              + key
              + " should be consumed, but is sealed; the assignment is about to change.");
    }
    PartitionKey partition =
        new PartitionKey(key.table(), record.stream().orElseThrow().partition());
    ConsumedTable table = table(key.table());
    synchronized (this) {
      if (closed) {
        return;
      }
      PartitionConsumer consumer = consumers.get(partition);
      if (consumer == null) {
        consumer =
            new PartitionConsumer(
                key.table(),
                partition.partition(),
                new OfTable(
                    key.table(),
                    keys.partition(
                        key.table(), table.config(), table.schema(), partition.partition())),
                StreamConsumerFactory.of(table.stream())
                    .connect(table.stream(), key.table(), local));
        consumers.put(partition, consumer);
        consumer.start();
      }
      partitions.put(key, partition);
      consumer.assign(record);
    }
  }

  private static CuveeException gone(String what) {
    return new CuveeException(
        ErrorCode.NOT_FOUND, what + " is not in the cluster's metadata any more.");
  }

  private ConsumedTable table(String physicalTable) {
    TableConfig config =
        metadata
            .get("tables/" + physicalTable)
            .map(text -> TableConfig.parse(text.value()))
            .orElseThrow(() -> gone("Table " + physicalTable));
    Schema schema =
        metadata
            .get("schemas/" + config.schemaName())
            .map(text -> Schema.parse(text.value()))
            .orElseThrow(() -> gone("Schema " + config.schemaName()));
    return ConsumedTable.of(config, schema);
  }

  private final class OfTable implements PartitionConsumer.Surroundings {
    private final String name;
    private final Optional<KeyedPartition> keys;

    OfTable(String name, Optional<KeyedPartition> keys) {
      this.name = name;
      this.keys = keys;
    }

    @Override
    public Optional<KeyedPartition> keys() {
      return keys;
    }

    @Override
    public String server() {
      return server;
    }

    @Override
    public ConsumedTable table() {
      return StreamConsumers.this.table(name);
    }

    @Override
    public ConsumptionControl control() {
      return controls.getOrDefault(name, ConsumptionControl.NONE);
    }

    @Override
    public LeaderClient leader() {
      return leader;
    }

    @Override
    public Sealer sealer() {
      return sealer;
    }
  }

  private synchronized Optional<PartitionConsumer> consumer(SegmentKey key) {
    PartitionKey partition = partitions.get(key);
    return partition == null ? Optional.empty() : Optional.ofNullable(consumers.get(partition));
  }

  /// Whether the segment is consumed here, or waits to be served in its sealed form.
  public boolean holds(SegmentKey key) {
    return consumer(key).map(consumer -> consumer.holds(key.segment())).orElse(false);
  }

  /// Whether the rows that were consumed here are those of the sealed segment.
  public boolean isSame(SegmentKey key, int docCount) {
    Optional<PartitionConsumer> consumer = consumer(key);
    return consumer.isPresent()
        && consumer.get().isSame(key.segment(), committedEnd(key), docCount);
  }

  /// Waits, but not for long, until this server has sealed the segment, if it does.
  public void awaitSettled(SegmentKey key, Duration timeout) throws InterruptedException {
    Optional<PartitionConsumer> consumer = consumer(key);
    if (consumer.isPresent()) {
      consumer.get().awaitSettled(key.segment(), timeout);
    }
  }

  /// The segment is served in its sealed form now, or is no longer to be held here.
  ///
  /// @throws CuveeException `IO` if it is not known where the sealed form ends
  public void end(SegmentKey key, boolean isSealed) {
    Optional<PartitionConsumer> consumer = consumer(key);
    if (consumer.isEmpty()) {
      return;
    }
    boolean isDone =
        consumer.get().end(key.segment(), isSealed ? committedEnd(key) : OptionalLong.empty());
    PartitionKey partition;
    synchronized (this) {
      partition = partitions.get(key);
      if (!isSealed) {
        partitions.remove(key);
      }
      if (!isDone || isSealed || partition == null) {
        return;
      }
      consumers.remove(partition);
      consumer.get().close();
    }
    keys.consumerEnded(partition.table(), partition.partition());
  }

  private OptionalLong committedEnd(SegmentKey key) {
    return metadata
        .get(SegmentRecord.path(key.table(), key.segment()))
        .flatMap(text -> SegmentRecord.parse(text.value()).stream())
        .map(StreamRange::endOffset)
        .orElse(OptionalLong.empty());
  }

  /// The rows of a segment that is not sealed here yet, if they end just at this offset; the caller
  /// closes them.
  public Optional<ConsumingSnapshot> until(SegmentKey key, long end) {
    return consumer(key).flatMap(consumer -> consumer.until(key.segment(), end));
  }

  /// A segment and all after it in its partition.
  ///
  /// @param sealed names of those that are served in their sealed form by now
  /// @param open rows of the others; the caller closes them
  /// @param reach how far they go
  public record Onward(List<String> sealed, List<ConsumingSnapshot> open, Reach reach) {}

  /// @param atLeast offset up to which the rows must go
  /// @return empty if the segment is not known here, or not as far
  public Optional<Onward> onward(SegmentKey key, long atLeast) {
    return consumer(key).flatMap(consumer -> consumer.onward(key.segment(), atLeast));
  }

  /// Takes note of how far a partition was shown elsewhere, and tells how far that was here or
  /// elsewhere; 0 is unknown.
  public long shown(String table, int partition, long offset) {
    PartitionConsumer consumer;
    synchronized (this) {
      consumer = consumers.get(new PartitionKey(table, partition));
    }
    return consumer == null ? 0 : consumer.shown(offset);
  }

  public synchronized int count() {
    return consumers.size();
  }

  /// How the consumers are, by table and partition.
  public List<ConsumerStatus> status() {
    List<PartitionConsumer> all;
    synchronized (this) {
      all = List.copyOf(consumers.values());
    }
    return all.stream().map(PartitionConsumer::status).toList();
  }

  @Override
  public void close() {
    List<PartitionConsumer> all;
    synchronized (this) {
      closed = true;
      all = List.copyOf(consumers.values());
      consumers.clear();
      partitions.clear();
    }
    all.forEach(PartitionConsumer::close);
    try {
      controlWatch.close();
    } catch (Exception e) {
      throw new IllegalStateException("The watch of consumption controls did not close.", e);
    }
  }
}
