package io.cuvee.controller.table;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;

/// What may change in a schema whose columns have data: columns may be added, nothing may be taken
/// away.
final class SchemaChanges {
  private SchemaChanges() {}

  /// @throws CuveeException `INVALID_SCHEMA` that names every column that may not change so
  static void check(Schema before, Schema after) {
    List<String> problems = new ArrayList<>();
    for (FieldSpec old : before.fields()) {
      Optional<FieldSpec> field = after.field(old.name());
      if (field.isEmpty()) {
        problems.add("column '" + old.name() + "' would be removed");
      } else {
        compare(old, field.get(), problems);
      }
    }
    for (FieldSpec field : after.fields()) {
      if (before.field(field.name()).isEmpty()
          && field.notNull()
          && field.defaultText().isEmpty()) {
        problems.add(
            "the new column '"
                + field.name()
                + "' is notNull without defaultNullValue, but older rows have no value");
      }
    }
    if (!before.primaryKey().equals(after.primaryKey())) {
      problems.add(
          "the primary key would change from " + before.primaryKey() + " to " + after.primaryKey());
    }
    if (!problems.isEmpty()) {
      throw new CuveeException(
          ErrorCode.INVALID_SCHEMA,
          "Schema '"
              + before.name()
              + "' is in use and cannot change so: "
              + String.join("; ", problems)
              + ". Columns can be added; for anything else create another table.");
    }
  }

  private static void compare(FieldSpec before, FieldSpec after, List<String> problems) {
    if (!before.type().equals(after.type())) {
      problems.add(
          "column '"
              + before.name()
              + "' would change its type from "
              + before.type()
              + " to "
              + after.type());
    }
    if (!Objects.equals(before.format(), after.format())) {
      problems.add(
          "column '"
              + before.name()
              + "' would change its format from '"
              + before.format()
              + "' to '"
              + after.format()
              + "'");
    }
    if (after.notNull() && !before.notNull()) {
      problems.add("column '" + before.name() + "' would become notNull");
    }
  }
}
