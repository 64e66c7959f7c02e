package io.cuvee.controller.placement;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/// Keeps apart what must not happen to one table at the same time in this controller. Different
/// tables may share a lock.
public final class TableLocks {
  private static final int COUNT = 256;

  private final ReadWriteLock[] tables = locks();
  private final ReadWriteLock[] segments = locks();

  private static ReadWriteLock[] locks() {
    ReadWriteLock[] locks = new ReadWriteLock[COUNT];
    for (int i = 0; i < COUNT; i++) {
      locks[i] = new ReentrantReadWriteLock(true);
    }
    return locks;
  }

  /// Held by whoever changes one segment of the table; many may at once.
  public Held changeSegment(String physicalTable, String segment) {
    Held table = hold(tables[index(physicalTable)].readLock());
    Held one = hold(segments[index(physicalTable + "/" + segment)].writeLock());
    return () -> {
      one.close();
      table.close();
    };
  }

  /// Held by whoever changes some segments of the table, and nothing else.
  Held changeSegments(String physicalTable, Collection<String> segmentNames) {
    List<Held> held = new ArrayList<>();
    held.add(hold(tables[index(physicalTable)].readLock()));
    // In one order, so that no two wait for each other.
    segmentNames.stream()
        .map(name -> index(physicalTable + "/" + name))
        .distinct()
        .sorted()
        .forEach(index -> held.add(hold(segments[index].writeLock())));
    return () -> held.reversed().forEach(Held::close);
  }

  /// Held by whoever looks at, or changes, all segments of the table.
  public Held wholeTable(String physicalTable) {
    return hold(tables[index(physicalTable)].writeLock());
  }

  private static Held hold(Lock lock) {
    lock.lock();
    return lock::unlock;
  }

  private static int index(String name) {
    return Math.floorMod((name.hashCode() * 0x9E3779B9) >>> 8, COUNT);
  }

  /// A lock that is held until this is closed.
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }
}
