package io.cuvee.segment.packing;

import java.lang.foreign.Arena;
import java.time.Duration;
import jdk.incubator.vector.IntVector;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Whether kernels run with the Vector API or as plain loops, which give the same.
///
/// Vectors that are not compiled yet are objects, a thousand times slower than plain loops, and a
/// process that names their module at its start, with `--add-modules`, loses the better half of its
/// AOT cache: Java keeps no linked classes and lambdas for a process with a module that incubates.
/// So a process begins with plain loops, which answer the first queries, and a server goes over to
/// vectors with [#activate]. That takes `--add-exports java.base/jdk.internal.module=ALL-UNNAMED`;
/// where the module is there from the start, vectors are active from the start.
///
/// `-Dcuvee.kernels=scalar` forbids vectors.
public final class VectorApi {
  private static final Logger LOG = LoggerFactory.getLogger(VectorApi.class);
  private static final String MODULE = "jdk.incubator.vector";

  /// Narrower vectors gain nothing.
  private static final int MIN_BITS = 256;

  /// Enough for the last compiler to have been asked for each kernel.
  private static final int ROUNDS = 1_000;

  /// Neither final nor volatile: it changes once at most, and no thread minds when it notices.
  private static boolean active =
      isWanted() && ModuleLayer.boot().findModule(MODULE).isPresent() && isWideEnough();

  private VectorApi() {}

  public static boolean isActive() {
    return active;
  }

  /// Loads the module if need be, has the kernels compiled, and lets all of them run with vectors
  /// from then on. Stays with plain loops where vectors cannot run or do not pay.
  ///
  /// @param most how long to wait for the compiler, at most
  /// @param others calls kernels of others once
  public static synchronized void activate(Duration most, Runnable others) {
    if (!active && isWanted() && load() && isWideEnough()) {
      rehearse(System.nanoTime() + most.toNanos(), others);
      active = true;
    }
    LOG.info("Kernels: {}", active ? "Vector API, " + Width.BITS + " bits" : "scalar");
  }

  private static boolean isWanted() {
    String machine = System.getProperty("java.vm.name", "");
    // Elsewhere than in HotSpot's C2 the Vector API makes an object of every vector.
    return !System.getProperty("cuvee.kernels", "auto").equals("scalar")
        && (machine.contains("HotSpot") || machine.contains("OpenJDK"))
        && !System.getProperty("java.vm.info", "").contains("interpreted");
  }

  private static boolean load() {
    try {
      // As Java itself loads modules that it needs later, into the loader where the compiler knows
      // them; no public way leads there.
      Class.forName("jdk.internal.module.Modules")
          .getMethod("loadModule", String.class)
          .invoke(null, MODULE);
      return true;
    } catch (ReflectiveOperationException | RuntimeException | LinkageError e) {
      LOG.warn("The module {} cannot be loaded: {}", MODULE, e.toString());
      return false;
    }
  }

  private static boolean isWideEnough() {
    return Width.BITS >= MIN_BITS;
  }

  private static void rehearse(long deadline, Runnable others) {
    try (Arena arena = Arena.ofConfined();
        VectorRehearsal kernels = new VectorRehearsal(arena)) {
      for (int i = 0; i < ROUNDS && System.nanoTime() - deadline < 0; i++) {
        kernels.run();
        others.run();
      }
    }
  }

  /// In a class of its own, which is not loaded where the module is missing.
  private static final class Width {
    static final int BITS = IntVector.SPECIES_PREFERRED.vectorBitSize();
  }
}
