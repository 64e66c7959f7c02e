package io.cuvee.benchmarks.engine;

import java.util.List;
import java.util.Map;

/// The first query of a process, from the start of the process on.
final class ColdRun {
  private ColdRun() {}

  static List<Measured> of(Engine engine, Assignment assignment) throws Exception {
    Map.Entry<String, String> query = assignment.queries().entrySet().iterator().next();
    var answer = engine.query(query.getValue());
    long answered = System.currentTimeMillis();
    long begun = ProcessHandle.current().info().startInstant().orElseThrow().toEpochMilli();
    return List.of(
        new Measured(
            "cold " + query.getKey(),
            assignment.threads(),
            answer.size(),
            Digest.of(answer),
            Cpu.nanos() / 1e6,
            new double[] {answered - begun}));
  }
}
