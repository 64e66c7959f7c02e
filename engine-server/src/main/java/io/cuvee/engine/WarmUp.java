package io.cuvee.engine;

import io.cuvee.engine.schedule.WorkerPool;
import java.time.Duration;

/// Exercises kernels on made-up data, so that the first queries find them compiled.
final class WarmUp {
  WarmUp(WorkerPool pool) {}

  void run(Duration most) {}
}
