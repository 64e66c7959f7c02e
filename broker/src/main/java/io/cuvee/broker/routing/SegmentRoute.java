package io.cuvee.broker.routing;

import io.cuvee.cluster.state.SegmentScope;
import java.util.ArrayList;
import java.util.List;

/// Who can answer for one segment.
///
/// @param docs rows, to balance by
/// @param preferred servers that are best, in order of their ids; empty if none holds the segment
/// @param fallback servers that hold it too but are warming up, drain, or have an older version of
///   it
/// @param problem why nobody holds it; empty if somebody does
/// @param scope which rows it may hold
record SegmentRoute(
    String segment,
    long docs,
    List<ServerAddress> preferred,
    List<ServerAddress> fallback,
    String problem,
    SegmentScope scope) {
  List<ServerAddress> holders() {
    List<ServerAddress> all = new ArrayList<>(preferred);
    all.addAll(fallback);
    return all;
  }
}
