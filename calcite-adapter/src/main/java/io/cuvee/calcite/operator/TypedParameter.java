package io.cuvee.calcite.operator;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;

/// Stands for a literal that was taken out of the text: its type is known, its value is not. The
/// one operand is the number of the literal.
public final class TypedParameter extends OwnOperator {
  private TypedParameter(RelDataType type) {
    super("$PARAMETER", ReturnTypes.explicit(type), null, OperandTypes.VARIADIC);
  }

  /// A call in the place of a literal.
  public static SqlCall call(int number, RelDataType type, SqlParserPos position) {
    return new TypedParameter(type)
        .createCall(position, SqlLiteral.createExactNumeric(Integer.toString(number), position));
  }

  @Override
  public SqlOperandCountRange getOperandCountRange() {
    return SqlOperandCountRanges.of(1);
  }
}
