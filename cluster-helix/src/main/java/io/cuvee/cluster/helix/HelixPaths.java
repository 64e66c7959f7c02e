package io.cuvee.cluster.helix;

import io.cuvee.cluster.state.SegmentKey;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.apache.helix.PropertyPathBuilder;

/// Where Helix keeps one cluster in ZooKeeper, and what it calls our segments. All Helix clusters
/// of Cuvée are below one node, which Helix is connected to.
///
/// A table is several resources, `flights_OFFLINE_0` to `flights_OFFLINE_7`; each of its segments
/// is a partition of the one that its name's hash says. Names that could not be names of nodes are
/// written as in URLs.
record HelixPaths(String cluster) {
  static final String ROOT = "/cuvee-helix";

  /// Stable: it decides where every release looks for a segment.
  static final int RESOURCES_PER_TABLE = 8;

  static String resource(SegmentKey key) {
    int number = (key.segment().hashCode() * 0x9E3779B9) >>> 29;
    return encode(key.table()) + "_" + number;
  }

  static String partition(SegmentKey key) {
    return encode(key.segment());
  }

  static SegmentKey key(String resource, String partition) {
    String table = resource.substring(0, resource.lastIndexOf('_'));
    return new SegmentKey(decode(table), decode(partition));
  }

  private static String encode(String name) {
    return URLEncoder.encode(name, StandardCharsets.UTF_8);
  }

  private static String decode(String name) {
    return URLDecoder.decode(name, StandardCharsets.UTF_8);
  }

  String idealStates() {
    return ROOT + PropertyPathBuilder.idealState(cluster);
  }

  String idealState(String resource) {
    return ROOT + PropertyPathBuilder.idealState(cluster, resource);
  }

  String liveInstances() {
    return ROOT + PropertyPathBuilder.liveInstance(cluster);
  }

  String liveInstance(String server) {
    return ROOT + PropertyPathBuilder.liveInstance(cluster, server);
  }

  String currentStates(String server, String session) {
    return ROOT + PropertyPathBuilder.instanceCurrentState(cluster, server, session);
  }

  String currentState(String server, String session, String resource) {
    return ROOT + PropertyPathBuilder.instanceCurrentState(cluster, server, session, resource);
  }
}
