package io.cuvee.calcite.operator;

import io.cuvee.common.function.AggregateReference;
import io.cuvee.common.function.DerivedFunction;
import io.cuvee.common.function.ScalarFunction;
import io.cuvee.common.function.ScalarFunctions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.calcite.sql.SqlBasicFunction;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOperatorTable;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.type.OperandTypes;
import org.apache.calcite.sql.type.ReturnTypes;
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
          "SIMILAR_TO",
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
          Map.entry("BTRIM", "TRIM"),
          Map.entry("MONTHOFYEAR", "MONTH"),
          Map.entry("MONTH_OF_YEAR", "MONTH"),
          Map.entry("CODEPOINT", "ASCII"),
          Map.entry("LEFTSUBSTR", "LEFT"),
          Map.entry("RIGHTSUBSTR", "RIGHT"),
          Map.entry("ARRAYCONTAINSINT", "ARRAY_CONTAINS"),
          Map.entry("ARRAYCONTAINSSTRING", "ARRAY_CONTAINS"),
          Map.entry("ARRAYELEMENTATINT", "ITEM"),
          Map.entry("ARRAYELEMENTATLONG", "ITEM"),
          Map.entry("ARRAYELEMENTATDOUBLE", "ITEM"),
          Map.entry("ARRAYELEMENTATSTRING", "ITEM"),
          Map.entry("ARRAYTOSTRING", "ARRAY_TO_STRING"),
          Map.entry("INSTR", "STRPOS"),
          Map.entry("PREFIX", "STARTS_WITH"),
          Map.entry("SUFFIX", "ENDS_WITH"),
          Map.entry("UNICODE", "ASCII"),
          Map.entry("ORD", "ASCII"),
          Map.entry("ROUNDDECIMAL", "ROUND"),
          Map.entry("REGEXP_MATCHES", "REGEXP_LIKE"),
          Map.entry("LIST_CONTAINS", "ARRAY_CONTAINS"),
          Map.entry("LIST_HAS", "ARRAY_CONTAINS"),
          Map.entry("ARRAY_HAS", "ARRAY_CONTAINS"),
          Map.entry("ARRAY_JOIN", "ARRAY_TO_STRING"),
          Map.entry("LIST_EXTRACT", "ITEM"),
          Map.entry("LIST_ELEMENT", "ITEM"),
          Map.entry("ELEMENT_AT", "ITEM"),
          Map.entry("ARRAY_EXTRACT", "ITEM"),
          Map.entry("STR_REPLACE", "REPLACE"));

  /// Current time as functions with parentheses.
  public static final SqlFunction NOW =
      SqlBasicFunction.create(
              "NOW",
              ReturnTypes.explicit(SqlTypeName.TIMESTAMP, 3),
              OperandTypes.NILADIC,
              SqlFunctionCategory.TIMEDATE)
          .withDynamic(true);

  private static final Map<String, NamedFunction> FUNCTIONS = functions();

  /// The table for validators.
  public static final SqlOperatorTable INSTANCE = new ByName(operators());

  private static final Set<String> NAMES = known();

  /// The same names by what is left of them without underscores.
  private static final Map<String, String> BY_LETTERS =
      NAMES.stream()
          .collect(
              Collectors.toUnmodifiableMap(
                  OperatorTable::letters, name -> name, (first, second) -> first));

  private OperatorTable() {}

  /// Our function of this name or alias, in any case; absent for what is left to Calcite's
  /// operators.
  public static Optional<NamedFunction> function(String name) {
    return Optional.ofNullable(FUNCTIONS.get(name.toUpperCase(Locale.ROOT)));
  }

  /// The name under which a function is known, which may have underscores elsewhere: Pinot knows
  /// them without. A name that is not known stays, but for the underscores.
  ///
  /// @param name in capitals
  public static String known(String name) {
    String letters = letters(name);
    return NAMES.contains(name) ? name : BY_LETTERS.getOrDefault(letters, letters);
  }

  private static String letters(String name) {
    return name.replace("_", "");
  }

  private static Set<String> known() {
    Set<String> known = new TreeSet<>(names());
    known.addAll(FUNCTIONS.keySet());
    return Set.copyOf(known);
  }

  /// The names of all functions, for suggestions.
  public static Collection<String> names() {
    Set<String> names = new TreeSet<>();
    for (AggregateReference aggregate : AggregateReference.ALL) {
      names.add(aggregate.name());
      names.addAll(aggregate.aliases());
    }
    for (DerivedFunction function : DerivedFunction.ALL) {
      names.add(function.name());
      names.addAll(function.aliases());
    }
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
    operators.addAll(AggregateOperators.all());
    operators.addAll(RankOperators.all());
    operators.addAll(
        List.of(
            SqlStdOperatorTable.GROUPING,
            SqlStdOperatorTable.GROUPING_ID,
            SqlStdOperatorTable.GROUP_ID,
            SqlStdOperatorTable.NTILE,
            SqlStdOperatorTable.FIRST_VALUE,
            SqlStdOperatorTable.LAST_VALUE,
            SqlStdOperatorTable.NTH_VALUE));
    return operators;
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
      AggregateOperators.aliases()
          .forEach((alias, operator) ->
              byName.computeIfAbsent(alias, name -> new ArrayList<>()).add(operator));
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
