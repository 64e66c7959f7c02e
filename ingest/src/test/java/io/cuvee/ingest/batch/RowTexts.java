package io.cuvee.ingest.batch;

import io.cuvee.common.catalog.Schema;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Rows of a source as texts, for comparison.
final class RowTexts {
  private RowTexts() {}

  static List<String> read(Path file, Schema schema) {
    return read(file, ReadOptions.DEFAULTS, schema);
  }

  static List<String> read(Path file, ReadOptions options, Schema schema) {
    List<String> rows = new ArrayList<>();
    try (PageSource source = RecordFiles.open(file, options, schema)) {
      for (Page page = source.next(); page != null; page = source.next()) {
        for (int row = 0; row < page.rowCount(); row++) {
          List<String> cells = new ArrayList<>();
          for (int column = 0; column < page.columns().size(); column++) {
            cells.add(text(page.column(column).get(row)));
          }
          rows.add(String.join("|", cells));
        }
      }
    }
    return rows;
  }

  private static String text(@Nullable Object value) {
    return switch (value) {
      case null -> "NULL";
      case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
      case List<?> list -> list.stream().map(RowTexts::text).toList().toString();
      default -> value.toString();
    };
  }
}
