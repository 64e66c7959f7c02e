package io.cuvee.controller.upload;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.SegmentMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// Whether the columns of a segment can answer for the columns of a schema.
final class SchemaFit {
  private SchemaFit() {}

  /// @throws CuveeException `TYPE_MISMATCH` that names every column that does not fit
  static void check(SegmentMetadata segment, Schema schema) {
    List<String> problems = new ArrayList<>();
    for (FieldSpec field : schema.fields()) {
      Optional<ColumnMetadata> column = segment.column(field.name());
      if (column.isEmpty()) {
        if (field.notNull() && field.defaultText().isEmpty()) {
          problems.add(
              "column '"
                  + field.name()
                  + "' is missing, but it is notNull without defaultNullValue");
        }
      } else if (!column.get().type().equals(field.type())) {
        problems.add(
            "column '"
                + field.name()
                + "' is "
                + column.get().type()
                + " in the segment and "
                + field.type()
                + " in the schema");
      } else if (field.notNull() && column.get().hasNulls()) {
        problems.add("column '" + field.name() + "' has NULLs, but it is notNull in the schema");
      }
    }
    for (ColumnMetadata column : segment.columns()) {
      if (schema.field(column.name()).isEmpty()) {
        problems.add("column '" + column.name() + "' is not in the schema");
      }
    }
    if (!problems.isEmpty()) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH,
          "Segment '"
              + segment.segment()
              + "' does not fit schema '"
              + schema.name()
              + "': "
              + String.join("; ", problems)
              + ". Build it with the table's schema.");
    }
  }
}
