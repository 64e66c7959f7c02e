package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.state.SegmentKey;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// All buckets of one server as one read-only map, without copying them.
final class BucketedMap<V> extends AbstractMap<SegmentKey, V> {
  private final List<Map<SegmentKey, V>> buckets;

  /// @param buckets by number; never changed afterwards
  BucketedMap(List<Map<SegmentKey, V>> buckets) {
    this.buckets = List.copyOf(buckets);
  }

  @Override
  public @Nullable V get(@Nullable Object key) {
    return key instanceof SegmentKey segment
        ? buckets.get(BucketFormat.bucket(segment)).get(segment)
        : null;
  }

  @Override
  public boolean containsKey(@Nullable Object key) {
    return get(key) != null;
  }

  @Override
  public int size() {
    return buckets.stream().mapToInt(Map::size).sum();
  }

  @Override
  public Set<Entry<SegmentKey, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return BucketedMap.this.size();
      }

      @Override
      public Iterator<Entry<SegmentKey, V>> iterator() {
        return buckets.stream()
            .flatMap(bucket -> bucket.entrySet().stream())
            .map(entry -> Map.entry(entry.getKey(), entry.getValue()))
            .iterator();
      }
    };
  }
}
