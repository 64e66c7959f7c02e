package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.ServingView;
import io.cuvee.cluster.state.SplitMap;
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

/// The serving view by table and segment, made from the buckets that servers publish: what changes
/// in a bucket changes here, and nothing else is looked at.
public final class MirroredServingView implements ServingView {
  public static final MirroredServingView EMPTY = new MirroredServingView(0, Map.of());

  /// Buckets that are taken over together: not so many that their contents fill the memory, and not
  /// so few that the first reading of many copies the same parts again and again.
  private static final int BATCH = 8000;

  private final long version;
  private final Map<String, SplitMap<Map<String, Replica>>> tables;

  private MirroredServingView(long version, Map<String, SplitMap<Map<String, Replica>>> tables) {
    this.version = version;
    this.tables = tables;
  }

  /// A bucket as it is published: many times smaller than its contents, which are needed once.
  public static final class Bucket {
    private static final Bucket NOTHING = new Bucket("", new byte[0], (path, bytes) -> Map.of());

    private final String path;
    private final byte[] bytes;
    private final BiFunction<String, byte[], Map<SegmentKey, Replica>> decoder;

    private Bucket(
        String path, byte[] bytes, BiFunction<String, byte[], Map<SegmentKey, Replica>> decoder) {
      this.path = path;
      this.bytes = bytes;
      this.decoder = decoder;
    }

    /// Checks that it can be read.
    ///
    /// @param decoder from path and bytes
    public static Bucket of(
        String path, byte[] bytes, BiFunction<String, byte[], Map<SegmentKey, Replica>> decoder) {
      Bucket bucket = new Bucket(path, bytes, decoder);
      bucket.segments();
      return bucket;
    }

    private Map<SegmentKey, Replica> segments() {
      return bytes.length == 0 ? Map.of() : decoder.apply(path, bytes);
    }

    @Override
    public boolean equals(@Nullable Object other) {
      return other instanceof Bucket bucket && Arrays.equals(bytes, bucket.bytes);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(bytes);
    }
  }

  /// This view after some buckets have changed.
  ///
  /// @param changed their names: server and number
  public MirroredServingView with(
      Collection<String> changed, Map<String, Bucket> before, Map<String, Bucket> after) {
    Map<String, SplitMap<Map<String, Replica>>> next = new HashMap<>(tables);
    List<String> names = List.copyOf(changed);
    for (int from = 0; from < names.size(); from += BATCH) {
      apply(names.subList(from, Math.min(names.size(), from + BATCH)), before, after, next);
    }
    next.values().removeIf(Map::isEmpty);
    return new MirroredServingView(version + 1, Map.copyOf(next));
  }

  private static void apply(
      List<String> names,
      Map<String, Bucket> before,
      Map<String, Bucket> after,
      Map<String, SplitMap<Map<String, Replica>>> tables) {
    Map<String, Map<String, Optional<Map<String, Replica>>>> changes = new HashMap<>();
    Map<String, String> servers = new HashMap<>();
    for (String name : names) {
      String server = servers.computeIfAbsent(ZooKeeperLink.parent(name), id -> id);
      Map<SegmentKey, Replica> old = before.getOrDefault(name, Bucket.NOTHING).segments();
      Map<SegmentKey, Replica> young = after.getOrDefault(name, Bucket.NOTHING).segments();
      Set<SegmentKey> keys = new HashSet<>(old.keySet());
      keys.addAll(young.keySet());
      for (SegmentKey key : keys) {
        if (!Objects.equals(old.get(key), young.get(key))) {
          SplitMap<Map<String, Replica>> table = tables.getOrDefault(key.table(), SplitMap.empty());
          changes
              .computeIfAbsent(key.table(), any -> new HashMap<>())
              .compute(
                  key.segment(),
                  (segment, changed) ->
                      Optional.of(
                          with(
                              changed == null
                                  ? table.getOrDefault(segment, Map.of())
                                  : changed.orElse(Map.of()),
                              server,
                              young.get(key))));
        }
      }
    }
    changes.forEach((table, segments) -> {
      segments.replaceAll((segment, replicas) -> replicas.filter(some -> !some.isEmpty()));
      tables.put(table, tables.getOrDefault(table, SplitMap.empty()).with(segments));
    });
  }

  /// Replicas that are alike are one object, and the maps have no room to grow: there are very
  /// many.
  private static Map<String, Replica> with(
      Map<String, Replica> replicas, String server, @Nullable Replica replica) {
    Map<String, Replica> next = new HashMap<>(replicas);
    if (replica == null) {
      next.remove(server);
    } else {
      Replica alike =
          replicas.values().stream().filter(replica::equals).findFirst().orElse(replica);
      next.put(server, alike);
    }
    return Map.copyOf(next);
  }

  @Override
  public long version() {
    return version;
  }

  @Override
  public Set<String> tables() {
    return tables.keySet();
  }

  @Override
  public Map<String, Map<String, Replica>> replicas(String physicalTable) {
    return tables.getOrDefault(physicalTable, SplitMap.empty());
  }
}
