package io.cuvee.execution.memory;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A bound on the bytes that a query, or all queries together, may hold. What a budget grants is
/// also taken from its parent. Thread-safe; closing gives everything back to the parent.
public final class MemoryBudget implements AutoCloseable {
  private final String name;
  private final long limitBytes;
  private final String setting;
  private final @Nullable MemoryBudget parent;
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();

  private MemoryBudget(
      String name, long limitBytes, String setting, @Nullable MemoryBudget parent) {
    if (limitBytes < 0) {
      throw new IllegalArgumentException("A memory budget of " + limitBytes + " bytes.");
    }
    this.name = name;
    this.limitBytes = limitBytes;
    this.setting = setting;
    this.parent = parent;
  }

  /// A budget of its own.
  ///
  /// @param name what is bounded, for messages: `the broker's queries`
  /// @param setting how the limit is raised, for messages: `broker.memory-limit`
  public static MemoryBudget of(String name, long limitBytes, String setting) {
    return new MemoryBudget(name, limitBytes, setting, null);
  }

  /// A budget without a limit.
  public static MemoryBudget unlimited() {
    return new MemoryBudget("unlimited", Long.MAX_VALUE, "nothing", null);
  }

  /// A part of this budget with a limit of its own.
  public MemoryBudget child(String name, long limitBytes, String setting) {
    return new MemoryBudget(name, limitBytes, setting, this);
  }

  public long limitBytes() {
    return limitBytes;
  }

  public long usedBytes() {
    return used.get();
  }

  /// The most that was in use at one time.
  public long peakBytes() {
    return peak.get();
  }

  /// Takes `bytes`, or nothing at all.
  ///
  /// @throws CuveeException `MEMORY_LIMIT` if this budget or a parent has too little left
  public void reserve(long bytes) {
    if (bytes < 0) {
      throw new IllegalArgumentException("Reserving " + bytes + " bytes.");
    }
    long now = used.addAndGet(bytes);
    if (now > limitBytes || now < 0) {
      used.addAndGet(-bytes);
      throw new CuveeException(
          ErrorCode.MEMORY_LIMIT,
          "Memory limit reached: "
              + name
              + " may use "
              + limitBytes
              + " bytes, holds "
              + (now - bytes)
              + " and wants "
              + bytes
              + " more. Let the query keep fewer rows or groups, or raise "
              + setting
              + ".");
    }
    if (parent != null) {
      try {
        parent.reserve(bytes);
      } catch (CuveeException full) {
        used.addAndGet(-bytes);
        throw full;
      }
    }
    if (now > peak.get()) {
      peak.accumulateAndGet(now, Math::max);
    }
  }

  /// Gives back what was reserved before.
  public void release(long bytes) {
    used.addAndGet(-bytes);
    if (parent != null) {
      parent.release(bytes);
    }
  }

  @Override
  public void close() {
    release(used.get());
  }
}
