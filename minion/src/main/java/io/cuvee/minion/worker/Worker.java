package io.cuvee.minion.worker;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.task.TaskRecord;
import io.cuvee.cluster.task.TaskStore;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plugin.Plugins;
import io.cuvee.segment.build.BuildLimits;
import io.prometheus.metrics.core.metrics.Counter;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes tasks that nobody has, a few at a time, and runs them. A task is taken by compare-and-set;
/// it is lost when its record says so, which a running attempt looks at every now and then.
/// Thread-safe.
public final class Worker implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Worker.class);

  private static final Counter ATTEMPTS =
      Counter.builder()
          .name("cuvee_minion_tasks")
          .help("Attempts of background tasks that ended.")
          .labelNames("minion", "type", "outcome")
          .register();

  /// How often the record is told how far a task is, at most.
  private static final long PROGRESS_NANOS = 1_000_000_000L;

  /// How long to wait for tasks whose time has not come, and after a failure.
  private static final long POLL_MILLIS = 500;

  private static final long STOP_MILLIS = 2_000;

  private final ClusterState cluster;
  private final TaskStore tasks;
  private final Controllers controllers;
  private final DeepStoreConfig deepStoreConfig;
  private final BuildLimits limits;
  private final Path directory;
  private final String id;
  private final long incarnation;
  private final int threads;
  private final Map<String, TaskExecutor> executors = new TreeMap<>();
  private final Map<String, DeepStore> deepStores = new ConcurrentHashMap<>();

  // Guarded by this.
  private Map<String, TaskRecord> known = Map.of();
  private final Map<String, Thread> running = new HashMap<>();
  private boolean changed;
  private boolean closed;

  private final AutoCloseable watch;
  private final Thread taking;

  /// @param limits of building one segment
  /// @param directory for files of attempts; what an earlier process left there is removed
  /// @param id of this process in the cluster
  /// @param threads tasks that run at once
  public Worker(
      ClusterState cluster,
      TaskStore tasks,
      Controllers controllers,
      DeepStoreConfig deepStoreConfig,
      BuildLimits limits,
      Path directory,
      String id,
      long incarnation,
      int threads) {
    this.cluster = cluster;
    this.tasks = tasks;
    this.controllers = controllers;
    this.deepStoreConfig = deepStoreConfig;
    this.limits = limits;
    this.directory = directory;
    this.id = id;
    this.incarnation = incarnation;
    this.threads = threads;
    Directories.delete(directory);
    Plugins.load(TaskExecutor.class).forEach(executor -> executors.put(executor.type(), executor));
    this.watch = tasks.watch(this::heard);
    this.taking = Thread.ofVirtual().name("minion-tasks").start(this::take);
  }

  private synchronized void heard(Map<String, TaskRecord> all) {
    known = all;
    changed = true;
    notifyAll();
  }

  /// Types of tasks that it can do.
  public Set<String> types() {
    return executors.keySet();
  }

  public synchronized int runningCount() {
    return running.size();
  }

  private void take() {
    while (true) {
      List<TaskRecord> candidates;
      synchronized (this) {
        try {
          while (!closed && running.size() >= threads) {
            wait();
          }
          if (!closed && !changed) {
            wait(POLL_MILLIS);
          }
        } catch (InterruptedException e) {
          return;
        }
        if (closed) {
          return;
        }
        changed = false;
        candidates = candidates();
      }
      try {
        for (TaskRecord candidate : candidates) {
          if (!hasRoom()) {
            break;
          }
          tasks
              .update(
                  candidate.name(),
                  candidate::equals,
                  task -> task.leased(id, incarnation, System.currentTimeMillis()))
              .ifPresent(this::begin);
        }
      } catch (RuntimeException e) {
        LOG.warn("Could not take a task; next time again: {}", e.getMessage());
        pause();
      }
    }
  }

  private static void pause() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private synchronized boolean hasRoom() {
    return !closed && running.size() < threads;
  }

  private List<TaskRecord> candidates() {
    long now = System.currentTimeMillis();
    List<TaskRecord> found = new ArrayList<>(known.values());
    found.removeIf(task ->
        task.state() != TaskRecord.State.WAITING
            || task.notBeforeMillis() > now
            || !executors.containsKey(task.type()));
    found.sort(Comparator.comparingLong(TaskRecord::createdMillis).thenComparing(TaskRecord::name));
    return found;
  }

  private void begin(TaskRecord task) {
    Thread thread =
        Thread.ofPlatform().daemon().name("task-" + task.name()).unstarted(() -> run(task));
    synchronized (this) {
      running.put(task.name(), thread);
    }
    thread.start();
  }

  private void run(TaskRecord task) {
    LOG.info("Began task {} for {}, attempt {}", task.name(), task.table(), task.attempts());
    long begun = System.nanoTime();
    Path own = directory.resolve(task.name());
    try {
      Files.createDirectories(own);
      Work work =
          new Work(
              task,
              cluster.metadata(),
              this::deepStore,
              controllers,
              limits,
              own,
              () -> check(task),
              new Progress(task)::tell);
      TaskExecutor executor = executors.get(task.type());
      String done = executor == null ? "" : executor.run(work);
      ATTEMPTS.labelValues(id, task.type(), "completed").inc();
      change(task, record -> record.completed(done, System.currentTimeMillis()));
      LOG.info(
          "Ended task {} in {} ms: {}", task.name(), (System.nanoTime() - begun) / 1_000_000, done);
    } catch (IOException | RuntimeException | OutOfMemoryError e) {
      ended(task, CuveeException.of(e));
    } finally {
      Directories.delete(own);
      synchronized (this) {
        running.remove(task.name());
        changed = true;
        notifyAll();
      }
    }
  }

  private void ended(TaskRecord task, CuveeException failure) {
    if (isClosed()) {
      // The stop interrupted this thread.
      var _ = Thread.interrupted();
      change(
          task,
          record -> record.given("Minion " + id + " stopped.", false, System.currentTimeMillis()));
      return;
    }
    ATTEMPTS.labelValues(id, task.type(), "failed").inc();
    boolean mayHelp =
        failure.code().kind() != ErrorCode.Kind.USER || failure.code() == ErrorCode.CONFLICT;
    LOG.warn("Task {} failed: {}", task.name(), failure.getMessage());
    LOG.debug("Its failure", failure);
    change(
        task,
        record ->
            record.failed(
                String.valueOf(failure.getMessage()), mayHelp, System.currentTimeMillis()));
  }

  /// Changes the record if the task is still this process's. Without ZooKeeper it stays as it is:
  /// when this process is seen again, or is not, the controller decides.
  private void change(TaskRecord task, UnaryOperator<TaskRecord> change) {
    try {
      if (tasks.update(task.name(), record -> isHeld(record, task), change).isEmpty()) {
        LOG.info("Task {} is not this minion's any more", task.name());
      }
    } catch (CuveeException e) {
      LOG.warn("Could not tell how task {} ended: {}", task.name(), e.getMessage());
    }
  }

  private boolean isHeld(TaskRecord record, TaskRecord task) {
    return record.isHeldBy(id, incarnation, task.attempts());
  }

  private void check(TaskRecord task) {
    Optional<TaskRecord> present;
    synchronized (this) {
      present = Optional.ofNullable(known.get(task.name()));
    }
    // The watch may not have told of the lease yet: then it tells of the state before.
    boolean isOlder =
        present.isPresent()
            && present.get().attempts() < task.attempts()
            && !present.get().state().isEnd();
    if (isClosed()
        || Thread.currentThread().isInterrupted()
        || present.isEmpty()
        || !isOlder && !isHeld(present.get(), task)) {
      throw new CuveeException(
          ErrorCode.QUERY_CANCELLED, "The task was cancelled or given to another minion.");
    }
  }

  private synchronized boolean isClosed() {
    return closed;
  }

  /// Tells the record how far an attempt is, not too often.
  private final class Progress {
    private final TaskRecord task;
    private long last = System.nanoTime() - PROGRESS_NANOS;

    Progress(TaskRecord task) {
      this.task = task;
    }

    void tell(String text) {
      check(task);
      if (System.nanoTime() - last >= PROGRESS_NANOS) {
        last = System.nanoTime();
        change(task, record -> record.withProgress(text, System.currentTimeMillis()));
      }
    }
  }

  private DeepStore deepStore(URI root) {
    return deepStores.computeIfAbsent(
        root.toString(), uri -> DeepStores.open(root, deepStoreConfig));
  }

  /// Takes no more tasks, and gives those back that run.
  @Override
  public void close() {
    List<Thread> threadsToEnd;
    synchronized (this) {
      closed = true;
      threadsToEnd = List.copyOf(running.values());
      notifyAll();
    }
    try {
      watch.close();
    } catch (Exception e) {
      LOG.debug("A watch could not be closed", e);
    }
    try {
      long end = System.nanoTime() + STOP_MILLIS * 1_000_000;
      for (Thread thread : threadsToEnd) {
        thread.interrupt();
        thread.join(Math.max(1, (end - System.nanoTime()) / 1_000_000));
      }
      taking.interrupt();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    for (DeepStore store : deepStores.values()) {
      store.close();
    }
    Directories.delete(directory);
  }
}
