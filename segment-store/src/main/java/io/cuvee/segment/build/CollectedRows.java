package io.cuvee.segment.build;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.segment.format.SegmentFormat;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// The rows of a segment that is being built, by column. While one page is taken in, the next is
/// read. Within half of a build's memory, or else in files.
final class CollectedRows implements AutoCloseable {
  /// Pages with fewer values are taken in by the caller alone.
  private static final int MIN_SHARED_VALUES = 1 << 15;

  /// Moving less to a file frees too little.
  private static final int MIN_SPILLED_BYTES = 1 << 15;

  private final SegmentSpec spec;
  private final BuildWorkers workers;
  private final Scratch scratch;
  private final List<CollectedColumn> columns = new ArrayList<>();
  private Runnable underWay = () -> {};
  private int docCount;

  /// @param directory for files
  CollectedRows(SegmentSpec spec, Path directory, BuildWorkers workers) {
    this.spec = spec;
    this.workers = workers;
    this.scratch = new Scratch(directory, spec.limits().memory().bytes() / 4);
    for (FieldSpec field : spec.schema().fields()) {
      columns.add(new CollectedColumn(field, scratch));
    }
  }

  /// Takes all rows of a source.
  void addAll(PageSource rows, BuildProgress progress) {
    for (Page page = next(rows); page != null; page = next(rows)) {
      underWay.run();
      if (Thread.currentThread().isInterrupted()) {
        throw BuildWorkers.cancelled();
      }
      spillIfTight();
      check(page);
      underWay = start(page, docCount);
      docCount += page.rowCount();
      progress.collected(docCount);
    }
    underWay.run();
  }

  private @Nullable Page next(PageSource rows) {
    try {
      return rows.next();
    } catch (RuntimeException e) {
      // What is wrong with rows before comes first.
      underWay.run();
      throw e;
    }
  }

  private void check(Page page) {
    if (page.columns().size() != columns.size()) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "A page has "
              + page.columns().size()
              + " columns, but the schema '"
              + spec.schema().name()
              + "' has "
              + columns.size()
              + ".");
    }
    if (page.rowCount() > SegmentFormat.MAX_VALUES - docCount) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "Segment '"
              + spec.segment()
              + "' would have more than "
              + SegmentFormat.MAX_VALUES
              + " rows. Divide them among several segments.");
    }
  }

  /// Begins to take a page in.
  ///
  /// @return waits for the end
  private Runnable start(Page page, int firstRow) {
    if ((long) page.rowCount() * columns.size() < MIN_SHARED_VALUES) {
      for (int column = 0; column < columns.size(); column++) {
        columns.get(column).append(page.column(column), firstRow);
      }
      return () -> {};
    }
    AtomicInteger next = new AtomicInteger();
    RuntimeException[] failures = new RuntimeException[columns.size()];
    Runnable task =
        () -> {
          for (int i = next.getAndIncrement(); i < columns.size(); i = next.getAndIncrement()) {
            try {
              columns.get(i).append(page.column(i), firstRow);
            } catch (RuntimeException e) {
              failures[i] = e;
            }
          }
        };
    Runnable end =
        workers.start(IntStream.range(0, workers.threads()).mapToObj(i -> task).toList());
    return () -> {
      end.run();
      for (RuntimeException failure : failures) {
        if (failure != null) {
          throw failure;
        }
      }
    };
  }

  /// Distinct values are many where they take more than a quarter of the memory.
  private void spillIfTight() {
    long limit = spec.limits().memory().bytes() / 4;
    long spillable = columns.stream().mapToLong(column -> column.store().spillableBytes()).sum();
    if (spillable <= limit) {
      return;
    }
    List<ValueStore> largest =
        columns.stream()
            .map(CollectedColumn::store)
            .sorted(Comparator.comparingLong(ValueStore::spillableBytes).reversed())
            .toList();
    for (ValueStore store : largest) {
      long bytes = store.spillableBytes();
      if (spillable <= limit / 2 || bytes < MIN_SPILLED_BYTES) {
        return;
      }
      store.spill();
      spillable -= bytes;
    }
  }

  int docCount() {
    return docCount;
  }

  List<CollectedColumn> columns() {
    return columns;
  }

  CollectedColumn column(String name) {
    return columns.stream()
        .filter(column -> column.field().name().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /// What the rows take now, on the heap and outside.
  long memoryBytes() {
    return scratch.memoryBytes() + columns.stream().mapToLong(CollectedColumn::memoryBytes).sum();
  }

  /// What did not fit in the memory.
  long spilledBytes() {
    return scratch.spilledBytes();
  }

  /// Called when no thread uses the rows any more.
  @Override
  public void close() {
    columns.forEach(CollectedColumn::close);
    scratch.close();
  }
}
