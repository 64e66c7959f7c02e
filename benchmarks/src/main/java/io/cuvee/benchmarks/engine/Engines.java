package io.cuvee.benchmarks.engine;

import java.lang.reflect.InvocationTargetException;
import java.util.Map;

/// The engines by name. They are found by the name of their class, because each process has the
/// libraries of one only.
public final class Engines {
  private static final Map<String, String> CLASSES =
      Map.of(
          "cuvee-http", "io.cuvee.benchmarks.engine.ClusterEngine",
          "cuvee", "io.cuvee.benchmarks.engine.CuveeEngine",
          "cuvee-plain", "io.cuvee.benchmarks.engine.CuveeEngine",
          "cuvee-star", "io.cuvee.benchmarks.engine.CuveeEngine",
          "duckdb", "io.cuvee.benchmarks.engine.DuckDbEngine",
          "duckdb-index", "io.cuvee.benchmarks.engine.DuckDbEngine",
          "pinot", "io.cuvee.benchmarks.pinot.PinotEngine",
          "pinot-star", "io.cuvee.benchmarks.pinot.PinotEngine");

  private Engines() {}

  public static boolean isKnown(String name) {
    return CLASSES.containsKey(name);
  }

  /// Whether an engine runs with the class path of Pinot.
  public static boolean isPinot(String name) {
    return name.startsWith("pinot");
  }

  /// Whether an engine is a whole cluster rather than what answers queries in it.
  static boolean isCluster(String name) {
    return name.equals("cuvee-http");
  }

  /// @param name what comes after its dash says how the engine stores the rows
  static Engine create(String name) throws ReflectiveOperationException {
    String type = CLASSES.get(name);
    if (type == null) {
      throw new IllegalArgumentException("There is no engine " + name);
    }
    int dash = name.indexOf('-');
    try {
      return Class.forName(type)
          .asSubclass(Engine.class)
          .getConstructor(String.class)
          .newInstance(dash < 0 ? "" : name.substring(dash + 1));
    } catch (InvocationTargetException e) {
      throw new ReflectiveOperationException(name + " could not be made", e.getCause());
    }
  }
}
