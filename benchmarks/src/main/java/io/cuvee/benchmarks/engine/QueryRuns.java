package io.cuvee.benchmarks.engine;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Queries one after the other, when all of them are warm: what a compiler learned of one query may
/// slow another, as it would in a server.
final class QueryRuns {
  private static final int MIN_WARM_UP_RUNS = 5;
  private static final int MAX_RUNS = 400;

  /// Short queries run longer than the rounds that are asked for, so that their median is steady.
  private static final long MIN_NANOS = 300_000_000;

  private QueryRuns() {}

  static List<Measured> of(Engine engine, Assignment assignment) throws Exception {
    for (String sql : assignment.queries().values()) {
      long until = System.nanoTime() + assignment.warmUpMillis() * 1_000_000;
      for (int i = 0; i < MIN_WARM_UP_RUNS || System.nanoTime() - until < 0; i++) {
        engine.query(sql);
      }
    }
    Map<String, Measured> measured = new LinkedHashMap<>();
    for (Map.Entry<String, String> query : assignment.queries().entrySet()) {
      measured.put(query.getKey(), one(engine, assignment, query.getKey(), query.getValue()));
    }
    return new ArrayList<>(measured.values());
  }

  private static Measured one(Engine engine, Assignment assignment, String name, String sql)
      throws Exception {
    int rows = 0;
    String value = "";
    for (int i = 0; i < MIN_WARM_UP_RUNS; i++) {
      var answer = engine.query(sql);
      rows = answer.size();
      value = Digest.of(answer);
    }
    double[] millis = new double[Math.max(MAX_RUNS, assignment.rounds())];
    long minNanos = assignment.warmUpMillis() == 0 ? 0 : MIN_NANOS;
    int runs = 0;
    long cpu = Cpu.nanos();
    long begun = System.nanoTime();
    long now = begun;
    while (runs < assignment.rounds() || runs < millis.length && now - begun < minNanos) {
      long start = now;
      engine.query(sql);
      now = System.nanoTime();
      millis[runs++] = (now - start) / 1e6;
    }
    double cpuMillis = (Cpu.nanos() - cpu) / 1e6 / runs;
    return new Measured(
        name, assignment.threads(), rows, value, cpuMillis, Arrays.copyOf(millis, runs));
  }
}
