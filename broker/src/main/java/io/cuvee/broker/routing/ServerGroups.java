package io.cuvee.broker.routing;

import io.cuvee.cluster.state.ReplicaGroups;
import java.util.HashMap;
import java.util.Map;

/// Which replica group of a table each server is in.
///
/// @param byServer numbers of groups, by the servers' ids
/// @param count 0 if the table has no groups
record ServerGroups(Map<String, Integer> byServer, int count) {
  static final ServerGroups NONE = new ServerGroups(Map.of(), 0);

  ServerGroups {
    byServer = Map.copyOf(byServer);
  }

  static ServerGroups of(ReplicaGroups groups) {
    Map<String, Integer> byServer = new HashMap<>();
    for (int group = 0; group < groups.groupCount(); group++) {
      for (String server : groups.members(group)) {
        byServer.put(server, group);
      }
    }
    return new ServerGroups(byServer, groups.groupCount());
  }
}
