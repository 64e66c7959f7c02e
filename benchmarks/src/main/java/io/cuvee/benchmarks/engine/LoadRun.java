package io.cuvee.benchmarks.engine;

import io.cuvee.benchmarks.ssb.QueryMix;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;

/// A sustained load: clients that ask queries of a mix, each as fast as it gets answers.
final class LoadRun {
  private static final int CHECKED = 100;

  /// Latencies of one client are kept up to here; it stops when they are full.
  private static final int MAX_QUERIES = 1 << 22;

  private LoadRun() {}

  static List<Measured> of(Engine engine, Assignment assignment, QueryMix mix) throws Exception {
    List<Measured> measured = new ArrayList<>();
    List<List<@Nullable Object[]>> answers = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(1);
    for (QueryMix.Kind kind : mix.kinds()) {
      List<@Nullable Object[]> some = new ArrayList<>();
      for (int i = 0; i < CHECKED; i++) {
        some.addAll(engine.query(kind.sql().apply(random)));
      }
      answers.add(some);
    }
    run(engine, mix, assignment.clients(), assignment.warmUpMillis());
    long cpu = Cpu.nanos();
    long begun = System.nanoTime();
    Load load = run(engine, mix, assignment.clients(), assignment.loadMillis());
    double seconds = (System.nanoTime() - begun) / 1e9;
    double cpuMillis = (Cpu.nanos() - cpu) / 1e6;
    for (int kind = 0; kind < mix.kinds().size(); kind++) {
      double[] millis = load.sorted(kind);
      if (millis.length == 0) {
        continue;
      }
      measured.add(
          new Measured(
              mix.kinds().get(kind).name(),
              assignment.clients(),
              answers.get(kind).size(),
              Digest.of(answers.get(kind)),
              Double.NaN,
              quantiles(millis)));
    }
    double[] all = load.sorted();
    measured.add(figure(mix.unit(), assignment, all.length / seconds));
    measured.add(figure("p50, ms", assignment, quantile(all, 0.5)));
    measured.add(figure("p95, ms", assignment, quantile(all, 0.95)));
    measured.add(figure("p99, ms", assignment, quantile(all, 0.99)));
    measured.add(figure("longest, ms", assignment, quantile(all, 1)));
    measured.add(figure("CPU, ms/query", assignment, cpuMillis / Math.max(1, all.length)));
    measured.add(figure("CPU, cores", assignment, cpuMillis / 1000 / seconds));
    measured.add(figure(Measured.ERRORS, assignment, (double) load.errors()));
    return measured;
  }

  /// A number, which travels as a case without an answer.
  private static Measured figure(String name, Assignment assignment, double value) {
    return new Measured(name, assignment.clients(), 0, "", 0, new double[] {value});
  }

  private static double quantile(double[] sorted, double share) {
    return sorted.length == 0
        ? Double.NaN
        : sorted[(int) Math.min(sorted.length - 1, share * sorted.length)];
  }

  /// A thousand of them stand for all.
  private static double[] quantiles(double[] sorted) {
    double[] some = new double[Math.min(1_000, sorted.length)];
    for (int i = 0; i < some.length; i++) {
      some[i] = sorted[(int) ((i + 0.5) * sorted.length / some.length)];
    }
    return some;
  }

  private static Load run(Engine engine, QueryMix mix, int clients, long millis) throws Exception {
    long until = System.nanoTime() + millis * 1_000_000;
    try (ExecutorService threads = Executors.newFixedThreadPool(clients)) {
      List<Callable<Client>> tasks = new ArrayList<>();
      for (int i = 0; i < clients; i++) {
        Client client = new Client(engine, mix, new SplittableRandom(until + i));
        tasks.add(() -> client.run(until));
      }
      List<Client> ended = new ArrayList<>();
      for (Future<Client> client : threads.invokeAll(tasks)) {
        ended.add(client.get());
      }
      return new Load(ended);
    }
  }

  /// What all clients saw.
  private record Load(List<Client> clients) {
    double[] sorted(int kind) {
      return clients.stream().flatMapToDouble(client -> client.millis(kind)).sorted().toArray();
    }

    double[] sorted() {
      return sorted(Client.ALL);
    }

    long errors() {
      return clients.stream().mapToLong(client -> client.errors).sum();
    }
  }

  /// One client. Not thread-safe.
  private static final class Client {
    private static final int ALL = -1;

    private final Engine engine;
    private final QueryMix mix;
    private final SplittableRandom random;
    private double[] millis = new double[1024];
    private byte[] kinds = new byte[1024];
    private int count;
    private long errors;

    Client(Engine engine, QueryMix mix, SplittableRandom random) {
      this.engine = engine;
      this.mix = mix;
      this.random = random;
    }

    Client run(long until) {
      for (long now = System.nanoTime(); count < MAX_QUERIES && now - until < 0; ) {
        int kind = mix.next(random);
        String sql = mix.kinds().get(kind).sql().apply(random);
        long start = System.nanoTime();
        try {
          engine.query(sql);
        } catch (Exception e) {
          if (errors++ == 0) {
            System.err.println(sql + " failed: " + e);
          }
        }
        now = System.nanoTime();
        add(kind, (now - start) / 1e6);
      }
      return this;
    }

    private void add(int kind, double one) {
      if (count == millis.length) {
        millis = Arrays.copyOf(millis, 2 * count);
        kinds = Arrays.copyOf(kinds, 2 * count);
      }
      kinds[count] = (byte) kind;
      millis[count++] = one;
    }

    java.util.stream.DoubleStream millis(int kind) {
      return java.util.stream.IntStream.range(0, count)
          .filter(i -> kind == ALL || kinds[i] == kind)
          .mapToDouble(i -> millis[i]);
    }
  }
}
