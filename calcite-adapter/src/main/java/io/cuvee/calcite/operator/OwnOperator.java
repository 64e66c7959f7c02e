package io.cuvee.calcite.operator;

import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSpecialOperator;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlOperandTypeInference;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.jspecify.annotations.Nullable;

/// An operator that statements do not name but that we put into their syntax trees. It is what it
/// is: no table is asked for an operator of its name that fits the operands better.
abstract class OwnOperator extends SqlSpecialOperator {
  OwnOperator(
      String name,
      SqlReturnTypeInference returnType,
      @Nullable SqlOperandTypeInference operandTypes,
      SqlOperandTypeChecker checker) {
    super(name, SqlKind.OTHER_FUNCTION, 30, true, returnType, operandTypes, checker);
  }

  @Override
  public RelDataType deriveType(SqlValidator validator, SqlValidatorScope scope, SqlCall call) {
    for (SqlNode operand : call.getOperandList()) {
      if (operand instanceof SqlNodeList list) {
        list.forEach(item -> validator.deriveType(scope, item));
      } else {
        validator.deriveType(scope, operand);
      }
    }
    return validateOperands(validator, scope, call);
  }
}
