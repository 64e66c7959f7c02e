package io.cuvee.engine.schedule;

/// Work that the pool's threads share, unit by unit. Thread-safe: several threads may be in [#run]
/// at once.
public interface Job {
  /// Runs one unit of work, some tens of microseconds long, if there is one. Must not throw.
  ///
  /// @param worker number of the calling thread, from 0; no two threads with the same number are in
  ///   a job at once
  /// @return false if there was nothing to do now; the job is then left alone until
  ///   [WorkerPool#wake]
  boolean run(int worker);
}
