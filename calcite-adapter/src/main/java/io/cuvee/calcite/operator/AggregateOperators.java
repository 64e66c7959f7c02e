package io.cuvee.calcite.operator;

import io.cuvee.calcite.catalog.Types;
import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.function.AggregateReference;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorBinding;
import org.apache.calcite.sql.fun.SqlBasicAggFunction;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlReturnTypeInference;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeTransforms;

/// The aggregates that statements may call.
public final class AggregateOperators {
  /// Canonical names of those aggregates whose operators are called something else.
  private static final Map<String, String> CANONICAL =
      Map.ofEntries(
          Map.entry("VARIANCE", AggregateFunctions.VAR_SAMP),
          Map.entry("STDDEV", AggregateFunctions.STDDEV_SAMP),
          Map.entry("EVERY", AggregateFunctions.BOOL_AND),
          Map.entry("SUMMV", AggregateFunctions.SUM),
          Map.entry("AVGMV", AggregateFunctions.AVG),
          Map.entry("MINMV", AggregateFunctions.MIN),
          Map.entry("MAXMV", AggregateFunctions.MAX));

  /// Aggregates of the elements of arrays, by the names that Pinot has for them.
  private static final Map<String, SqlAggFunction> OF_ELEMENTS =
      Map.of(
          "SUM", ofElements("SUMMV", SqlTypeFamily.NUMERIC),
          "AVG", ofElements("AVGMV", SqlTypeFamily.NUMERIC),
          "MIN", ofElements("MINMV", SqlTypeFamily.ANY),
          "MAX", ofElements("MAXMV", SqlTypeFamily.ANY));

  private static final SqlReturnTypeInference NULLABLE_DOUBLE =
      ReturnTypes.DOUBLE.andThen(SqlTypeTransforms.FORCE_NULLABLE);

  /// The type of the first argument, or of its elements if it is an array.
  private static final SqlReturnTypeInference FIRST_ELEMENT =
      binding -> {
        RelDataType type = binding.getOperandType(0);
        RelDataType element = type.getComponentType();
        return binding
            .getTypeFactory()
            .createTypeWithNullability(element == null ? type : element, true);
      };

  private static final List<SqlAggFunction> ALL = operators();

  private AggregateOperators() {}

  static List<SqlAggFunction> all() {
    return ALL;
  }

  /// Operators by names other than their own, in capitals.
  static Map<String, SqlAggFunction> aliases() {
    Map<String, SqlAggFunction> byName = new HashMap<>();
    ALL.forEach(operator -> byName.put(operator.getName(), operator));
    Map<String, SqlAggFunction> aliases = new HashMap<>();
    for (AggregateReference aggregate : AggregateReference.ALL) {
      SqlAggFunction operator = byName.get(aggregate.name());
      if (operator != null) {
        for (String alias : aggregate.aliases()) {
          if (!byName.containsKey(alias)) {
            aliases.put(alias, operator);
          }
        }
      }
    }
    return aliases;
  }

