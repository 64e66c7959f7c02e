package io.cuvee.calcite.validate;

import io.cuvee.calcite.operator.IntervalField;
import io.cuvee.calcite.operator.NamedFunction;
import io.cuvee.calcite.operator.OperatorTable;
import io.cuvee.calcite.operator.TimeDifference;
import io.cuvee.common.function.ScalarFunction;
import java.util.Objects;
import java.util.function.Function;
import org.apache.calcite.avatica.util.TimeUnit;
import org.apache.calcite.avatica.util.TimeUnitRange;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.jspecify.annotations.Nullable;

/// Operators that mean something else for some types than Calcite knows: `date - date`, `date + 7`,
/// `array || array`, the length of an array, the conversion of truths to numbers.
final class OperatorChoice {
  private OperatorChoice() {}

  /// Puts the operator that its operands' types ask for into a call.
  static void apply(SqlBasicCall call, Function<SqlNode, RelDataType> types) {
    if (call.operandCount() == 0
        || call.operand(0) instanceof SqlNodeList
        || call.getOperandList().stream().anyMatch(OperatorChoice::holdsParameter)) {
      return;
    }
    switch (call.getKind()) {
      case PLUS -> plus(call, types);
      case MINUS -> minus(call, types);
      case CAST, SAFE_CAST -> cast(call, types);
      case OTHER, OTHER_FUNCTION, ITEM -> other(call, types);
      default -> {}
    }
  }

  /// Whether there is a `?` whose type is not stated: it is found later, by what is around it.
  static boolean holdsParameter(@Nullable SqlNode node) {
    return switch (node) {
      case null -> false;
      case SqlDynamicParam parameter -> true;
      case SqlNodeList list -> list.stream().anyMatch(OperatorChoice::holdsParameter);
      case SqlCall call ->
          call.getKind() != SqlKind.CAST
              && !call.isA(SqlKind.QUERY)
              && call.getOperandList().stream().anyMatch(OperatorChoice::holdsParameter);
      default -> false;
    };
  }

  private static SqlOperator function(String name) {
    return OperatorTable.function(name).orElseThrow();
  }

  private static RelDataType type(SqlNode node, Function<SqlNode, RelDataType> types) {
    return types.apply(node);
  }

  private static boolean isDate(RelDataType type) {
    return type.getSqlTypeName() == SqlTypeName.DATE;
  }

  private static boolean isArray(SqlNode node, Function<SqlNode, RelDataType> types) {
    return !(node instanceof SqlDynamicParam)
        && type(node, types).getSqlTypeName() == SqlTypeName.ARRAY;
  }

  private static void plus(SqlBasicCall call, Function<SqlNode, RelDataType> types) {
    if (call.operandCount() != 2) {
      return;
    }
    RelDataType left = type(call.operand(0), types);
    RelDataType right = type(call.operand(1), types);
    if (SqlTypeUtil.isIntType(left) && isDate(right)) {
      SqlNode days = call.operand(0);
      call.setOperand(0, call.operand(1));
      call.setOperand(1, days);
      call.setOperator(function("ADD_DAYS"));
    } else if (isDate(left) && SqlTypeUtil.isIntType(right)) {
      call.setOperator(function("ADD_DAYS"));
    } else if (SqlTypeUtil.isInterval(left) && SqlTypeUtil.isDatetime(right)) {
      SqlNode interval = call.operand(0);
      call.setOperand(0, call.operand(1));
      call.setOperand(1, interval);
      midnight(call, right, left);
    } else {
      midnight(call, left, right);
    }
  }

  /// A date with hours added or taken away is a point in time.
  private static void midnight(SqlBasicCall call, RelDataType time, RelDataType interval) {
    if (!isDate(time) || !SqlTypeUtil.isInterval(interval)) {
      return;
    }
    TimeUnitRange range =
        Objects.requireNonNull(interval.getIntervalQualifier(), "qualifier").timeUnitRange;
    TimeUnit least = range.endUnit == null ? range.startUnit : range.endUnit;
    if (least == TimeUnit.HOUR || least == TimeUnit.MINUTE || least == TimeUnit.SECOND) {
      call.setOperand(0, asTimestamp(call.operand(0)));
    }
  }

  static SqlNode asTimestamp(SqlNode operand) {
    SqlParserPos position = operand.getParserPosition();
    SqlDataTypeSpec timestamp =
        new SqlDataTypeSpec(new SqlBasicTypeNameSpec(SqlTypeName.TIMESTAMP, position), position);
    return SqlStdOperatorTable.CAST.createCall(position, operand, timestamp);
  }

  private static void minus(SqlBasicCall call, Function<SqlNode, RelDataType> types) {
    if (call.operandCount() != 2) {
      return;
    }
    RelDataType left = type(call.operand(0), types);
    RelDataType right = type(call.operand(1), types);
    if (isDate(left) && isDate(right)) {
      call.setOperator(function("DAYS_BETWEEN"));
    } else if (isDate(left) && SqlTypeUtil.isIntType(right)) {
      call.setOperator(function("SUBTRACT_DAYS"));
    } else if (SqlTypeUtil.isDatetime(left) && SqlTypeUtil.isDatetime(right)) {
      call.setOperator(TimeDifference.INSTANCE);
    } else {
      midnight(call, left, right);
    }
  }

