package io.cuvee.common.plan;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plugin.Plugins;
import java.util.List;

/// Reads the SQL expressions of configs, for modules that do not know SQL. Found by
/// [java.util.ServiceLoader]. Thread-safe.
public interface SqlExpressions {
  /// An expression over the values of some fields.
  ///
  /// @param fields by the positions that the expression has
  record Parsed(Expression expression, List<FieldSpec> fields) {
    public Parsed {
      fields = List.copyOf(fields);
    }
  }

  /// @param known fields with their types; all others are STRING
  /// @throws CuveeException that says what is wrong; `FEATURE_NOT_SUPPORTED` for what is not the
  ///   same at all times, as the clock, or reads more than one row
  Parsed parse(String sql, List<FieldSpec> known);

  /// The one that this process has.
  static SqlExpressions installed() {
    List<SqlExpressions> found = Plugins.load(SqlExpressions.class);
    if (found.isEmpty()) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "Nothing here reads SQL expressions: the module calcite-adapter is not on the class path.");
    }
    return found.getFirst();
  }
}
