package io.cuvee.calcite.operator;

import io.cuvee.common.function.ScalarFunction;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeUtil;

/// Checks the operands of a function against its signature, and converts them where SQL does so by
/// itself.
final class SignatureChecker implements SqlOperandTypeChecker {
  private final ScalarFunction signature;
  private final SqlOperandCountRange range;

  SignatureChecker(ScalarFunction signature) {
    this.signature = signature;
    this.range =
        signature.variadic()
            ? SqlOperandCountRanges.from(signature.minArguments())
            : SqlOperandCountRanges.between(signature.minArguments(), signature.arguments().size());
  }

  @Override
  public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
    List<SqlTypeFamily> families = families(binding.getOperandCount());
    for (int i = 0; i < families.size(); i++) {
      RelDataType element = binding.getOperandType(i).getComponentType();
      if (argument(i) == ScalarFunction.Argument.TEXTS
          && element != null
          && SqlTypeUtil.inCharFamily(element)) {
        families.set(i, SqlTypeFamily.ARRAY);
      }
      // Whole numbers are milliseconds since 1970, as Pinot has them.
      boolean time =
          argument(i) == ScalarFunction.Argument.TIME
              || argument(i) == ScalarFunction.Argument.TIMESTAMP;
      if (time && SqlTypeUtil.isIntType(binding.getOperandType(i))) {
        families.set(i, SqlTypeFamily.INTEGER);
      }
    }
    return OperandTypes.family(families).checkOperandTypes(binding, throwOnFailure);
  }

  @Override
  public SqlOperandCountRange getOperandCountRange() {
    return range;
  }

  @Override
  public String getAllowedSignatures(SqlOperator operator, String name) {
    List<String> arguments = new ArrayList<>();
    for (int i = 0; i < signature.arguments().size(); i++) {
      String argument = signature.arguments().get(i).name();
      arguments.add(i < signature.minArguments() ? argument : "[" + argument + "]");
    }
    return name + "(" + String.join(", ", arguments) + (signature.variadic() ? ", ..." : "") + ")";
  }

  private List<SqlTypeFamily> families(int count) {
    List<SqlTypeFamily> families = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      families.add(
          switch (argument(i)) {
            case ANY -> SqlTypeFamily.ANY;
            case NUMERIC -> SqlTypeFamily.NUMERIC;
            case INTEGER -> SqlTypeFamily.INTEGER;
            case TEXT, TEXTS -> SqlTypeFamily.CHARACTER;
            case BINARY -> SqlTypeFamily.BINARY;
            case BOOLEAN -> SqlTypeFamily.BOOLEAN;
            case TIME -> SqlTypeFamily.DATETIME;
            case TIMESTAMP -> SqlTypeFamily.TIMESTAMP;
            case ARRAY -> SqlTypeFamily.ARRAY;
          });
    }
    return families;
  }

  private ScalarFunction.Argument argument(int index) {
    List<ScalarFunction.Argument> arguments = signature.arguments();
    return arguments.get(Math.min(index, arguments.size() - 1));
  }
}
