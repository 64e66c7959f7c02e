package io.cuvee.cluster.helix;

import org.apache.helix.HelixManager;

/// Ends connections of Helix's. While ZooKeeper does not answer Helix waits for it, which it may do
/// on its own time.
final class Disconnecting {
  private static final int PATIENCE_MILLIS = 3000;

  private Disconnecting() {}

  static void of(HelixManager manager) {
    Thread closing =
        Thread.ofPlatform().daemon().name("cuvee-helix-close").start(manager::disconnect);
    try {
      closing.join(PATIENCE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
