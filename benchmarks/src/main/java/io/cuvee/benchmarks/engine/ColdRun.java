package io.cuvee.benchmarks.engine;

import java.util.List;
import java.util.Map;

/// The first query of a process, from the call that starts the process on. What the system says of
/// a process's start is up to a second off. More queries run unmeasured, for a recording of what
/// the process does.
final class ColdRun {
  private ColdRun() {}

  static List<Measured> of(Engine engine, Assignment assignment, long begunMillis)
      throws Exception {
    var queries = assignment.queries().entrySet().iterator();
    Map.Entry<String, String> first = queries.next();
    var answer = engine.query(first.getValue());
    long answered = System.currentTimeMillis();
    double cpuMillis = Cpu.nanos() / 1e6;
    while (queries.hasNext()) {
      engine.query(queries.next().getValue());
    }
    return List.of(
        new Measured(
            "cold " + first.getKey(),
            assignment.threads(),
            answer.size(),
            Digest.of(answer),
            cpuMillis,
            new double[] {answered - begunMillis}));
  }
}
