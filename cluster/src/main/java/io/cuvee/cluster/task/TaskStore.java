package io.cuvee.cluster.task;

import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.error.CuveeException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The tasks in the cluster's metadata. Thread-safe.
public final class TaskStore {
  private static final Logger LOG = LoggerFactory.getLogger(TaskStore.class);
  private static final int BATCH = 50;

  private final MetadataStore metadata;

  public TaskStore(MetadataStore metadata) {
    this.metadata = metadata;
  }

  /// By name.
  public Map<String, TaskRecord> all() {
    return parse(metadata.getAll(TaskRecord.DIRECTORY));
  }

  public Optional<TaskRecord> find(String name) {
    return metadata.get(TaskRecord.path(name)).map(text -> TaskRecord.parse(text.value()));
  }

  /// Calls `listener` now and after every change, with all tasks by name.
  public AutoCloseable watch(Consumer<Map<String, TaskRecord>> listener) {
    return metadata.watch(TaskRecord.DIRECTORY, texts -> listener.accept(parse(texts)));
  }

  private static Map<String, TaskRecord> parse(Map<String, Versioned<String>> texts) {
    Map<String, TaskRecord> tasks = new HashMap<>();
    texts.forEach((name, text) -> {
      try {
        tasks.put(name, TaskRecord.parse(text.value()));
      } catch (CuveeException | IllegalArgumentException e) {
        LOG.error("The task {} cannot be read: {}", name, e.getMessage());
      }
    });
    return tasks;
  }

  /// Creates tasks, in the leader's own term.
  public void create(List<TaskRecord> tasks, long epoch) {
    for (int from = 0; from < tasks.size(); from += BATCH) {
      var _ =
          metadata.changeAll(
              tasks.subList(from, Math.min(tasks.size(), from + BATCH)).stream()
                  .map(task ->
                      MetadataStore.Change.create(TaskRecord.path(task.name()), task.toJson()))
                  .toList(),
              epoch);
    }
  }

  /// Changes a task if it is still as expected, whoever else changes it meanwhile.
  ///
  /// @return the task as it is now; empty if it was not as expected
  public Optional<TaskRecord> update(
      String name, Predicate<TaskRecord> expected, UnaryOperator<TaskRecord> change) {
    while (true) {
      Optional<Versioned<String>> text = metadata.get(TaskRecord.path(name));
      Optional<TaskRecord> present =
          text.map(known -> TaskRecord.parse(known.value())).filter(expected);
      if (present.isEmpty()) {
        return Optional.empty();
      }
      TaskRecord next = change.apply(present.get());
      if (metadata.compareAndSet(
          TaskRecord.path(name), next.toJson(), text.orElseThrow().version())) {
        return Optional.of(next);
      }
    }
  }

  /// Deletes a task if it is still as expected.
  ///
  /// @return whether it is gone
  public boolean delete(String name, Predicate<TaskRecord> expected) {
    String path = TaskRecord.path(name);
    Optional<Versioned<String>> text = metadata.get(path);
    return text.isEmpty()
        || expected.test(TaskRecord.parse(text.get().value()))
            && metadata
                .deleteUnchanged(Map.of(path, text.get().version()), OptionalLong.empty())
                .contains(path);
  }
}
