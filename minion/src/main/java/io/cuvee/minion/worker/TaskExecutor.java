package io.cuvee.minion.worker;

/// Does one type of tasks. Found as a service, like the [io.cuvee.cluster.task.TaskGenerator] that
/// makes them. Thread-safe.
public interface TaskExecutor {
  /// As the generator's.
  String type();

  /// Does a task. It may be done again after an attempt that failed or was cut short at any point,
  /// also by another process, so whatever it changes in the table changes under a condition: a
  /// segment's CRC, or a replacement of its own.
  ///
  /// @return what was done, in a few words
  /// @throws io.cuvee.common.error.CuveeException if it fails; of the kind USER, but for
  ///   `CONFLICT`, if another attempt would fail too
  String run(Work work);
}
