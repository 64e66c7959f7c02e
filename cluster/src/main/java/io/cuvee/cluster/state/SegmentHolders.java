package io.cuvee.cluster.state;

import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What each server has, or should have, of each segment: by table, segment and server. There are
/// very many of the innermost maps, so they are as small as can be. Immutable; shares what is the
/// same with those that it was made from.
public final class SegmentHolders<V> {
  private static final SegmentHolders<?> EMPTY = new SegmentHolders<>(Map.of());

  private final Map<String, SplitMap<Map<String, V>>> tables;

  private SegmentHolders(Map<String, SplitMap<Map<String, V>>> tables) {
    this.tables = tables;
  }

  @SuppressWarnings("unchecked")
  public static <V> SegmentHolders<V> empty() {
    return (SegmentHolders<V>) EMPTY;
  }

  /// The tables of which any server has a segment.
  public Set<String> tables() {
    return tables.keySet();
  }

  /// By segment and server.
  public SplitMap<Map<String, V>> of(String physicalTable) {
    return tables.getOrDefault(physicalTable, SplitMap.empty());
  }

  /// By server.
  public Map<String, V> of(SegmentKey key) {
    return of(key.table()).getOrDefault(key.segment(), Map.of());
  }

  /// This after some changes.
  ///
  /// @param changes by server; an empty value removes the segment from it
  public SegmentHolders<V> with(Map<String, Map<SegmentKey, Optional<V>>> changes) {
    Map<String, Map<String, Optional<Map<String, V>>>> byTable = new HashMap<>();
    changes.forEach((server, own) ->
        own.forEach((key, value) ->
            byTable
                .computeIfAbsent(key.table(), any -> new HashMap<>())
                .compute(
                    key.segment(),
                    (segment, changed) ->
                        Optional.of(
                            with(
                                changed == null ? of(key) : changed.orElse(Map.of()),
                                server,
                                value)))));
    if (byTable.isEmpty()) {
      return this;
    }
    Map<String, SplitMap<Map<String, V>>> next = new HashMap<>(tables);
    byTable.forEach((table, segments) -> {
      segments.replaceAll((segment, holders) -> holders.filter(some -> !some.isEmpty()));
      next.put(table, of(table).with(segments));
    });
    next.values().removeIf(Map::isEmpty);
    return new SegmentHolders<>(Map.copyOf(next));
  }

  /// Values that are alike are one object.
  private static <V> Map<String, V> with(Map<String, V> holders, String server, Optional<V> value) {
    @Nullable V present = holders.get(server);
    if (Objects.equals(present, value.orElse(null))) {
      return holders;
    }
    Map<String, V> next = new HashMap<>(holders);
    if (value.isEmpty()) {
      next.remove(server);
    } else {
      next.put(
          server,
          holders.values().stream().filter(value.get()::equals).findFirst().orElse(value.get()));
    }
    return Map.copyOf(next);
  }
}
