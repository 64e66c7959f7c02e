package io.cuvee.minion.bucket;

import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import org.jspecify.annotations.Nullable;

/// Cuts rows into sources of so many rows each, read one after the other.
final class Slices implements AutoCloseable {
  private final PageSource rows;
  private final long size;
  private @Nullable Page pending;

  Slices(PageSource rows, long size) {
    this.rows = rows;
    this.size = size;
  }

  /// Whether rows are left.
  boolean hasMore() {
    while (pending == null || pending.rowCount() == 0) {
      pending = rows.next();
      if (pending == null) {
        return false;
      }
    }
    return true;
  }

  /// The next slice, to be read to its end before the one after it.
  PageSource next() {
    return new PageSource() {
      private long left = size;

      @Override
      public @Nullable Page next() {
        Page page = left > 0 && hasMore() ? pending : null;
        if (page == null) {
          return null;
        }
        int count = (int) Math.min(left, page.rowCount());
        left -= count;
        pending = count == page.rowCount() ? null : page.slice(count, page.rowCount() - count);
        return page.slice(0, count);
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public void close() {
    rows.close();
  }
}
