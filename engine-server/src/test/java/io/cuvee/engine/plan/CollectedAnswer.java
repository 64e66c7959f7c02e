package io.cuvee.engine.plan;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Pages;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A sink that keeps everything.
public final class CollectedAnswer implements ResultSink {
  private final List<Page> pages = new ArrayList<>();
  private final CountDownLatch ended = new CountDownLatch(1);
  private @Nullable QueryStats stats;
  private @Nullable CuveeException failure;

  @Override
  public boolean isReady() {
    return true;
  }

  @Override
  public synchronized void page(Page page) {
    pages.add(page);
  }

  @Override
  public synchronized void end(QueryStats newStats) {
    stats = newStats;
    ended.countDown();
  }

  @Override
  public synchronized void fail(CuveeException newFailure) {
    failure = newFailure;
    ended.countDown();
  }

  public CollectedAnswer await() throws InterruptedException {
    if (!ended.await(60, TimeUnit.SECONDS)) {
      throw new AssertionError("No end after 60 s.");
    }
    return this;
  }

  public boolean hasEnded() {
    return ended.getCount() == 0;
  }

  public synchronized Page page(SegmentQuery query) {
    if (failure != null) {
      throw failure;
    }
    return pages.isEmpty()
        ? Page.empty(query.outputTypes())
        : Pages.concat(query.outputTypes(), pages);
  }

  public synchronized List<Page> pages() {
    return List.copyOf(pages);
  }

  public synchronized QueryStats stats() {
    if (failure != null) {
      throw failure;
    }
    return Objects.requireNonNull(stats);
  }

  public synchronized CuveeException failure() {
    return Objects.requireNonNull(failure);
  }
}
