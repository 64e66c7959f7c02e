package io.cuvee.launcher.loading;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import org.jspecify.annotations.Nullable;

/// A few pages on their way from the thread that reads files to the one that builds a segment of
/// them.
final class PageQueue implements PageSource {
  private static final int CAPACITY = 4;

  /// Empty at the end.
  private final BlockingQueue<Optional<Page>> pages = new ArrayBlockingQueue<>(CAPACITY);

  private volatile boolean closed;
  private volatile boolean aborted;

  /// Waits for room.
  ///
  /// @return false if nobody takes pages any more
  boolean put(Page page) throws InterruptedException {
    return add(Optional.of(page));
  }

  /// No page comes any more.
  void end() throws InterruptedException {
    add(Optional.empty());
  }

  private boolean add(Optional<Page> page) throws InterruptedException {
    if (closed) {
      return false;
    }
    pages.put(page);
    return !closed;
  }

  /// Makes [#next()] fail, as the rows are not complete.
  void abort() {
    aborted = true;
    pages.clear();
    // There is room for it, as only the caller adds.
    pages.add(Optional.empty());
  }

  @Override
  public @Nullable Page next() {
    try {
      Page page = pages.take().orElse(null);
      if (aborted) {
        throw new CuveeException(ErrorCode.QUERY_CANCELLED, "Reading the rows failed.");
      }
      return page;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(ErrorCode.QUERY_CANCELLED, "Building was interrupted.", e);
    }
  }

  /// Lets a waiting [#put] go on.
  @Override
  public void close() {
    closed = true;
    pages.clear();
  }
}
