package io.cuvee.benchmarks.engine;

import io.cuvee.benchmarks.ssb.SsbGenerator;
import io.cuvee.benchmarks.ssb.SsbQueries;
import io.cuvee.benchmarks.ssb.SsbTable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// Clients that look up the lines of random orders, each as fast as it gets answers.
final class LookUpRun {
  static final int CLIENTS = 2;
  private static final int CHECKED = 100;
  private static final int KEPT_LATENCIES = 1 << 20;

  private LookUpRun() {}

  static List<Measured> of(Engine engine, Assignment assignment) throws Exception {
    int orders = new SsbGenerator(new SsbTable(assignment.scale())).orderCount();
    List<@Nullable Object[]> answers = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < CHECKED; i++) {
      answers.addAll(engine.query(lookUp(random, orders)));
    }
    run(engine, orders, assignment.warmUpMillis());
    long cpu = Cpu.nanos();
    long begun = System.nanoTime();
    double[] millis = run(engine, orders, Math.max(100, assignment.warmUpMillis()));
    double seconds = (System.nanoTime() - begun) / 1e9;
    double cpuMillis = (Cpu.nanos() - cpu) / 1e6 / millis.length;
    Arrays.sort(millis);
    // The rate, in look-ups a second, travels as a case of its own.
    return List.of(
        new Measured(
            "look-up",
            assignment.threads(),
            answers.size(),
            Digest.of(answers),
            cpuMillis,
            quantiles(millis)),
        new Measured(
            "look-ups/s",
            assignment.threads(),
            answers.size(),
            "",
            0,
            new double[] {millis.length / seconds}));
  }

  /// A thousand of them stand for all.
  private static double[] quantiles(double[] sorted) {
    double[] some = new double[Math.min(1_000, sorted.length)];
    for (int i = 0; i < some.length; i++) {
      some[i] = sorted[(int) ((i + 0.5) * sorted.length / some.length)];
    }
    return some;
  }

  private static String lookUp(SplittableRandom random, int orders) {
    return SsbQueries.lookUp(SsbGenerator.orderKey(random.nextInt(orders)));
  }

  private static double[] run(Engine engine, int orders, long millis) throws Exception {
    long until = System.nanoTime() + millis * 1_000_000;
    try (ExecutorService clients = Executors.newFixedThreadPool(CLIENTS)) {
      List<Callable<double[]>> tasks = new ArrayList<>();
      for (int i = 0; i < CLIENTS; i++) {
        SplittableRandom random = new SplittableRandom(until + i);
        tasks.add(() -> client(engine, orders, until, random));
      }
      double[] all = new double[0];
      for (Future<double[]> one : clients.invokeAll(tasks)) {
        double[] some = one.get();
        int length = all.length;
        all = Arrays.copyOf(all, length + some.length);
        System.arraycopy(some, 0, all, length, some.length);
      }
      return all;
    }
  }

  private static double[] client(Engine engine, int orders, long until, SplittableRandom random)
      throws Exception {
    double[] latencies = new double[KEPT_LATENCIES];
    int count = 0;
    long now = System.nanoTime();
    while (count < latencies.length && now - until < 0) {
      long start = now;
      if (engine.query(lookUp(random, orders)).isEmpty()) {
        throw new IllegalStateException("An order has no lines");
      }
      now = System.nanoTime();
      latencies[count++] = (now - start) / 1e6;
    }
    return Arrays.copyOf(latencies, count);
  }
}
