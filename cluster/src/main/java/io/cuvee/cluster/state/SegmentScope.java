package io.cuvee.cluster.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.PartitionFunction;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/// Which rows a segment may hold, as far as it is known without asking a server. Rows without a
/// value in a column are not meant.
///
/// @param time of all its rows
/// @param partitions by column
public record SegmentScope(Optional<TimeRange> time, Map<String, Partitions> partitions) {
  /// What many segments have in common, as one object; begun anew when there is too much.
  private static final Map<Object, Object> COMMON = new ConcurrentHashMap<>();

  private static final int MAX_COMMON = 10_000;

  public static final SegmentScope UNKNOWN = new SegmentScope(Optional.empty(), Map.of());

  public SegmentScope {
    partitions = Map.copyOf(partitions);
  }

  /// The smallest and the largest value of the table's time column, as it stores them.
  ///
  /// @param hasNulls whether some rows have no time
  public record TimeRange(String column, long min, long max, boolean hasNulls) {}

  /// @param ids the partitions that values of the column belong to
  public record Partitions(PartitionFunction function, Set<Integer> ids) {
    public Partitions {
      ids = Set.copyOf(ids);
    }
  }

  @SuppressWarnings("unchecked") // What is equal is of the same type.
  private static <T> T common(T value) {
    if (COMMON.size() > MAX_COMMON) {
      COMMON.clear();
    }
    return (T) COMMON.computeIfAbsent(value, same -> same);
  }

  static SegmentScope read(JsonNode record) {
    JsonNode time = record.path("time");
    Map<String, Partitions> partitions = new TreeMap<>();
    record
        .path("partitions")
        .properties()
        .forEach(column -> {
          JsonNode node = column.getValue();
          Set<Integer> ids = new TreeSet<>();
          node.path("ids").forEach(id -> ids.add(id.asInt()));
          // A function of a newer release says nothing to this one.
          PartitionFunction.Kind.find(node.path("function").asText())
              .ifPresent(kind ->
                  partitions.put(
                      column.getKey(),
                      new Partitions(
                          new PartitionFunction(kind, node.path("count").asInt(1)), ids)));
        });
    return time.isMissingNode() && partitions.isEmpty()
        ? UNKNOWN
        : new SegmentScope(
            time.isMissingNode()
                ? Optional.empty()
                : Optional.of(
                    new TimeRange(
                        common(time.path("column").asText()),
                        time.path("min").asLong(),
                        time.path("max").asLong(),
                        time.path("hasNulls").asBoolean(false))),
            common(Map.copyOf(partitions)));
  }

  void write(ObjectNode record) {
    time.ifPresent(range ->
        record
            .putObject("time")
            .put("column", range.column())
            .put("min", range.min())
            .put("max", range.max())
            .put("hasNulls", range.hasNulls()));
    if (!partitions.isEmpty()) {
      ObjectNode columns = record.putObject("partitions");
      new TreeMap<>(partitions)
          .forEach((column, known) -> {
            ObjectNode node = columns.putObject(column);
            node.put("function", known.function().kind().text());
            node.put("count", known.function().count());
            new TreeSet<>(known.ids()).forEach(node.putArray("ids")::add);
          });
    }
  }
}