  /// TRUE is 1, and what is not 0 is true.
  private static void cast(SqlBasicCall call, Function<SqlNode, RelDataType> types) {
    if (call.operandCount() != 2
        || !(call.operand(1) instanceof SqlDataTypeSpec target)
        || call.operand(0) instanceof SqlDynamicParam
        || SqlTypeName.get(target.getTypeName().getSimple()) == null) {
      return;
    }
    SqlTypeName to = SqlTypeName.get(target.getTypeName().getSimple());
    RelDataType from = type(call.operand(0), types);
    SqlParserPos position = call.getParserPosition();
    if (from.getSqlTypeName() == SqlTypeName.BOOLEAN && SqlTypeName.NUMERIC_TYPES.contains(to)) {
      SqlNode truth = call.operand(0);
      call.setOperand(
          0,
          new SqlCase(
              position,
              null,
              SqlNodeList.of(truth, SqlStdOperatorTable.IS_FALSE.createCall(position, truth)),
              SqlNodeList.of(
                  SqlLiteral.createExactNumeric("1", position),
                  SqlLiteral.createExactNumeric("0", position)),
              SqlLiteral.createNull(position)));
    } else if (to == SqlTypeName.BOOLEAN && SqlTypeUtil.isNumeric(from)) {
      call.setOperand(
          0,
          SqlStdOperatorTable.NOT_EQUALS.createCall(
              position, call.operand(0), SqlLiteral.createExactNumeric("0", position)));
    }
  }

  /// Constant texts where a function takes a time are times, as those beside one are.
  private static void times(
      SqlBasicCall call, ScalarFunction signature, Function<SqlNode, RelDataType> types) {
    for (int i = 0; i < Math.min(call.operandCount(), signature.arguments().size()); i++) {
      SqlNode operand = call.operand(i);
      if (signature.arguments().get(i) == ScalarFunction.Argument.TIME
          && TextCoercion.isConstant(operand)
          && SqlTypeUtil.inCharFamily(type(operand, types))) {
        call.setOperand(i, asTimestamp(operand));
      }
    }
  }

  private static void other(SqlBasicCall call, Function<SqlNode, RelDataType> types) {
    if (call.getOperator() instanceof NamedFunction function) {
      String name = function.signature().name();
      if (name.equals("CHAR_LENGTH")
          && call.operandCount() == 1
          && isArray(call.operand(0), types)) {
        call.setOperator(function("CARDINALITY"));
      } else if (name.equals("CHAR_LENGTH")
          && call.operandCount() == 1
          && SqlTypeUtil.isBinary(type(call.operand(0), types))) {
        call.setOperator(function("OCTET_LENGTH"));
      } else if (name.equals("EXTRACT")
          && call.operandCount() == 2
          && !(call.operand(1) instanceof SqlDynamicParam)
          && SqlTypeUtil.isInterval(type(call.operand(1), types))) {
        call.setOperator(IntervalField.INSTANCE);
      } else if (name.equals("CONTAINS")
          && call.operandCount() == 2
          && isArray(call.operand(0), types)) {
        call.setOperator(function("ARRAY_CONTAINS"));
      } else if (name.equals("EPOCH_MS")
          && call.operandCount() == 1
          && SqlTypeUtil.isIntType(type(call.operand(0), types))) {
        call.setOperator(function("FROM_EPOCH_MILLIS"));
      } else if (name.equals("STRFTIME")
          && call.operandCount() == 2
          && SqlTypeUtil.inCharFamily(type(call.operand(0), types))
          && SqlTypeUtil.isDatetime(type(call.operand(1), types))) {
        SqlNode format = call.operand(0);
        call.setOperand(0, call.operand(1));
        call.setOperand(1, format);
      } else if (name.equals("ITEM") && SqlTypeUtil.inCharFamily(type(call.operand(0), types))) {
        call.setOperator(function("TEXT_ITEM"));
      } else if (name.equals("ARRAY_SLICE")
          && SqlTypeUtil.inCharFamily(type(call.operand(0), types))) {
        call.setOperator(function("TEXT_SLICE"));
      } else if (name.equals("REVERSE") && isArray(call.operand(0), types)) {
        call.setOperator(function("ARRAY_REVERSE"));
      }
      times(call, function.signature(), types);
    } else if (call.getOperator().equals(SqlStdOperatorTable.ITEM)
        && SqlTypeUtil.inCharFamily(type(call.operand(0), types))) {
      call.setOperator(function("TEXT_ITEM"));
    } else if (call.getOperator().equals(SqlStdOperatorTable.CONCAT) && call.operandCount() == 2) {
      boolean left = isArray(call.operand(0), types);
      boolean right = isArray(call.operand(1), types);
      if (left || right) {
        call.setOperator(
            function(left && right ? "ARRAY_CONCAT" : left ? "ARRAY_APPEND" : "ARRAY_PREPEND"));
      }
    }
  }
}
