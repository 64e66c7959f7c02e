package io.cuvee.segment.build;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.format.ColumnsWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The threads that build one segment. What is written depends neither on how many there are nor on
/// who is first: pieces are made at the same time, and put together in their order. For one caller.
public final class BuildWorkers implements AutoCloseable {
  private static final long UNIT_BYTES = 1 << 16;

  private final int threads;
  private final @Nullable ExecutorService pool;

  /// @param threads 1 has all work done by the caller
  public BuildWorkers(int threads) {
    this.threads = threads;
    this.pool =
        threads == 1
            ? null
            : Executors.newFixedThreadPool(
                threads, Thread.ofPlatform().name("build-", 0).daemon().factory());
  }

  public int threads() {
    return threads;
  }

  /// Begins to run tasks, or runs them if the caller is the only thread.
  ///
  /// @return waits for the end; what the first one that fails throws is thrown
  Runnable start(List<Runnable> tasks) {
    if (pool == null) {
      tasks.forEach(Runnable::run);
      return () -> {};
    }
    List<Future<?>> futures = new ArrayList<>();
    tasks.forEach(task -> futures.add(pool.submit(task)));
    return () -> futures.forEach(BuildWorkers::await);
  }

  /// What all tasks give, in their order. After a failure nothing runs any more.
  public <T> List<T> all(List<Supplier<T>> tasks) {
    if (pool == null) {
      return tasks.stream().map(Supplier::get).toList();
    }
    List<Future<T>> futures = new ArrayList<>();
    tasks.forEach(task -> futures.add(pool.submit(task::get)));
    List<T> results = new ArrayList<>();
    try {
      futures.forEach(future -> results.add(await(future)));
      return results;
    } finally {
      if (results.size() < tasks.size()) {
        close();
      }
    }
  }

  /// What writes some buffers.
  ///
  /// @param memoryBytes that it takes meanwhile, roughly
  public record Piece<T>(long memoryBytes, Function<ColumnsWriter, T> write) {}

  /// Writes all pieces, one after the other in the file. As many are made at a time as the memory
  /// allows, at least one.
  ///
  /// @param progress hears how many have been written
  public <T> List<T> write(
      List<Piece<T>> pieces, long memoryBytes, IntConsumer progress, ColumnsWriter out) {
    List<T> results = new ArrayList<>();
    if (pool == null || pieces.size() == 1) {
      for (Piece<T> piece : pieces) {
        results.add(piece.write.apply(out));
        progress.accept(results.size());
      }
      return results;
    }
    int units = Math.clamp(memoryBytes / UNIT_BYTES, 1, Integer.MAX_VALUE);
    Semaphore memory = new Semaphore(units, true);
    Queue<ColumnsWriter> parts = new ConcurrentLinkedQueue<>();
    List<Future<Made<T>>> futures = new ArrayList<>();
    try {
      for (int i = 0; i < pieces.size(); i++) {
        int number = i;
        Piece<T> piece = pieces.get(i);
        int taken = Math.clamp(piece.memoryBytes / UNIT_BYTES, 1, units);
        futures.add(
            pool.submit(() -> {
              memory.acquire(taken);
              try {
                ColumnsWriter part = out.part(number);
                parts.add(part);
                return new Made<>(piece.write.apply(part), part);
              } finally {
                memory.release(taken);
              }
            }));
      }
      for (Future<Made<T>> future : futures) {
        Made<T> made = await(future);
        out.take(made.part, name -> name);
        made.part.close();
        results.add(made.result);
        progress.accept(results.size());
      }
      return results;
    } finally {
      if (results.size() < pieces.size()) {
        close();
      }
      parts.forEach(ColumnsWriter::close);
    }
  }

  private record Made<T>(T result, ColumnsWriter part) {}

  private static <T> T await(Future<T> future) {
    try {
      return future.get();
    } catch (ExecutionException e) {
      if (e.getCause() instanceof Error error) {
        throw error;
      }
      throw CuveeException.of(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw cancelled();
    }
  }

  static CuveeException cancelled() {
    return new CuveeException(ErrorCode.QUERY_CANCELLED, "Building the segment was interrupted.");
  }

  /// Stops what still runs and waits for its end.
  @Override
  public void close() {
    if (pool != null) {
      pool.shutdownNow();
      pool.close();
    }
  }
}
