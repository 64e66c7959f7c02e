package io.cuvee.calcite.operator;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.function.ScalarFunction;
import io.cuvee.common.function.ScalarFunctions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlBasicFunction;
import org.apache.calcite.sql.SqlCallBinding;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperandCountRange;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.fun.SqlBasicAggFunction;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlOperandCountRanges;
import org.apache.calcite.sql.type.SqlOperandTypeChecker;
import org.apache.calcite.sql.type.SqlTypeFamily;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SqlNameMatcher;
import org.jspecify.annotations.Nullable;

/// All that statements may call: SQL's own operators, our scalar functions by name and alias,
/// aggregates, window functions.
public final class OperatorTable {
  /// Of our functions that SQL's grammar also has forms for, those whose plain call is left to
  /// Calcite's operator.
  private static final Set<String> LEFT_TO_CALCITE =
      Set.of(
          "AND",
          "OR",
          "NOT",
          "IS_TRUE",
          "IS_FALSE",
          "IS_NOT_TRUE",
          "IS_NOT_FALSE",
          "IS_NULL",
          "IS_NOT_NULL",
          "EQ",
          "NE",
          "LT",
          "LE",
          "GT",
          "GE",
          "IS_DISTINCT_FROM",
          "IS_NOT_DISTINCT_FROM",
          "IN",
          "BETWEEN",
          "LIKE",
          "ILIKE",
          "PLUS",
          "MINUS",
          "TIMES",
          "DIVIDE",
          "NEGATE",
          "CASE",
          "CAST",
          "TRY_CAST",
          "ARRAY",
          "ITEM",
          "FLOOR",
          "CEIL",
          "TRIM",
          "SUBSTRING",
          "POSITION",
          "OVERLAY");

  /// Further names of our functions, beside the aliases that they declare.
  private static final Map<String, String> ALIASES =
      Map.ofEntries(
          Map.entry("IFNULL", "COALESCE"),
          Map.entry("NVL", "COALESCE"),
          Map.entry("POW", "POWER"),
          Map.entry("CHARACTER_LENGTH", "CHAR_LENGTH"),
          Map.entry("LENGTH", "CHAR_LENGTH"),
          Map.entry("LEN", "CHAR_LENGTH"),
          Map.entry("UCASE", "UPPER"),
          Map.entry("LCASE", "LOWER"),
          Map.entry("DATEPART", "EXTRACT"),
          Map.entry("DATE_PART", "EXTRACT"),
          Map.entry("ARRAYLENGTH", "CARDINALITY"),
          Map.entry("ARRAY_LENGTH", "CARDINALITY"),
          Map.entry("JSONEXTRACTSCALAR", "JSON_EXTRACT_SCALAR"),
          Map.entry("TRUNC", "TRUNCATE"),
          Map.entry("STR_REPLACE", "REPLACE"));

  /// Current time as functions with parentheses.
  public static final SqlFunction NOW =
      SqlBasicFunction.create(
              "NOW",
              ReturnTypes.explicit(SqlTypeName.TIMESTAMP, 3),
              OperandTypes.NILADIC,
              SqlFunctionCategory.TIMEDATE)
          .withDynamic(true);

