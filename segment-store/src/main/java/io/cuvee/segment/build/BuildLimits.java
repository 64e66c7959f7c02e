package io.cuvee.segment.build;

import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// What building one segment may take. The result is the same for any.
///
/// @param memory on the heap and outside, roughly: rows that do not fit wait on disk, and fewer
///   columns are written at a time. One column at least is, which takes 16 to 24 bytes a row; the
///   order of a segment that is sorted takes 4 more
/// @param threads that take in rows and write columns and indexes
public record BuildLimits(DataSize memory, int threads) {
  /// As much as ten million rows of a few dozens of columns need to be built fast.
  public static final DataSize DEFAULT_MEMORY = new DataSize(512L << 20);

  /// All cores.
  public static final BuildLimits DEFAULT =
      new BuildLimits(DEFAULT_MEMORY, Runtime.getRuntime().availableProcessors());

  private static final long MIN_MEMORY_BYTES = 64 << 10;
  private static final int MAX_THREADS = 1024;

  public BuildLimits {
    if (memory.bytes() < MIN_MEMORY_BYTES || threads < 1 || threads > MAX_THREADS) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "Segments cannot be built within "
              + memory
              + " by "
              + threads
              + " threads. Give at least "
              + new DataSize(MIN_MEMORY_BYTES)
              + ", and 1 to "
              + MAX_THREADS
              + " threads.");
    }
  }

  /// The same threads with a part of the memory, for one of several builds at a time.
  public BuildLimits shared(int builds) {
    return new BuildLimits(
        new DataSize(Math.max(MIN_MEMORY_BYTES, memory.bytes() / builds)), threads);
  }
}
