package io.cuvee.benchmarks.live;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;
import java.util.Optional;

/// Of each key the newest event is a row. Keys come in laps, in each of which every key comes once,
/// in another order than in the last one.
final class NewestEvents implements EventTable {
  private static final long NONE = -1;

  /// Makes neighbours of one lap strangers in the next; a prime.
  private static final long STRIDE = 2_654_435_761L;

  private final int keys;
  private final Partition[] partitions;

  /// What the events before one leave.
  private final class Partition {
    private final long[] newest = new long[keys];
    private long next;
    private long count;
    private long sum;

    Partition() {
      Arrays.fill(newest, NONE);
    }

    void advance(long end) {
      for (; next < end; next++) {
        int key = key(next);
        if (newest[key] == NONE) {
          count++;
        } else {
          sum -= newest[key];
        }
        newest[key] = next;
        sum += next;
      }
    }
  }

  /// @param keys of each partition
  NewestEvents(int keys, int partitions) {
    this.keys = keys;
    this.partitions = new Partition[partitions];
    Arrays.setAll(this.partitions, _ -> new Partition());
  }

  private int key(long n) {
    long lap = n / keys;
    return (int) ((n % keys * (lap % 2 == 0 ? 1 : STRIDE % keys) + lap * 31) % keys);
  }

  @Override
  public String schema() {
    return "\"primaryKeyColumns\": [\"part\", \"k\"], ";
  }

  @Override
  public String config() {
    return "\"upsertConfig\": {\"mode\": \"FULL\", \"comparisonColumns\": [\"n\"]}, ";
  }

  @Override
  public String indexing() {
    return "";
  }

  @Override
  public String fields(int partition, long n) {
    return ", \"k\": " + key(n);
  }

  @Override
  public synchronized Optional<String> compare(JsonNode row) {
    Partition partition = partitions[row.path(0).asInt()];
    partition.advance(row.path(2).asLong() + 1);
    return row.path(1).asLong() == partition.count && row.path(3).asLong() == partition.sum
        ? Optional.empty()
        : Optional.of(
            "not the newest of each key, which are "
                + partition.count
                + " with the sum "
                + partition.sum
                + ": "
                + row);
  }

  @Override
  public synchronized Optional<String> compareAll(JsonNode row, long events) {
    Partition partition = partitions[row.path(0).asInt()];
    partition.advance(events);
    long oldest = Arrays.stream(partition.newest).filter(n -> n != NONE).min().orElse(NONE);
    return row.path(1).asLong() == partition.count
            && row.path(2).asLong() == partition.count
            && row.path(3).asLong() == oldest
            && row.path(4).asLong() == events - 1
        ? Optional.empty()
        : Optional.of(
            "Of "
                + partition.count
                + " keys, the oldest from event "
                + oldest
                + ", there are "
                + row);
  }
}
