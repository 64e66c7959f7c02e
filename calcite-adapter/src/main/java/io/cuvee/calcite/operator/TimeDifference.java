package io.cuvee.calcite.operator;

import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeTransforms;

/// `timestamp - timestamp`: an interval of days to seconds.
public final class TimeDifference extends OwnOperator {
  private static final SqlIntervalQualifier QUALIFIER =
      new SqlIntervalQualifier(TimeUnit.DAY, 9, TimeUnit.SECOND, 3, SqlParserPos.ZERO);

  public static final TimeDifference INSTANCE = new TimeDifference();

  private TimeDifference() {
    super(
        "$TIME_DIFFERENCE",
        ((SqlReturnTypeInference)
                binding -> binding.getTypeFactory().createSqlIntervalType(QUALIFIER))
            .andThen(SqlTypeTransforms.TO_NULLABLE),
        null,
        OperandTypes.VARIADIC);
  }

  @Override
  public SqlOperandCountRange getOperandCountRange() {
    return SqlOperandCountRanges.of(2);
  }
}
