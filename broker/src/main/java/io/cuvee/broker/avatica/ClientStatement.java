package io.cuvee.broker.avatica;

import org.jspecify.annotations.Nullable;

/// A statement of a connection: its text if it is prepared, and the result that is open.
/// Thread-safe.
final class ClientStatement {
  private final int id;
  private final String sql;
  private @Nullable Cursor cursor;
  private long usedNanos = System.nanoTime();
  private boolean closed;

  /// @param sql empty for a statement that gets its text when it is executed
  ClientStatement(int id, String sql) {
    this.id = id;
    this.sql = sql;
  }

  int id() {
    return id;
  }

  String sql() {
    return sql;
  }

  synchronized @Nullable Cursor cursor() {
    usedNanos = System.nanoTime();
    return cursor;
  }

  /// Keeps an open result; one that was open before ends, as JDBC wants.
  void open(@Nullable Cursor next) {
    Cursor before;
    boolean late;
    synchronized (this) {
      usedNanos = System.nanoTime();
      before = cursor;
      cursor = closed ? null : next;
      late = closed;
    }
    if (before != null && before != next) {
      before.close();
    }
    if (late && next != null) {
      next.close();
    }
  }

  void closeIdleResult(long nanos) {
    Cursor idle;
    synchronized (this) {
      if (cursor == null || System.nanoTime() - usedNanos < nanos) {
        return;
      }
      idle = cursor;
      cursor = null;
    }
    idle.close();
  }

  void close() {
    synchronized (this) {
      closed = true;
    }
    open(null);
  }
}
