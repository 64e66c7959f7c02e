package io.cuvee.calcite.operator;

import io.cuvee.calcite.catalog.Types;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.ScalarFunction;
import io.cuvee.common.function.ScalarFunctions;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.type.InferTypes;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;
import org.apache.calcite.sql.validate.SqlMonotonicity;
import org.jspecify.annotations.Nullable;

/// A function of [io.cuvee.common.function.ScalarFunctions] as an operator of Calcite, under its
/// name or one of its aliases.
public final class NamedFunction extends SqlFunction {
  private final ScalarFunction signature;

  NamedFunction(String name, ScalarFunction signature) {
    super(
        name,
        SqlKind.OTHER_FUNCTION,
        binding -> resultType(signature, binding),
        // Of a `?` we know what the signature or a neighbour says.
        (binding, returnType, operandTypes) -> {
          InferTypes.FIRST_KNOWN.inferOperandTypes(binding, returnType, operandTypes);
          for (int i = 0; i < operandTypes.length; i++) {
            RelDataType stated = statedType(signature, i, binding.getTypeFactory());
            operandTypes[i] = stated == null ? neighbouring(operandTypes, i, signature) : stated;
          }
        },
        new SignatureChecker(signature),
        SqlFunctionCategory.SYSTEM);
    this.signature = signature;
  }

  public ScalarFunction signature() {
    return signature;
  }

  /// What is looked for in an array is of the type of its elements.
  private static RelDataType neighbouring(
      RelDataType[] operandTypes, int index, ScalarFunction signature) {
    RelDataType element = operandTypes[0].getComponentType();
    boolean isArray = signature.arguments().getFirst() == ScalarFunction.Argument.ARRAY;
    int last = signature.arguments().size() - 1;
    if (isArray
        && element != null
        && signature.arguments().get(Math.min(index, last)) == ScalarFunction.Argument.ARRAY) {
      return operandTypes[0];
    }
    return index > 0 && isArray && element != null ? element : operandTypes[index];
  }

  /// Whether each call gives another value.
  @Override
  public boolean isDeterministic() {
    return !ScalarFunctions.RANDOM.contains(signature.name());
  }

  @Override
  public SqlMonotonicity getMonotonicity(SqlOperatorBinding call) {
    return SqlMonotonicity.NOT_MONOTONIC;
  }

  private static @Nullable RelDataType statedType(
      ScalarFunction signature, int index, RelDataTypeFactory types) {
    int last = signature.arguments().size() - 1;
    SqlTypeName name =
        switch (signature.arguments().get(Math.min(index, last))) {
          case ANY, ARRAY -> null;
          case NUMERIC -> SqlTypeName.DOUBLE;
          case INTEGER -> SqlTypeName.BIGINT;
          case TEXT, TEXTS -> SqlTypeName.VARCHAR;
          case BINARY -> SqlTypeName.VARBINARY;
          case BOOLEAN -> SqlTypeName.BOOLEAN;
          case TIME, TIMESTAMP -> SqlTypeName.TIMESTAMP;
        };
    return name == null ? null : types.createTypeWithNullability(types.createSqlType(name), true);
  }

  private static RelDataType resultType(ScalarFunction signature, SqlOperatorBinding binding) {
    RelDataTypeFactory types = binding.getTypeFactory();
    RelDataType type =
        switch (signature.result()) {
          case BOOLEAN -> types.createSqlType(SqlTypeName.BOOLEAN);
          case INT -> types.createSqlType(SqlTypeName.INTEGER);
          case LONG -> types.createSqlType(SqlTypeName.BIGINT);
          case DOUBLE -> types.createSqlType(SqlTypeName.DOUBLE);
          case STRING -> types.createSqlType(SqlTypeName.VARCHAR);
          case BIG_DECIMAL -> Types.relType(ColumnType.BIG_DECIMAL, true);
          case BYTES -> types.createSqlType(SqlTypeName.VARBINARY);
          case TEXTS -> Types.relType(ColumnType.arrayOf(DataType.STRING), true);
          case LONGS -> Types.relType(ColumnType.arrayOf(DataType.LONG), true);
          case TIMESTAMP -> types.createSqlType(SqlTypeName.TIMESTAMP, 3);
          case DATE -> types.createSqlType(SqlTypeName.DATE);
          case FIRST -> widened(types, binding.getOperandType(firstValue(signature)));
          case COMMON -> common(types, binding);
          case ELEMENT -> {
            RelDataType element = binding.getOperandType(0).getComponentType();
            yield element == null ? types.createSqlType(SqlTypeName.NULL) : element;
          }
          case STATED -> stated(signature, types, binding);
        };
    boolean nullable =
        switch (signature.nulls()) {
          // COALESCE of the columns of a USING join must be as Calcite expects it.
          case CALLED ->
              !signature.name().equals("COALESCE")
                  || binding.collectOperandTypes().stream().allMatch(RelDataType::isNullable);
          case STRICT -> {
            boolean any = signature.result() == ScalarFunction.Result.ELEMENT;
            for (RelDataType operand : binding.collectOperandTypes()) {
              any |= operand.isNullable();
            }
            yield any;
          }
        };
    return types.createTypeWithNullability(type, nullable);
  }