  /// The operator of a canonical name.
  public static SqlAggFunction of(String name) {
    return ALL.stream()
        .filter(operator -> operator.getName().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /// The canonical name of an aggregate, or absent if we have none.
  public static Optional<String> canonical(SqlOperator operator) {
    String name = operator.getName();
    return AggregateFunctions.ALL.contains(name)
        ? Optional.of(name)
        : Optional.ofNullable(CANONICAL.get(name));
  }

  /// The form of an aggregate that takes each element of an array as a value, absent if it has
  /// none.
  public static Optional<SqlAggFunction> ofElements(SqlAggFunction function) {
    return Optional.ofNullable(OF_ELEMENTS.get(function.getName()));
  }

  private static SqlAggFunction ofElements(String name, SqlTypeFamily elements) {
    return SqlBasicAggFunction.create(
        name,
        SqlKind.OTHER_FUNCTION,
        binding -> {
          RelDataTypeFactory types = binding.getTypeFactory();
          RelDataType element =
              Objects.requireNonNull(binding.getOperandType(0).getComponentType());
          RelDataType result =
              switch (name) {
                case "SUMMV" -> types.getTypeSystem().deriveSumType(types, element);
                case "AVGMV" -> types.getTypeSystem().deriveAvgAggType(types, element);
                default -> element;
              };
          return types.createTypeWithNullability(result, true);
        },
        new ElementsChecker(elements));
  }

  /// Takes an array whose elements are of one family.
  private record ElementsChecker(SqlTypeFamily elements) implements SqlOperandTypeChecker {
    @Override
    public boolean checkOperandTypes(SqlCallBinding binding, boolean throwOnFailure) {
      RelDataType element = binding.getOperandType(0).getComponentType();
      boolean fits =
          element != null
              && (elements == SqlTypeFamily.ANY
                  || elements.getTypeNames().contains(element.getSqlTypeName()));
      if (!fits && throwOnFailure) {
        throw binding.newValidationSignatureError();
      }
      return fits;
    }

    @Override
    public SqlOperandCountRange getOperandCountRange() {
      return SqlOperandCountRanges.of(1);
    }

    @Override
    public String getAllowedSignatures(SqlOperator operator, String name) {
      return name + "(" + (elements == SqlTypeFamily.ANY ? "" : elements + " ") + "ARRAY)";
    }
  }

  private static List<SqlAggFunction> operators() {
    List<SqlAggFunction> operators =
        new ArrayList<>(
            List.of(
                SqlStdOperatorTable.COUNT,
                SqlStdOperatorTable.SUM,
                SqlStdOperatorTable.SUM0,
                SqlStdOperatorTable.MIN,
                SqlStdOperatorTable.MAX,
                SqlStdOperatorTable.AVG,
                SqlStdOperatorTable.ANY_VALUE,
                SqlStdOperatorTable.SINGLE_VALUE));
    // Their results are DOUBLE whatever the argument is.
    for (SqlKind kind :
        List.of(SqlKind.VAR_POP, SqlKind.VAR_SAMP, SqlKind.STDDEV_POP, SqlKind.STDDEV_SAMP)) {
      operators.add(deviation(kind.name(), kind));
    }
    operators.add(deviation("VARIANCE", SqlKind.VAR_SAMP));
    operators.add(deviation("STDDEV", SqlKind.STDDEV_SAMP));
    for (String name : List.of("BOOL_AND", "BOOL_OR", "EVERY")) {
      operators.add(own(name, ReturnTypes.BOOLEAN_FORCE_NULLABLE, OperandTypes.BOOLEAN));
    }
    for (String name :
        List.of(
            AggregateFunctions.SKEWNESS,
            AggregateFunctions.KURTOSIS,
            AggregateFunctions.KURTOSIS_POP,
            AggregateFunctions.MINMAXRANGE)) {
      operators.add(own(name, NULLABLE_DOUBLE, orElements(SqlTypeFamily.NUMERIC)));
    }
    for (String name :
        List.of(
            AggregateFunctions.COVAR_POP,
            AggregateFunctions.COVAR_SAMP,
            AggregateFunctions.CORR,
            AggregateFunctions.REGR_SLOPE,
            AggregateFunctions.REGR_INTERCEPT,
            AggregateFunctions.REGR_R2,
            AggregateFunctions.REGR_AVGX,
            AggregateFunctions.REGR_AVGY,
            AggregateFunctions.REGR_SXX,
            AggregateFunctions.REGR_SYY,
            AggregateFunctions.REGR_SXY)) {
      operators.add(own(name, NULLABLE_DOUBLE, OperandTypes.NUMERIC_NUMERIC));
    }
    operators.add(
        own(AggregateFunctions.REGR_COUNT, ReturnTypes.BIGINT, OperandTypes.NUMERIC_NUMERIC));
    for (String name :
        List.of(
            AggregateFunctions.BIT_AND, AggregateFunctions.BIT_OR, AggregateFunctions.BIT_XOR)) {
      operators.add(own(name, FIRST_ELEMENT, orElements(SqlTypeFamily.INTEGER)));
    }
    for (String name : List.of(AggregateFunctions.ARG_MIN, AggregateFunctions.ARG_MAX)) {
      operators.add(
          own(
              name,
              ReturnTypes.ARG0.andThen(SqlTypeTransforms.FORCE_NULLABLE),
              OperandTypes.ANY_ANY));
    }
    operators.add(
        own(AggregateFunctions.MODE, FIRST_ELEMENT, OperandTypes.family(SqlTypeFamily.ANY)));
    operators.add(
        own(
            AggregateFunctions.QUANTILE_DISC,
            FIRST_ELEMENT,
            OperandTypes.family(SqlTypeFamily.ANY, SqlTypeFamily.NUMERIC, SqlTypeFamily.BOOLEAN)));
    operators.add(
        own(
            AggregateFunctions.QUANTILE_CONT,
            FIRST_ELEMENT.andThen(AggregateOperators::interpolated),
            OperandTypes.or(
                numbers(SqlTypeFamily.NUMERIC, SqlTypeFamily.BOOLEAN),
                OperandTypes.family(
                    SqlTypeFamily.DATETIME, SqlTypeFamily.NUMERIC, SqlTypeFamily.BOOLEAN))));
    operators.add(
        own(AggregateFunctions.PERCENTILE, NULLABLE_DOUBLE, numbers(SqlTypeFamily.NUMERIC)));
    operators.add(own(AggregateFunctions.MAD, NULLABLE_DOUBLE, numbers()));
    SqlOperandTypeChecker any = OperandTypes.family(SqlTypeFamily.ANY);
    operators.add(own(AggregateFunctions.ENTROPY, NULLABLE_DOUBLE, any));
    operators.add(
        own(AggregateFunctions.HISTOGRAM, binding -> Types.relType(ColumnType.STRING, true), any));
    operators.add(
        own(
            AggregateFunctions.TOP_VALUES,
            FIRST_ELEMENT
                .andThen(SqlTypeTransforms.TO_ARRAY)
                .andThen(SqlTypeTransforms.FORCE_NULLABLE),
            OperandTypes.family(SqlTypeFamily.ANY, SqlTypeFamily.INTEGER)));
    operators.add(
        own(
            AggregateFunctions.ARRAY_AGG,
            FIRST_ELEMENT
                .andThen(SqlTypeTransforms.TO_ARRAY)
                .andThen(SqlTypeTransforms.FORCE_NULLABLE),
            OperandTypes.VARIADIC));
    operators.add(
        own(
            AggregateFunctions.STRING_AGG,
            binding -> Types.relType(ColumnType.STRING, true),
            OperandTypes.VARIADIC));
    SqlOperandTypeChecker sized = OperandTypes.family(SqlTypeFamily.ANY, SqlTypeFamily.INTEGER);
    for (String name :
        List.of(
            AggregateFunctions.APPROX_COUNT_DISTINCT,
            AggregateFunctions.DISTINCTCOUNTTHETASKETCH)) {
      operators.add(own(name, ReturnTypes.BIGINT, sized));
    }
    for (String name :
        List.of(
            AggregateFunctions.DISTINCTCOUNTRAWHLL,
            AggregateFunctions.DISTINCTCOUNTRAWTHETASKETCH)) {
      operators.add(own(name, binding -> Types.relType(ColumnType.BYTES, true), sized));
    }
    operators.add(
        own(
            AggregateFunctions.PERCENTILERAWKLL,
            binding -> Types.relType(ColumnType.BYTES, true),
            numbers(SqlTypeFamily.INTEGER)));
    operators.add(
        own(
            AggregateFunctions.APPROX_PERCENTILE,
            NULLABLE_DOUBLE,
            numbers(SqlTypeFamily.NUMERIC, SqlTypeFamily.INTEGER)));
    operators.addAll(OF_ELEMENTS.values());
    return List.copyOf(operators);
  }

  /// Takes a number or an array, and constants.
  private static SqlOperandTypeChecker numbers(SqlTypeFamily... constants) {
    List<SqlTypeFamily> number = new ArrayList<>(List.of(constants));
    List<SqlTypeFamily> array = new ArrayList<>(number);
    number.addFirst(SqlTypeFamily.NUMERIC);
    array.addFirst(SqlTypeFamily.ARRAY);
    return OperandTypes.or(OperandTypes.family(number), OperandTypes.family(array));
  }

  /// What lies between two values of a type: a DOUBLE between integers, a TIMESTAMP between days.
  private static RelDataType interpolated(SqlOperatorBinding binding, RelDataType type) {
    RelDataTypeFactory types = binding.getTypeFactory();
    return switch (type.getSqlTypeName()) {
      case DECIMAL, TIMESTAMP -> type;
      case DATE ->
          types.createTypeWithNullability(types.createSqlType(SqlTypeName.TIMESTAMP, 3), true);
      default -> types.createTypeWithNullability(types.createSqlType(SqlTypeName.DOUBLE), true);
    };
  }

  private static SqlOperandTypeChecker orElements(SqlTypeFamily family) {
    return OperandTypes.or(OperandTypes.family(family), new ElementsChecker(family));
  }

  private static SqlAggFunction own(
      String name, SqlReturnTypeInference type, SqlOperandTypeChecker arguments) {
    return SqlBasicAggFunction.create(
        name.toUpperCase(Locale.ROOT), SqlKind.OTHER_FUNCTION, type, arguments);
  }

  private static SqlAggFunction deviation(String name, SqlKind kind) {
    return SqlBasicAggFunction.create(name, kind, NULLABLE_DOUBLE, OperandTypes.NUMERIC);
  }
}
