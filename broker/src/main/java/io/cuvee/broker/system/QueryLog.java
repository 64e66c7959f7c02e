package io.cuvee.broker.system;

import java.util.ArrayDeque;
import java.util.List;

/// The last queries that ended on this broker. Thread-safe.
public final class QueryLog {
  private final int capacity;
  private final ArrayDeque<QueryInfo> ended = new ArrayDeque<>();

  /// @param capacity how many are kept; 0 keeps none
  public QueryLog(int capacity) {
    this.capacity = capacity;
  }

  /// Takes in a query that has ended, in place of the oldest if there is no room.
  public synchronized void add(QueryInfo query) {
    if (capacity == 0) {
      return;
    }
    if (ended.size() == capacity) {
      ended.removeFirst();
    }
    ended.addLast(query);
  }

  /// The queries, oldest first.
  public synchronized List<QueryInfo> all() {
    return List.copyOf(ended);
  }
}
