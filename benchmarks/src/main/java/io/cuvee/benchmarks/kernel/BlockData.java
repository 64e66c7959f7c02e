package io.cuvee.benchmarks.kernel;

import java.util.SplittableRandom;

/// What kernels run over: one block, the same in every run.
final class BlockData {
  static final int VALUES = 2048;
  static final int WORDS = VALUES / 64;

  private BlockData() {}

  static SplittableRandom random() {
    return new SplittableRandom(1);
  }
}
