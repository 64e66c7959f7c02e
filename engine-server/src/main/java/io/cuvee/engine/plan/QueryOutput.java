package io.cuvee.engine.plan;

import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a query makes of the rows that pass: groups, rows, or the first rows of an order. One for
/// each run of a query; thread-safe.
public interface QueryOutput {
  /// Decides how a segment is read, or answers for it from its metadata.
  ///
  /// @return absent if nothing of the segment has to be read any more
  @Nullable SegmentScan prepare(SegmentScan scan);

  /// Hears of a segment of which no row passes, instead of [#prepare].
  default void pruned(SegmentScan scan) {}

  /// What is made of a segment's rows, in one line for EXPLAIN.
  ///
  /// @param prepared as [#prepare] gave it
  String describe(@Nullable SegmentScan prepared);

  /// A collector for one worker.
  ///
  /// @param pages takes pages that need nothing further
  Collector collector(Consumer<Page> pages);

  /// Whether no more rows are needed.
  default boolean isSatisfied() {
    return false;
  }

  /// Puts the workers' parts together; called once, by one thread, when all are flushed.
  ///
  /// @return the pages that have not been delivered yet
  PageSource finish(List<Collector> collectors);
}
