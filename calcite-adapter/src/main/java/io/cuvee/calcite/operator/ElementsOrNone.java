package io.cuvee.calcite.operator;

import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlTypeTransforms;

/// An array, without elements instead of NULL.
public final class ElementsOrNone extends OwnOperator {
  public static final ElementsOrNone INSTANCE = new ElementsOrNone();

  private ElementsOrNone() {
    super(
        "$ELEMENTS_OR_NONE",
        ReturnTypes.ARG0.andThen(SqlTypeTransforms.TO_NOT_NULLABLE),
        null,
        OperandTypes.VARIADIC);
  }

  @Override
  public SqlOperandCountRange getOperandCountRange() {
    return SqlOperandCountRanges.of(1);
  }
}
