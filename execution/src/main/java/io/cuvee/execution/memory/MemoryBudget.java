package io.cuvee.execution.memory;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.spill.Spill;
import io.cuvee.execution.spill.SpillDirectory;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// A bound on the bytes that a query, or all queries together, may hold. What a budget grants is
/// also taken from its parent. Thread-safe; closing gives everything back to the parent.
///
/// A budget may also have a place for what does not fit: the children of one that spills are
/// queries, each with a [Spill] of its own, which is closed with it and which their children share.
/// Holders ask [#isTight()] now and then, and move to disk what they hold if it is, so that
/// [#reserve] need not refuse.
public final class MemoryBudget implements AutoCloseable {
  private static final long MOST_WORTH_BYTES = 1 << 20;
  private static final int LEAST_FRAME_BYTES = 1 << 14;
  private static final int MOST_FRAME_BYTES = 1 << 18;

  private final String name;
  private final long limitBytes;
  private final String setting;
  private final @Nullable MemoryBudget parent;
  private final AtomicLong used = new AtomicLong();
  private final AtomicLong peak = new AtomicLong();

  /// The least of this limit and those of all parents.
  private final long leastLimitBytes;

  private final @Nullable SpillDirectory directory;
  private final @Nullable Spill spill;

  /// Above so many bytes holders shall move to disk what they can.
  private final long tightBytes;

  /// Less than this is not worth moving.
  private final long worthBytes;

  private MemoryBudget(
      String name,
      long limitBytes,
      String setting,
      @Nullable MemoryBudget parent,
      @Nullable SpillDirectory directory,
      boolean eager) {
    if (limitBytes < 0) {
      throw new IllegalArgumentException("A memory budget of " + limitBytes + " bytes.");
    }
    this.name = name;
    this.limitBytes = limitBytes;
    this.setting = setting;
    this.parent = parent;
    this.directory = directory;
    this.leastLimitBytes =
        parent == null ? limitBytes : Math.min(limitBytes, parent.leastLimitBytes);
    this.tightBytes = eager ? -1 : limitBytes - (limitBytes >> (parent == null ? 2 : 1));
    this.worthBytes =
        eager || parent != null && parent.worthBytes == 0
            ? 0
            : Math.clamp(leastLimitBytes >> 5, 1, MOST_WORTH_BYTES);
    if (parent == null) {
      this.spill = null;
    } else if (parent.directory != null && parent.directory.isEnabled()) {
      this.spill = parent.directory.query(frameBytes(leastLimitBytes));
    } else {
      this.spill = parent.spill;
    }
  }

  private static int frameBytes(long limitBytes) {
    return Math.clamp(limitBytes >> 8, LEAST_FRAME_BYTES, MOST_FRAME_BYTES);
  }

  /// A budget of its own.
  ///
  /// @param name what is bounded, for messages: `the broker's queries`
  /// @param setting how the limit is raised, for messages: `broker.memory-limit`
  public static MemoryBudget of(String name, long limitBytes, String setting) {
    return new MemoryBudget(name, limitBytes, setting, null, null, false);
  }

  /// A budget without a limit.
  public static MemoryBudget unlimited() {
    return new MemoryBudget("unlimited", Long.MAX_VALUE, "nothing", null, null, false);
  }

  /// A part of this budget with a limit of its own.
  public MemoryBudget child(String name, long limitBytes, String setting) {
    return new MemoryBudget(name, limitBytes, setting, this, null, false);
  }

  /// This budget, still unused, with a place for what does not fit. Its children are queries.
  public MemoryBudget spillingTo(SpillDirectory place) {
    return new MemoryBudget(name, limitBytes, setting, parent, place, false);
  }

  /// The same, but always tight: everything that can move to disk does, which tests want.
  public MemoryBudget alwaysSpillingTo(SpillDirectory place) {
    return new MemoryBudget(name, limitBytes, setting, parent, place, true);
  }

  /// Where the query puts what does not fit; absent if it has no such place.
  public @Nullable Spill spill() {
    return spill;
  }

  /// Whether who holds this budget's bytes shall move them to disk, if that is possible: it has a
  /// place there and more than half of the query's memory, or three quarters of all queries', are
  /// in use. Never if there is little to move.
  public boolean isTight() {
    return isTight(0);
  }

  /// Whether `more` bytes could be reserved now.
  public boolean fits(long more) {
    for (MemoryBudget budget = this; budget != null; budget = budget.parent) {
      if (budget.used.get() + more > budget.limitBytes) {
        return false;
      }
    }
    return true;
  }

  /// As [#isTight()], were `more` bytes added.
  public boolean isTight(long more) {
    if (spill == null || used.get() + more < worthBytes) {
      return false;
    }
    for (MemoryBudget budget = this; budget != null; budget = budget.parent) {
      if (budget.used.get() + more > budget.tightBytes) {
        return true;
      }
    }
    return false;
  }

  public long limitBytes() {
    return limitBytes;
  }

  /// The least of this limit and those that it is a part of.
  public long leastLimitBytes() {
    return leastLimitBytes;
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
    // Children share their parent's.
    if (spill != null && (parent == null || spill != parent.spill)) {
      spill.close();
    }
  }
}
