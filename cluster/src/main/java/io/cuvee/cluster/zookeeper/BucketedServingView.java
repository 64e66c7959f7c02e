package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.ServingView;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The serving view as 64 parts, one a bucket number, so that one changed segment costs a 64th of
/// the whole.
final class BucketedServingView implements ServingView {
  static final BucketedServingView EMPTY =
      new BucketedServingView(0, Collections.nCopies(BucketFormat.BUCKET_COUNT, Map.of()));

  private final long version;
  private final List<Map<String, Map<String, Map<String, Replica>>>> parts;
  private final Set<String> tables;

  /// @param parts by bucket number: table → segment → server → replica
  private BucketedServingView(
      long version, List<Map<String, Map<String, Map<String, Replica>>>> parts) {
    this.version = version;
    this.parts = List.copyOf(parts);
    Set<String> all = new HashSet<>();
    parts.forEach(part -> all.addAll(part.keySet()));
    this.tables = Set.copyOf(all);
  }

  /// This view with the given buckets built anew.
  ///
  /// @param buckets their numbers
  /// @param published for a bucket's number, what each server publishes in it
  BucketedServingView with(
      Set<Integer> buckets, IntFunction<Map<String, Map<SegmentKey, Replica>>> published) {
    Map<String, Map<String, Map<String, Replica>>>[] next = newParts();
    for (int bucket : buckets) {
      next[bucket] = part(published.apply(bucket));
    }
    return new BucketedServingView(version + 1, List.of(next));
  }

  @SuppressWarnings("unchecked")
  private Map<String, Map<String, Map<String, Replica>>>[] newParts() {
    return parts.toArray(Map[]::new);
  }

  private static Map<String, Map<String, Map<String, Replica>>> part(
      Map<String, Map<SegmentKey, Replica>> byServer) {
    Map<String, Map<String, Map<String, Replica>>> part = new HashMap<>();
    byServer.forEach((server, segments) ->
        segments.forEach((key, replica) ->
            part.computeIfAbsent(key.table(), table -> new HashMap<>())
                .computeIfAbsent(key.segment(), segment -> new HashMap<>(4))
                .put(server, replica)));
    return part;
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public Set<String> tables() {
    return tables;
  }

  @Override
  public Map<String, Map<String, Replica>> replicas(String physicalTable) {
    return tables.contains(physicalTable) ? new Segments(physicalTable) : Map.of();
  }

  /// The segments of one table over all parts; read-only.
  private final class Segments extends AbstractMap<String, Map<String, Replica>> {
    private final String table;

    Segments(String table) {
      this.table = table;
    }

    private Map<String, Map<String, Replica>> part(int bucket) {
      return parts.get(bucket).getOrDefault(table, Map.of());
    }

    @Override
    public @Nullable Map<String, Replica> get(@Nullable Object segment) {
      if (!(segment instanceof String name)) {
        return null;
      }
      Map<String, Replica> replicas =
          part(BucketFormat.bucket(new SegmentKey(table, name))).get(name);
      return replicas == null ? null : Collections.unmodifiableMap(replicas);
    }

    @Override
    public boolean containsKey(@Nullable Object segment) {
      return get(segment) != null;
    }

    @Override
    public int size() {
      int size = 0;
      for (int bucket = 0; bucket < parts.size(); bucket++) {
        size += part(bucket).size();
      }
      return size;
    }

    @Override
    public Set<Entry<String, Map<String, Replica>>> entrySet() {
      return new AbstractSet<>() {
        @Override
        public int size() {
          return Segments.this.size();
        }

        @Override
        public Iterator<Entry<String, Map<String, Replica>>> iterator() {
          return IntStream.range(0, parts.size())
              .boxed()
              .flatMap(bucket -> part(bucket).entrySet().stream())
              .map(
                  entry -> Map.entry(entry.getKey(), Collections.unmodifiableMap(entry.getValue())))
              .iterator();
        }
      };
    }
  }
}
