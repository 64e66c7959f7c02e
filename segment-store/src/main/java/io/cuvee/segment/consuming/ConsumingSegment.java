package io.cuvee.segment.consuming;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.ZoneMap;
import io.cuvee.segment.format.SegmentFormat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/// A segment while it grows: rows are appended by one thread and can be queried at once by any
/// number of others, which take no lock. A row counts from the moment its page is published, all
/// columns of it together; whoever takes a [#snapshot()] sees the rows that were published by then,
/// and no others, for as long as it likes.
///
/// Columns are append-only and never move; the release of the row count orders what the writer has
/// written before what readers read after they acquired it. The opener holds the first reference
/// and drops it with [#close()]; each snapshot holds another. Memory is given back when the last
/// has gone.
public final class ConsumingSegment implements AutoCloseable {
  private static final int CLOSED = 1 << 31;

  private final String table;
  private volatile String name;
  private final Schema schema;
  private final ConsumingOptions options;
  private final GrowingMemory memory = new GrowingMemory();
  private final List<GrowingColumn> columns = new ArrayList<>();

  /// The rows that readers may see; written by the writer alone.
  private volatile int rowCount;

  /// Whether a write has not ended; the writer's.
  private boolean broken;

  /// References, and [#CLOSED] once the opener's has gone.
  private final AtomicInteger references = new AtomicInteger(1);

  /// @param table physical table, `flights_REALTIME`
  /// @param name of the segment that this becomes
  /// @param schema its fields, in order, are the columns of the pages to come
  public ConsumingSegment(String table, String name, Schema schema, ConsumingOptions options) {
    this.table = table;
    this.name = name;
    this.schema = schema;
    this.options = options;
    for (FieldSpec field : schema.fields()) {
      columns.add(new GrowingColumn(field, options.indexing(), memory));
    }
  }

  public String table() {
    return table;
  }

  public String name() {
    return name;
  }

  /// Gives it the name that the cluster has chosen, where it began before that was known.
  public void rename(String newName) {
    name = newName;
  }

  public Schema schema() {
    return schema;
  }

  /// Rows that queries see.
  public int rowCount() {
    return rowCount;
  }

  /// Bytes that its rows take.
  public long memoryBytes() {
    return memory.usedBytes();
  }

  /// Whether [#append] takes no more rows: the segment is to be sealed.
  public boolean isFull() {
    return rowCount >= options.rowLimit() || memoryBytes() >= options.memoryLimit().bytes();
  }

  /// How many rows [#append] takes at most.
  public int room() {
    return isFull() ? 0 : options.rowLimit() - rowCount;
  }

  /// Appends the first rows of a page and publishes them, as many as there is room for. Only for
  /// the thread that writes.
  ///
  /// @param page one column for each field of the schema, in its order
  /// @return how many rows were appended; fewer than the page has if the segment is full
  /// @throws CuveeException `INVALID_INPUT` for what the schema does not allow; nothing is appended
  ///   then
  public int append(Page page) {
    if (broken) {
      throw new IllegalStateException(
          "Writing to segment " + name + " failed before: its rows are to be consumed again.");
    }
    check(page);
    if (isFull()) {
      return 0;
    }
    int before = rowCount;
    int count = Math.min(page.rowCount(), options.rowLimit() - before);
    for (int i = 0; i < columns.size(); i++) {
      if (page.column(i) instanceof ArrayValues arrays
          && (long) columns.get(i).valueCount(before) + arrays.offsets()[arrays.count()]
              > SegmentFormat.MAX_VALUES) {
        return 0;
      }
    }
    // What was half written stays so if this fails.
    broken = true;
    for (int i = 0; i < columns.size(); i++) {
      GrowingColumn column = columns.get(i);
      Values values = page.column(i);
      for (int at = 0; at < count; ) {
        int doc = before + at;
        int part = Math.min(count - at, ZoneMap.BLOCK_ROWS - doc % ZoneMap.BLOCK_ROWS);
        column.append(values, at, part, doc);
        at += part;
      }
    }
    broken = false;
    rowCount = before + count;
    return count;
  }

  private void check(Page page) {
    if (page.columns().size() != columns.size()) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "A page has "
              + page.columns().size()
              + " columns, but the schema '"
              + schema.name()
              + "' has "
              + columns.size()
              + ".");
    }
    for (int i = 0; i < columns.size(); i++) {
      Values values = page.column(i);
      if (schema.fields().get(i).notNull() && hasNull(values)) {
        throw invalid(i, "a value is NULL, and the schema says notNull");
      }
      if (values instanceof ArrayValues arrays && hasNull(arrays.elements())) {
        throw invalid(i, "an element is NULL; arrays hold no NULLs");
      }
    }
  }

  private static boolean hasNull(Values values) {
    return values.validity() != null && values.validity().count(values.count()) < values.count();
  }

  private CuveeException invalid(int column, String problem) {
    return new CuveeException(
        ErrorCode.INVALID_INPUT,
        "Rows for segment '"
            + name
            + "', column '"
            + columns.get(column).name()
            + "': "
            + problem
            + ".");
  }

  /// The rows that are published now, to be closed after use; absent once the segment is closed.
  public Optional<ConsumingSnapshot> snapshot() {
    for (int count = references.get(); (count & CLOSED) == 0; count = references.get()) {
      if (references.compareAndSet(count, count + 1)) {
        return Optional.of(new ConsumingSnapshot(this, columns, rowCount));
      }
    }
    return Optional.empty();
  }

  /// Gives back a snapshot's reference.
  void release() {
    freeIfUnused(references.decrementAndGet());
  }

  /// Drops the opener's reference; a second call does nothing. The writer must have ended.
  @Override
  public void close() {
    for (int count = references.get(); (count & CLOSED) == 0; count = references.get()) {
      if (references.compareAndSet(count, (count - 1) | CLOSED)) {
        freeIfUnused((count - 1) | CLOSED);
        return;
      }
    }
  }

  private void freeIfUnused(int count) {
    if (count == CLOSED) {
      memory.free();
    }
  }

  /// Whether the memory has been given back; soon after the last reference has gone.
  boolean isFreed() {
    return memory.isFreed();
  }
}
