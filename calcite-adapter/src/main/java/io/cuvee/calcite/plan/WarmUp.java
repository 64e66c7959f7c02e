package io.cuvee.calcite.plan;

import io.cuvee.calcite.catalog.SchemaTree;
import io.cuvee.calcite.parser.StatementScan;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.error.CuveeException;
import java.util.ArrayList;
import java.util.List;

/// Plans made-up statements, so that the planner's code is compiled.
final class WarmUp {
  private WarmUp() {}

  static void run(Catalog catalog, int rounds, SchemaTree schemas, PlanningThreads threads) {
    List<String> statements = statements(catalog);
    for (int round = 0; round < rounds; round++) {
      String sql = statements.get(round % statements.size());
      threads.run(() -> {
        try {
          var statement = StatementScan.scan(sql, 100, 1000);
          return Compiler.compileShape(statement, schemas).isPresent();
        } catch (CuveeException unfit) {
          // A column's type may not suit the statement; the code ran all the same.
          return false;
        }
      });
    }
  }

  private static List<String> statements(Catalog catalog) {
    List<String> statements = new ArrayList<>();
    statements.add("SELECT 1");
    for (Catalog.Table table : catalog.tables().stream().limit(20).toList()) {
      String name = quoted(table.name());
      List<String> texts = new ArrayList<>();
      List<String> numbers = new ArrayList<>();
      for (Catalog.TableColumn column : table.columns()) {
        if (!column.type().isArray() && column.type().dataType().isNumeric()) {
          numbers.add(quoted(column.name()));
        } else if (!column.type().isArray() && column.type().dataType().isText()) {
          texts.add(quoted(column.name()));
        }
      }
      String any = quoted(table.columns().getFirst().name());
      String text = texts.isEmpty() ? any : texts.getFirst();
      String number = numbers.isEmpty() ? any : numbers.getFirst();
      statements.add("SELECT COUNT(*) FROM " + name);
      statements.add("SELECT * FROM " + name + " LIMIT 10");
      statements.add(
          "SELECT "
              + text
              + ", COUNT(*) AS n, AVG("
              + number
              + "), MAX("
              + number
              + ") FROM "
              + name
              + " WHERE "
              + number
              + " > 10 AND "
              + text
              + " IN ('a', 'b') GROUP BY "
              + text
              + " HAVING COUNT(*) > 1 ORDER BY n DESC LIMIT 10");
      statements.add(
          "SELECT "
              + any
              + ", "
              + number
              + " + 1 FROM "
              + name
              + " WHERE "
              + text
              + " LIKE 'a%' OR "
              + number
              + " BETWEEN 1 AND 5 ORDER BY "
              + number
              + " DESC LIMIT 5");
      statements.add(
          "SELECT a."
              + text
              + ", SUM(b."
              + number
              + ") FROM "
              + name
              + " a JOIN "
              + name
              + " b ON a."
              + text
              + " = b."
              + text
              + " WHERE a."
              + number
              + " < 5 GROUP BY a."
              + text);
    }
    return statements;
  }

  private static String quoted(String name) {
    String[] parts = name.split("\\.", -1);
    List<String> quoted = new ArrayList<>();
    for (String part : parts) {
      quoted.add('"' + part.replace("\"", "\"\"") + '"');
    }
    return String.join(".", quoted);
  }
}
