package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.type.ColumnType;

/// The types in which values of different types meet.
public final class CommonTypes {
  private CommonTypes() {}

  /// The type in which values of both types are compared.
  ///
  /// @param where for messages
  /// @throws CuveeException `TYPE_MISMATCH` if there is none
  public static ColumnType of(ColumnType a, ColumnType b, String where) {
    return Coercion.common(a, b, where);
  }
}