  /// DATE_TRUNC names its unit first; the value whose type it keeps comes second.
  private static int firstValue(ScalarFunction signature) {
    return signature.name().equals("DATE_TRUNC") ? 1 : 0;
  }

  /// TIMESTAMP_ADD: a DATE stays one if whole days are added.
  private static RelDataType stated(
      ScalarFunction signature, RelDataTypeFactory types, SqlOperatorBinding binding) {
    if (signature.name().equals("TIMESTAMP_ADD")) {
      boolean wholeDays = TimeUnits.isWholeDays(binding.getOperandLiteralValue(0, String.class));
      return wholeDays && binding.getOperandType(2).getSqlTypeName() == SqlTypeName.DATE
          ? types.createSqlType(SqlTypeName.DATE)
          : types.createSqlType(SqlTypeName.TIMESTAMP, 3);
    }
    if (signature.name().equals("EXTRACT")) {
      String field = binding.getOperandLiteralValue(0, String.class);
      boolean seconds = field != null && field.strip().equalsIgnoreCase("EPOCH");
      return types.createSqlType(seconds ? SqlTypeName.DOUBLE : SqlTypeName.BIGINT);
    }
    if (signature.name().equals("ARRAY_PREPEND")) {
      return extended(types, binding.getOperandType(1), binding.getOperandType(0));
    }
    if (signature.name().equals("ARRAY_APPEND")) {
      return extended(types, binding.getOperandType(0), binding.getOperandType(1));
    }
    if (signature.name().equals("DATETIMECONVERT")) {
      String output = binding.getOperandLiteralValue(2, String.class);
      boolean text = output == null || output.toUpperCase(Locale.ROOT).contains("SIMPLE_DATE");
      return Types.relType(text ? ColumnType.STRING : ColumnType.LONG, true);
    }
    if (signature.name().equals("JSON_EXTRACT_SCALAR")) {
      String name =
          binding.getOperandCount() > 2 ? binding.getOperandLiteralValue(2, String.class) : null;
      return Types.relType(name == null ? ColumnType.STRING : jsonType(name), true);
    }
    return common(types, binding);
  }

  /// The type that the third argument of JSON_EXTRACT_SCALAR names.
  public static ColumnType jsonType(String name) {
    for (DataType type : DataType.values()) {
      if (type.name().equalsIgnoreCase(name.strip())) {
        return ColumnType.of(type);
      }
    }
    throw new CuveeException(
        ErrorCode.FEATURE_NOT_SUPPORTED,
        "JSON_EXTRACT_SCALAR: '"
            + name
            + "' is not a type that it can give. Use INT, LONG, FLOAT, DOUBLE, BIG_DECIMAL,"
            + " BOOLEAN, TIMESTAMP, DATE, STRING or JSON.");
  }

  private static RelDataType common(RelDataTypeFactory types, SqlOperatorBinding binding) {
    List<RelDataType> operands = new ArrayList<>();
    List<RelDataType> given = binding.collectOperandTypes();
    boolean isArray = given.stream().anyMatch(type -> type.getComponentType() != null);
    for (RelDataType operand : given) {
      // An array and NULL have a common type.
      if (!isArray || operand.getSqlTypeName() != SqlTypeName.NULL) {
        operands.add(widened(types, operand));
      }
    }
    RelDataType common = types.leastRestrictive(operands);
    if (common == null) {
      throw binding.newError(
          org.apache.calcite.runtime.Resources.create(IncompatibleArguments.class)
              .incompatibleArguments(binding.getOperator().getName()));
    }
    return common;
  }

  /// The type of an array, which may be NULL, with one more element.
  private static RelDataType extended(
      RelDataTypeFactory types, RelDataType array, RelDataType value) {
    RelDataType element = array.getComponentType();
    if (element == null) {
      return types.createArrayType(widened(types, value), -1);
    }
    RelDataType common =
        value.getSqlTypeName() == SqlTypeName.NULL
            ? null
            : types.leastRestrictive(List.of(element, widened(types, value)));
    return common == null
        ? array
        : types.createArrayType(types.createTypeWithNullability(common, element.isNullable()), -1);
  }

  /// The message of arguments that have no common type.
  public interface IncompatibleArguments {
    @org.apache.calcite.runtime.Resources.BaseMessage("The arguments of {0} have no common type")
    org.apache.calcite.runtime.Resources.ExInst<
            org.apache.calcite.sql.validate.SqlValidatorException>
        incompatibleArguments(String function);
  }

  private static RelDataType widened(RelDataTypeFactory types, RelDataType type) {
    return SqlTypeUtil.inCharFamily(type)
        ? types.createTypeWithNullability(
            types.createSqlType(SqlTypeName.VARCHAR), type.isNullable())
        : type;
  }
}
