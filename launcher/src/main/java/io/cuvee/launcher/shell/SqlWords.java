package io.cuvee.launcher.shell;

import io.cuvee.common.function.AggregateReference;
import io.cuvee.common.function.DerivedFunction;
import io.cuvee.common.function.ScalarFunction;
import io.cuvee.common.function.ScalarFunctions;
import io.cuvee.common.function.WindowFunctions;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/// The words of SQL that are the same in every database.
final class SqlWords {
  /// In upper case.
  static final Set<String> KEYWORDS =
      Set.copyOf(
          List.of(
              ("ALL ANALYZE AND ANTI ANY ARRAY AS ASC ASOF BETWEEN BIGINT BOOLEAN BY CASE CAST"
                      + " COLUMNS CREATE CROSS CUBE CURRENT DATE DECIMAL DESC DESCRIBE DISTINCT DOUBLE"
                      + " DROP ELSE END EXCEPT EXCLUDE EXISTS EXPLAIN EXTRACT FALSE FETCH FILTER FIRST"
                      + " FOLLOWING FOR FROM FULL FUNCTIONS GROUP GROUPING HAVING ILIKE IN INNER"
                      + " INTEGER INTERSECT INTERVAL INTO IS JOIN KILL LAST LATERAL LEFT LIKE LIMIT"
                      + " NATURAL NOT NULL NULLS OFFSET ON ONLY OR ORDER OUTER OVER PARTITION PLAN"
                      + " PRECEDING QUALIFY QUERIES QUERY RANGE REAL RIGHT ROLLUP ROW ROWS SEGMENTS"
                      + " SELECT SEMI SERVERS SETS SETTINGS SHOW SIMILAR SOME TABLE TABLES THEN"
                      + " TIMESTAMP TRUE UNBOUNDED UNION UNNEST USING UUID VALUES VARBINARY VARCHAR"
                      + " WHEN WHERE WINDOW WITH WITHIN")
                  .split(" ")));

  /// Those that are no names without quotes, in upper case.
  static final Set<String> RESERVED =
      Set.of(
          ("ALL AND ANY ARRAY AS BETWEEN BY CASE CAST CROSS DISTINCT ELSE END EXCEPT EXISTS FALSE"
                  + " FETCH FOR FROM FULL GROUP HAVING IN INNER INTERSECT INTERVAL INTO IS JOIN"
                  + " LATERAL LEFT LIKE LIMIT NATURAL NOT NULL OFFSET ON OR ORDER OUTER OVER PARTITION"
                  + " QUALIFY RIGHT ROW SELECT SOME TABLE THEN TRUE UNION UNNEST USING VALUES WHEN"
                  + " WHERE WINDOW WITH")
              .split(" "));

  /// In upper case, with their aliases.
  static final Set<String> FUNCTIONS = functions();

  private SqlWords() {}

  private static Set<String> functions() {
    Set<String> names = new TreeSet<>();
    for (ScalarFunction function : ScalarFunctions.ALL) {
      if (!function.operator()) {
        names.add(function.name().toUpperCase(Locale.ROOT));
        function.aliases().forEach(alias -> names.add(alias.toUpperCase(Locale.ROOT)));
      }
    }
    for (DerivedFunction function : DerivedFunction.ALL) {
      names.add(function.name());
      names.addAll(function.aliases());
    }
    AggregateReference.ALL.forEach(function -> names.add(function.name().toUpperCase(Locale.ROOT)));
    WindowFunctions.ALL.forEach(name -> names.add(name.toUpperCase(Locale.ROOT)));
    return Set.copyOf(names);
  }
}
