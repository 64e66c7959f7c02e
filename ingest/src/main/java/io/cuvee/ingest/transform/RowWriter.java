package io.cuvee.ingest.transform;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Collects rows into pages whose columns are those of a schema, in its order. Readers that know
/// their columns write each row to all writers; those that do not write what they find to [#begin],
/// and then end the row or abandon it. Not thread-safe.
public final class RowWriter {
  private final Schema schema;
  private final List<FieldWriter> writers = new ArrayList<>();
  private final Map<String, Integer> exact = new HashMap<>();
  private final Map<String, Integer> anyCase = new HashMap<>();
  private final boolean[] written;
  private int rowCount;

  public RowWriter(Schema schema) {
    this.schema = schema;
    schema
        .fields()
        .forEach(field -> {
          exact.put(field.name(), writers.size());
          anyCase.put(field.name().toLowerCase(Locale.ROOT), writers.size());
          writers.add(new FieldWriter(field, Page.TARGET_ROWS));
        });
    this.written = new boolean[writers.size()];
  }

  public int columnCount() {
    return writers.size();
  }

  public FieldWriter writer(int column) {
    return writers.get(column);
  }

  /// The schema's column for a name in the file: of the same letters, else in any case.
  public Optional<Integer> column(String name) {
    Integer index = exact.get(name);
    return Optional.ofNullable(index != null ? index : anyCase.get(name.toLowerCase(Locale.ROOT)));
  }

  /// A hint at a column with a name like this, for messages; else empty.
  public String suggestion(String name) {
    return Suggestions.didYouMean(
        name, schema.fields().stream().map(field -> field.name()).toList());
  }

  /// Fails unless at least one of the file's columns is one of the schema's.
  public void requireMatch(String file, List<String> names) {
    if (names.stream().noneMatch(name -> column(name).isPresent())) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          file
              + ": none of its columns ("
              + String.join(", ", names.subList(0, Math.min(names.size(), 10)))
              + ") is a column of the schema '"
              + schema.name()
              + "' ("
              + String.join(
                  ", ", schema.fields().stream().limit(10).map(field -> field.name()).toList())
              + ").");
    }
  }

  /// The writer of a column, for its one value of the row at hand.
  ///
  /// @throws CuveeException `INVALID_INPUT` if the row has a value for it already
  public FieldWriter begin(int column) {
    if (written[column]) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "column '" + writers.get(column).field().name() + "' has two values.");
    }
    written[column] = true;
    return writers.get(column);
  }

  /// Ends a row: columns without a value get their default or NULL.
  public void endRow() {
    for (int column = 0; column < written.length; column++) {
      if (!written[column]) {
        writers.get(column).writeNull();
      }
    }
    Arrays.fill(written, false);
    rowCount++;
  }

  /// Forgets the rows from `count` on, and what has been written since the last one ended.
  public void abandonFrom(int count) {
    rowCount = count;
    abandonRow();
  }

  /// Forgets what has been written since the last row ended.
  public void abandonRow() {
    for (FieldWriter writer : writers) {
      writer.truncate(rowCount);
    }
    Arrays.fill(written, false);
  }

  /// Rows that were ended and not taken yet.
  public int rowCount() {
    return rowCount;
  }

  /// The rows that were ended.
  public Page take() {
    return take(rowCount);
  }

  /// So many rows, which were written.
  public Page take(int rows) {
    rowCount = 0;
    List<Values> columns = new ArrayList<>(writers.size());
    writers.forEach(writer -> columns.add(writer.take()));
    return new Page(rows, columns);
  }
}
