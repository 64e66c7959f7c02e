package io.cuvee.cluster.state;

import java.util.Set;

/// A running process in one role.
///
/// @param id stable over restarts, unique in the cluster: `server-10.0.0.7-8098`
/// @param httpPort REST, health and metrics
/// @param dataPort of the data plane; 0 for roles without
/// @param tenants the tenants it works for
/// @param incarnation grows with each start of the same id; a higher one takes over the live entry
///   of a lower one
/// @param phase what it can do now
/// @param pool what it shares with others and may lose together with them, such as a rack
public record Instance(
    String id,
    Role role,
    String host,
    int httpPort,
    int dataPort,
    Set<String> tenants,
    long incarnation,
    Phase phase,
    int pool) {
  public static final String DEFAULT_TENANT = "DefaultTenant";

  public Instance {
    tenants = Set.copyOf(tenants);
  }

  /// One of the pool 0.
  public Instance(
      String id,
      Role role,
      String host,
      int httpPort,
      int dataPort,
      Set<String> tenants,
      long incarnation,
      Phase phase) {
    this(id, role, host, httpPort, dataPort, tenants, incarnation, phase, 0);
  }

  public enum Role {
    CONTROLLER,
    BROKER,
    SERVER,
    MINION
  }

  public enum Phase {
    /// Alive, loading.
    STARTING,
    /// Answers correctly.
    READY,
    /// Ready and warm: kernels and plans are compiled; routing prefers it.
    WARM,
    /// Finishes what it has and takes nothing new.
    DRAINING
  }

  public Instance with(Phase newPhase) {
    return new Instance(id, role, host, httpPort, dataPort, tenants, incarnation, newPhase, pool);
  }

  public boolean isReady() {
    return phase == Phase.READY || phase == Phase.WARM;
  }
}
