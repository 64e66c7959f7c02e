package io.cuvee.broker.routing;

import io.cuvee.cluster.state.Instance;

/// Where a server's data plane listens.
///
/// @param id the server's name in the cluster
/// @param incarnation tells a restarted server from the one before
public record ServerAddress(String id, String host, int port, long incarnation) {
  static ServerAddress of(Instance server) {
    return new ServerAddress(server.id(), server.host(), server.dataPort(), server.incarnation());
  }

  @Override
  public String toString() {
    return id + " (" + host + ":" + port + ")";
  }
}
