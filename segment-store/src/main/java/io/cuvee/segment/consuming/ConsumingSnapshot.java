package io.cuvee.segment.consuming;

import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.index.startree.StarTree;
import io.cuvee.segment.store.ReadableSegment;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/// The first rows of a consuming segment, as many as were published when it was taken; they never
/// change. Thread-safe. Its columns must not be used after it is closed.
public final class ConsumingSnapshot implements ReadableSegment, AutoCloseable {
  private final ConsumingSegment segment;
  private final List<GrowingColumn> columns;
  private final int rowCount;
  private final Map<String, SegmentColumn> views = new ConcurrentHashMap<>();
  private final AtomicBoolean closed = new AtomicBoolean();

  ConsumingSnapshot(ConsumingSegment segment, List<GrowingColumn> columns, int rowCount) {
    this.segment = segment;
    this.columns = columns;
    this.rowCount = rowCount;
  }

  @Override
  public String table() {
    return segment.table();
  }

  @Override
  public String name() {
    return segment.name();
  }

  @Override
  public int docCount() {
    return rowCount;
  }

  @Override
  public Optional<SegmentColumn> column(String wanted) {
    SegmentColumn known = views.get(wanted);
    if (known != null) {
      return Optional.of(known);
    }
    for (GrowingColumn column : columns) {
      if (column.name().equals(wanted)) {
        return Optional.of(views.computeIfAbsent(wanted, _ -> column.view(rowCount)));
      }
    }
    return Optional.empty();
  }

  /// None: they are built when the segment is sealed.
  @Override
  public List<StarTree> starTrees() {
    return List.of();
  }

  /// The rows in the order in which they were appended.
  public PageSource pages() {
    List<SegmentColumn> all = new ArrayList<>();
    columns.forEach(column -> all.add(column(column.name()).orElseThrow()));
    return new Pages(all, rowCount);
  }

  /// Builds the sealed segment of these rows. Replicas that seal the same rows with the same spec
  /// get the same bytes.
  ///
  /// @param spec of the schema that the rows have
  /// @throws io.cuvee.common.error.CuveeException as [SegmentBuilder#build]
  public SegmentMetadata seal(SegmentSpec spec, Path targetDirectory) {
    return new SegmentBuilder(spec).build(pages(), targetDirectory);
  }

  /// Gives the rows back; a second call does nothing.
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      segment.release();
    }
  }

  private static final class Pages implements PageSource {
    private final List<SegmentColumn> columns;
    private final int rowCount;
    private int next;

    Pages(List<SegmentColumn> columns, int rowCount) {
      this.columns = columns;
      this.rowCount = rowCount;
    }

    @Override
    public @Nullable Page next() {
      int from = next;
      if (from == rowCount) {
        return null;
      }
      int count = Math.min(Page.TARGET_ROWS, rowCount - from);
      next = from + count;
      List<Values> values = new ArrayList<>(columns.size());
      columns.forEach(column -> values.add(column.values(from, count)));
      return new Page(count, values);
    }

    @Override
    public void close() {}
  }
}
