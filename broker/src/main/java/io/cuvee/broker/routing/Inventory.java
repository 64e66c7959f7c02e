package io.cuvee.broker.routing;

import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.ServingView;
import io.cuvee.cluster.state.Versioned;
import java.util.List;
import java.util.Map;

/// What the watches have told of the cluster, as it is written there; for those who ask about the
/// cluster itself.
///
/// @param schemas JSON by name
/// @param tables JSON by physical name
/// @param segments their records, by physical table and name
/// @param replacements JSON of the replacements of segments, by physical table and id
/// @param servers that live
public record Inventory(
    Map<String, Versioned<String>> schemas,
    Map<String, Versioned<String>> tables,
    Map<String, Map<String, SegmentRecord>> segments,
    Map<String, Map<String, Versioned<String>>> replacements,
    ServingView serving,
    List<Instance> servers) {}