  /// Canonical names of aggregates by the names that Calcite's operators have.
  private static final Map<String, String> AGGREGATE_NAMES =
      Map.ofEntries(
          Map.entry("COUNT", AggregateFunctions.COUNT),
          Map.entry("APPROX_COUNT_DISTINCT", AggregateFunctions.COUNT),
          Map.entry("SUM", AggregateFunctions.SUM),
          Map.entry("MIN", AggregateFunctions.MIN),
          Map.entry("MAX", AggregateFunctions.MAX),
          Map.entry("AVG", AggregateFunctions.AVG),
          Map.entry("VAR_POP", AggregateFunctions.VAR_POP),
          Map.entry("VAR_SAMP", AggregateFunctions.VAR_SAMP),
          Map.entry("VARIANCE", AggregateFunctions.VAR_SAMP),
          Map.entry("STDDEV_POP", AggregateFunctions.STDDEV_POP),
          Map.entry("STDDEV_SAMP", AggregateFunctions.STDDEV_SAMP),
          Map.entry("STDDEV", AggregateFunctions.STDDEV_SAMP),
          Map.entry("ANY_VALUE", AggregateFunctions.ANY_VALUE),
          Map.entry("BOOL_AND", AggregateFunctions.BOOL_AND),
          Map.entry("EVERY", AggregateFunctions.BOOL_AND),
          Map.entry("BOOL_OR", AggregateFunctions.BOOL_OR),
          Map.entry("SINGLE_VALUE", AggregateFunctions.SINGLE_VALUE),
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

  private static final Map<String, NamedFunction> FUNCTIONS = functions();

  /// The table for validators.
  public static final SqlOperatorTable INSTANCE = new ByName(operators());

  private OperatorTable() {}

  /// Our function of this name or alias, in any case; absent for what is left to Calcite's
  /// operators.
  public static Optional<NamedFunction> function(String name) {
    return Optional.ofNullable(FUNCTIONS.get(name.toUpperCase(Locale.ROOT)));
  }

  /// The canonical name of an aggregate, or absent if we have none.
  public static Optional<String> aggregate(SqlOperator operator) {
    return Optional.ofNullable(AGGREGATE_NAMES.get(operator.getName()));
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

  /// The names of all functions, for suggestions.
  public static Collection<String> names() {
    Set<String> names = new TreeSet<>();
    for (SqlOperator operator : INSTANCE.getOperatorList()) {
      if (operator instanceof SqlFunction && !operator.getName().startsWith("$")) {
        names.add(operator.getName());
      }
    }
    return names;
  }

  private static Map<String, NamedFunction> functions() {
    Map<String, NamedFunction> functions = new HashMap<>();
    for (ScalarFunction function : ScalarFunctions.ALL) {
      if (!LEFT_TO_CALCITE.contains(function.name())) {
        functions.put(function.name(), new NamedFunction(function.name(), function));
        for (String alias : function.aliases()) {
          functions.put(alias, new NamedFunction(alias, function));
        }
      }
    }
    ALIASES.forEach((alias, name) ->
        ScalarFunctions.find(name)
            .ifPresent(
                function -> functions.putIfAbsent(alias, new NamedFunction(alias, function))));
    return Map.copyOf(functions);
  }

  private static List<SqlOperator> operators() {
    List<SqlOperator> operators = new ArrayList<>(FUNCTIONS.values());
    for (SqlOperator operator : SqlStdOperatorTable.instance().getOperatorList()) {
      if (!(operator instanceof SqlFunction)) {
        operators.add(operator);
      }
    }
    operators.addAll(
        List.of(
            SqlStdOperatorTable.CAST,
            SqlLibraryOperators.TRY_CAST,
            SqlLibraryOperators.SAFE_CAST,
            SqlLibraryOperators.INFIX_CAST,
            SqlLibraryOperators.ILIKE,
            SqlLibraryOperators.NOT_ILIKE,
            SqlLibraryOperators.RLIKE,
            SqlLibraryOperators.NOT_RLIKE,
            SqlLibraryOperators.NULL_SAFE_EQUAL,
            SqlStdOperatorTable.FLOOR,
            SqlStdOperatorTable.CEIL,
            SqlStdOperatorTable.TRIM,
            SqlStdOperatorTable.SUBSTRING,
            SqlStdOperatorTable.POSITION,
            SqlStdOperatorTable.OVERLAY,
            SqlStdOperatorTable.CURRENT_TIMESTAMP,
            SqlStdOperatorTable.CURRENT_DATE,
            SqlStdOperatorTable.LOCALTIMESTAMP,
            // Known, so that the message says what is wrong with them.
            SqlStdOperatorTable.CURRENT_TIME,
            SqlStdOperatorTable.LOCALTIME,
            NOW));
    operators.addAll(aggregates());
    operators.addAll(
        List.of(
            SqlStdOperatorTable.GROUPING,
            SqlStdOperatorTable.GROUPING_ID,
            SqlStdOperatorTable.GROUP_ID,
            SqlStdOperatorTable.ROW_NUMBER,
            SqlStdOperatorTable.RANK,
            SqlStdOperatorTable.DENSE_RANK,
            SqlStdOperatorTable.PERCENT_RANK,
            SqlStdOperatorTable.CUME_DIST,
            SqlStdOperatorTable.NTILE,
            SqlStdOperatorTable.LAG,
            SqlStdOperatorTable.LEAD,
            SqlStdOperatorTable.FIRST_VALUE,
            SqlStdOperatorTable.LAST_VALUE,
            SqlStdOperatorTable.NTH_VALUE));
    return operators;
  }

  private static List<SqlAggFunction> aggregates() {
    List<SqlAggFunction> aggregates =
        new ArrayList<>(
            List.of(
                SqlStdOperatorTable.COUNT,
                SqlStdOperatorTable.SUM,
                SqlStdOperatorTable.SUM0,
                SqlStdOperatorTable.MIN,
                SqlStdOperatorTable.MAX,
                SqlStdOperatorTable.AVG,
                SqlStdOperatorTable.ANY_VALUE,
                SqlStdOperatorTable.SINGLE_VALUE,
                SqlStdOperatorTable.APPROX_COUNT_DISTINCT));
    // Their results are DOUBLE whatever the argument is.
    for (SqlKind kind :
        List.of(SqlKind.VAR_POP, SqlKind.VAR_SAMP, SqlKind.STDDEV_POP, SqlKind.STDDEV_SAMP)) {
      aggregates.add(deviation(kind.name(), kind));
    }
    aggregates.add(deviation("VARIANCE", SqlKind.VAR_SAMP));
    aggregates.add(deviation("STDDEV", SqlKind.STDDEV_SAMP));
    for (String name : List.of("BOOL_AND", "BOOL_OR", "EVERY")) {
      aggregates.add(
          SqlBasicAggFunction.create(
              name,
              SqlKind.OTHER_FUNCTION,
              ReturnTypes.BOOLEAN_FORCE_NULLABLE,
              OperandTypes.BOOLEAN));
    }
    aggregates.addAll(OF_ELEMENTS.values());
    return aggregates;
  }

  private static SqlAggFunction deviation(String name, SqlKind kind) {
    return SqlBasicAggFunction.create(
        name,
        kind,
        ReturnTypes.DOUBLE.andThen(org.apache.calcite.sql.type.SqlTypeTransforms.FORCE_NULLABLE),
        OperandTypes.NUMERIC);
  }

  /// Finds operators by name, in any case. Other than Calcite's own lists, it finds functions with
  /// a syntax of their own, as COUNT(*), by their plain name too.
  private static final class ByName implements SqlOperatorTable {
    private final List<SqlOperator> operators;
    private final Map<String, List<SqlOperator>> byName = new HashMap<>();

    ByName(List<SqlOperator> operators) {
      this.operators = List.copyOf(operators);
      for (SqlOperator operator : operators) {
        byName
            .computeIfAbsent(operator.getName().toUpperCase(Locale.ROOT), name -> new ArrayList<>())
            .add(operator);
      }
    }

    @Override
    public void lookupOperatorOverloads(
        SqlIdentifier name,
        @Nullable SqlFunctionCategory category,
        SqlSyntax syntax,
        List<SqlOperator> found,
        SqlNameMatcher matcher) {
      if (!name.isSimple()) {
        return;
      }
      List<SqlOperator> named =
          byName.getOrDefault(name.getSimple().toUpperCase(Locale.ROOT), List.of());
      for (SqlOperator operator : named) {
        boolean function = syntax.family == SqlSyntax.FUNCTION && operator instanceof SqlFunction;
        if (function || operator.getSyntax().family == syntax.family) {
          found.add(operator);
        }
      }
    }

    @Override
    public List<SqlOperator> getOperatorList() {
      return operators;
    }
  }
}
