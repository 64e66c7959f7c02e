package io.cuvee.broker.routing;

import io.cuvee.common.plan.SegmentQuery;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// The routes of one table; of a large one in chunks, each with its own way to leave segments out,
/// so that a change costs only the chunk that it falls into. Immutable.
final class RouteSet {
  private static final int CHUNKS = 64;
  private static final int LARGE = 4096;

  private final List<Chunk> chunks;
  private final int size;
  private final Map<String, String> missing = new LinkedHashMap<>();

  /// Some of the routes, by segment.
  private static final class Chunk {
    private final Map<String, SegmentRoute> routes;
    private final Map<String, String> missing = new LinkedHashMap<>();
    private volatile @Nullable SegmentPruner pruner;

    Chunk(Map<String, SegmentRoute> routes) {
      this.routes = routes;
      routes.forEach((segment, route) -> {
        if (route.preferred().isEmpty()) {
          missing.put(segment, route.problem());
        }
      });
    }

    /// Made when the first query needs it.
    SegmentPruner pruner() {
      SegmentPruner known = pruner;
      if (known == null) {
        known = new SegmentPruner(routes.values());
        pruner = known;
      }
      return known;
    }
  }

  private RouteSet(List<Chunk> chunks) {
    this.chunks = chunks;
    this.size = chunks.stream().mapToInt(chunk -> chunk.routes.size()).sum();
    chunks.forEach(chunk -> missing.putAll(chunk.missing));
  }

  static RouteSet of(Collection<SegmentRoute> routes) {
    int count = routes.size() < LARGE ? 1 : CHUNKS;
    List<Map<String, SegmentRoute>> parts = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      parts.add(LinkedHashMap.newLinkedHashMap(routes.size() / count + 1));
    }
    routes.forEach(route -> parts.get(chunk(route.segment(), count)).put(route.segment(), route));
    return new RouteSet(parts.stream().map(Chunk::new).toList());
  }

  private static int chunk(String segment, int count) {
    return count == 1 ? 0 : (segment.hashCode() * 0x9E3779B9) >>> 26;
  }

  /// This with other routes for some segments; an empty one takes the segment away.
  RouteSet with(Map<String, Optional<SegmentRoute>> changes) {
    if (chunks.size() == 1 && size + changes.size() >= LARGE) {
      Map<String, SegmentRoute> all = new LinkedHashMap<>(chunks.getFirst().routes);
      change(all, changes);
      return of(all.values());
    }
    Map<Integer, Map<String, Optional<SegmentRoute>>> byChunk = new HashMap<>();
    changes.forEach((segment, route) ->
        byChunk
            .computeIfAbsent(chunk(segment, chunks.size()), number -> new HashMap<>())
            .put(segment, route));
    List<Chunk> next = new ArrayList<>(chunks);
    byChunk.forEach((number, some) -> {
      Map<String, SegmentRoute> routes = new LinkedHashMap<>(chunks.get(number).routes);
      change(routes, some);
      next.set(number, new Chunk(routes));
    });
    return new RouteSet(List.copyOf(next));
  }

  private static void change(
      Map<String, SegmentRoute> routes, Map<String, Optional<SegmentRoute>> changes) {
    changes.forEach((segment, route) ->
        route.ifPresentOrElse(
            present -> routes.put(segment, present), () -> routes.remove(segment)));
  }

  int size() {
    return size;
  }

  @Nullable SegmentRoute find(String segment) {
    return chunks.get(chunk(segment, chunks.size())).routes.get(segment);
  }

  void forEach(Consumer<SegmentRoute> consumer) {
    chunks.forEach(chunk -> chunk.routes.values().forEach(consumer));
  }

  /// The segments that no live server holds, with the reason.
  Map<String, String> missing() {
    return missing;
  }

  /// The segments that may have rows for the query; empty if all may.
  Optional<List<SegmentRoute>> prune(SegmentQuery query) {
    if (query.filter() == null) {
      return Optional.empty();
    }
    FilterScope filter = FilterScope.of(query);
    if (filter.isAnything()) {
      return Optional.empty();
    }
    List<Optional<List<SegmentRoute>>> kept =
        chunks.stream().map(chunk -> chunk.pruner().prune(filter)).toList();
    if (kept.stream().allMatch(Optional::isEmpty)) {
      return Optional.empty();
    }
    List<SegmentRoute> all = new ArrayList<>();
    for (int i = 0; i < kept.size(); i++) {
      Chunk chunk = chunks.get(i);
      kept.get(i).ifPresentOrElse(all::addAll, () -> all.addAll(chunk.routes.values()));
    }
    return Optional.of(all);
  }
}
