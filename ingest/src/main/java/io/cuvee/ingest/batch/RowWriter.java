package io.cuvee.ingest.batch;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.ingest.transform.FieldWriter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Collects rows into pages whose columns are those of a schema, in its order.
final class RowWriter {
  private final Schema schema;
  private final List<FieldWriter> writers = new ArrayList<>();
  private final Map<String, Integer> exact = new HashMap<>();
  private final Map<String, Integer> anyCase = new HashMap<>();

  RowWriter(Schema schema) {
    this.schema = schema;
    schema
        .fields()
        .forEach(field -> {
          exact.put(field.name(), writers.size());
          anyCase.put(field.name().toLowerCase(Locale.ROOT), writers.size());
          writers.add(new FieldWriter(field, Page.TARGET_ROWS));
        });
  }

  int columnCount() {
    return writers.size();
  }

  FieldWriter writer(int column) {
    return writers.get(column);
  }

  /// The schema's column for a name in the file: of the same letters, else in any case.
  Optional<Integer> column(String name) {
    Integer index = exact.get(name);
    return Optional.ofNullable(index != null ? index : anyCase.get(name.toLowerCase(Locale.ROOT)));
  }

  /// Fails unless at least one of the file's columns is one of the schema's.
  void requireMatch(String file, List<String> names) {
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

  Page take(int rows) {
    List<Values> columns = new ArrayList<>(writers.size());
    writers.forEach(writer -> columns.add(writer.take()));
    return new Page(rows, columns);
  }
}
