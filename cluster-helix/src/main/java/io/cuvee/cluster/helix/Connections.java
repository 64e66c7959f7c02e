package io.cuvee.cluster.helix;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.function.Consumer;
import org.apache.helix.InstanceType;
import org.apache.helix.manager.zk.ZKHelixManager;

/// Opens and ends connections of Helix's.
final class Connections {
  private static final int CLOSE_MILLIS = 3000;

  private Connections() {}

  /// @param prepare runs before it is connected
  /// @throws CuveeException `IO` if it cannot be connected, or what `prepare` or a callback of it
  ///   throws
  static ZKHelixManager open(
      String address,
      HelixPaths paths,
      String id,
      InstanceType type,
      Consumer<ZKHelixManager> prepare) {
    // Helix looks for its parts with the thread's class loader, and its threads inherit it.
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(ZKHelixManager.class.getClassLoader());
    try {
      ZKHelixManager manager = new ZKHelixManager(paths.cluster(), id, type, address);
      prepare.accept(manager);
      manager.connect();
      return manager;
    } catch (CuveeException e) {
      throw e;
    } catch (Exception e) {
      throw new CuveeException(
          ErrorCode.IO, "Helix could not connect " + id + ": " + e.getMessage() + ".", e);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /// While ZooKeeper does not answer Helix waits for it, which it may do on its own time.
  static void close(ZKHelixManager manager) {
    Thread closing =
        Thread.ofPlatform().daemon().name("cuvee-helix-close").start(manager::disconnect);
    try {
      closing.join(CLOSE_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
