package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.state.SegmentHolders;
import io.cuvee.cluster.state.SegmentKey;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/// Segments of one server as they are published: many times smaller than its contents, which are
/// needed once.
public final class Bucket<V> {
  /// Buckets that are taken over together: not so many that their contents fill the memory, and not
  /// so few that the first reading of many copies the same parts again and again.
  private static final int BATCH = 8000;

  private final String path;
  private final byte[] bytes;
  private final BiFunction<String, byte[], Map<SegmentKey, V>> decoder;

  private Bucket(
      String path, byte[] bytes, BiFunction<String, byte[], Map<SegmentKey, V>> decoder) {
    this.path = path;
    this.bytes = bytes;
    this.decoder = decoder;
  }

  /// Checks that it can be read.
  ///
  /// @param decoder from path and bytes
  public static <V> Bucket<V> of(
      String path, byte[] bytes, BiFunction<String, byte[], Map<SegmentKey, V>> decoder) {
    Bucket<V> bucket = new Bucket<>(path, bytes, decoder);
    bucket.segments();
    return bucket;
  }

  private Map<SegmentKey, V> segments() {
    return decoder.apply(path, bytes);
  }

  private static <V> Map<SegmentKey, V> segments(@Nullable Bucket<V> bucket) {
    return bucket == null ? Map.of() : bucket.segments();
  }

  /// What servers hold after some of their buckets have changed.
  ///
  /// @param changed names of buckets: server and number
  static <V> SegmentHolders<V> apply(
      SegmentHolders<V> holders,
      Collection<String> changed,
      Map<String, Bucket<V>> before,
      Map<String, Bucket<V>> after) {
    List<String> names = List.copyOf(changed);
    SegmentHolders<V> next = holders;
    for (int from = 0; from < names.size(); from += BATCH) {
      Map<String, Map<SegmentKey, Optional<V>>> changes = new HashMap<>();
      for (String name : names.subList(from, Math.min(names.size(), from + BATCH))) {
        Map<SegmentKey, Optional<V>> own =
            changes.computeIfAbsent(ZooKeeperLink.parent(name), server -> new HashMap<>());
        addChanges(segments(before.get(name)), segments(after.get(name)), own);
      }
      next = next.with(changes);
    }
    return next;
  }

  private static <V> void addChanges(
      Map<SegmentKey, V> old, Map<SegmentKey, V> young, Map<SegmentKey, Optional<V>> changes) {
    Set<SegmentKey> keys = new HashSet<>(old.keySet());
    keys.addAll(young.keySet());
    for (SegmentKey key : keys) {
      @Nullable V value = young.get(key);
      if (!Objects.equals(old.get(key), value)) {
        changes.put(key, Optional.ofNullable(value));
      }
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Bucket<?> bucket && Arrays.equals(bytes, bucket.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }
}
