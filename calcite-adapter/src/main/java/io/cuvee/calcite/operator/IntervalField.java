package io.cuvee.calcite.operator;

import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;

/// EXTRACT of an interval: the unit's name, and the interval.
public final class IntervalField extends OwnOperator {
  public static final IntervalField INSTANCE = new IntervalField();

  private IntervalField() {
    super("$INTERVAL_FIELD", ReturnTypes.BIGINT_NULLABLE, null, OperandTypes.VARIADIC);
  }

  @Override
  public SqlOperandCountRange getOperandCountRange() {
    return SqlOperandCountRanges.of(2);
  }
}
