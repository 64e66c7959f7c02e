package io.cuvee.calcite.validate;

import io.cuvee.calcite.operator.TypedParameter;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.implicit.TypeCoercionImpl;
import org.apache.calcite.util.Static;
import org.jspecify.annotations.Nullable;

/// Calcite's implicit conversions, except those of text that is no constant to numbers: whether
/// they work depends on the rows, so whoever wants them must write CAST.
final class TextCoercion extends TypeCoercionImpl {
  TextCoercion(RelDataTypeFactory typeFactory, SqlValidator validator) {
    super(typeFactory, validator);
  }

  @Override
  protected boolean binaryArithmeticWithStrings(
      SqlCallBinding binding, RelDataType left, RelDataType right) {
    return !meetsNumber(binding) && super.binaryArithmeticWithStrings(binding, left, right);
  }

  @Override
  public boolean binaryComparisonCoercion(SqlCallBinding binding) {
    if (meetsNumber(binding)) {
      // Calcite would find them comparable, and convert the text of each row.
      throw binding.newValidationSignatureError();
    }
    return super.binaryComparisonCoercion(binding);
  }

  @Override
  public boolean inOperationCoercion(SqlCallBinding binding) {
    boolean text = SqlTypeUtil.inCharFamily(binding.getOperandType(0));
    boolean numbers = SqlTypeUtil.isNumeric(binding.getOperandType(1));
    if (text && numbers && !isConstant(binding.operand(0))) {
      throw binding.newError(
          Static.RESOURCE.incompatibleValueType(binding.getOperator().getName()));
    }
    return super.inOperationCoercion(binding);
  }

  @Override
  public @Nullable RelDataType implicitCast(RelDataType in, SqlTypeFamily expected) {
    boolean number =
        switch (expected) {
          case NUMERIC, EXACT_NUMERIC, APPROXIMATE_NUMERIC, DECIMAL, INTEGER -> true;
          default -> false;
        };
    return number && SqlTypeUtil.inCharFamily(in) ? null : super.implicitCast(in, expected);
  }

  /// Whether text that is no constant stands beside a number.
  private static boolean meetsNumber(SqlCallBinding binding) {
    boolean text = false;
    boolean number = false;
    List<SqlNode> operands = binding.operands();
    for (int i = 0; i < operands.size(); i++) {
      if (operands.get(i) instanceof SqlNodeList) {
        return false;
      }
      RelDataType type = binding.getOperandType(i);
      text |= SqlTypeUtil.inCharFamily(type) && !isConstant(operands.get(i));
      number |= SqlTypeUtil.isNumeric(type);
    }
    return text && number;
  }

  static boolean isConstant(SqlNode node) {
    return node instanceof SqlLiteral
        || (node instanceof SqlCall call && call.getOperator() instanceof TypedParameter);
  }
}
