package io.cuvee.minion.worker;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.ingest.transform.FieldWriter;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.store.Segment;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The rows of a segment in the order of their docIds, as pages with some columns of a schema. A
/// column that the segment does not have is NULL, as queries see it, or the schema's default.
final class SegmentRows implements PageSource {
  private final Segment segment;
  private final List<FieldSpec> fields;
  private final boolean withDefaults;
  private final Runnable check;
  private int next;

  /// @param segment stays open
  /// @param check throws if the work is to end
  SegmentRows(Segment segment, List<FieldSpec> fields, boolean withDefaults, Runnable check) {
    this.segment = segment;
    this.fields = fields;
    this.withDefaults = withDefaults;
    this.check = check;
  }

  @Override
  public @Nullable Page next() {
    check.run();
    int count = Math.min(Page.TARGET_ROWS, segment.docCount() - next);
    if (count == 0) {
      return null;
    }
    List<Values> columns = new ArrayList<>();
    for (FieldSpec field : fields) {
      Optional<SegmentColumn> column = segment.column(field.name());
      columns.add(
          column.isPresent()
              ? checked(column.get(), field).values(next, count)
              : missing(field, count));
    }
    next += count;
    return new Page(count, columns);
  }

  private SegmentColumn checked(SegmentColumn column, FieldSpec field) {
    if (column.type().isArray() != field.type().isArray()
        || column.type().dataType().representation() != field.type().dataType().representation()) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH,
          "Column '"
              + field.name()
              + "' is "
              + column.type()
              + " in segment "
              + segment.name()
              + ", but "
              + field.type()
              + " in the schema. Delete the segment and build it again from its source.");
    }
    return column;
  }

  private Values missing(FieldSpec field, int count) {
    if (withDefaults) {
      FieldWriter writer = new FieldWriter(field, count);
      for (int i = 0; i < count; i++) {
        writer.writeNull();
      }
      return writer.take();
    }
    ValuesBuilder nulls = ValuesBuilder.of(field.type(), count);
    for (int i = 0; i < count; i++) {
      nulls.appendNull();
    }
    return nulls.build();
  }

  @Override
  public void close() {}
}
