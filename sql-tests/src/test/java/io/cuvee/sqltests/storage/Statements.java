package io.cuvee.sqltests.storage;

import io.cuvee.sqltests.duckdb.QueryGenerator;
import io.cuvee.sqltests.iq.ResultOrder;
import io.cuvee.sqltests.iq.SqlTokens;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/// The queries that are asked of tables however they are stored.
final class Statements {
  private Statements() {}

  /// @param ordered whether the rows come in one order only
  record Statement(String origin, String sql, boolean ordered) {
    /// The same of tables with other names.
    String of(StorageVariant variant, Set<String> tables) {
      StringBuilder out = new StringBuilder();
      int copied = 0;
      for (SqlTokens.Token token : SqlTokens.of(sql).tokens()) {
        String name =
            switch (token.kind()) {
              case WORD -> token.text();
              // LOOKUP names its table in a text.
              case QUOTED, TEXT -> token.text().substring(1, token.text().length() - 1);
              case INTEGER, REAL, SIGN -> "";
            };
        if (tables.contains(name.toLowerCase(Locale.ROOT))) {
          // Between the quotes, if there are some.
          int inside = (token.end() - token.start() - name.length()) / 2;
          out.append(sql, copied, token.start() + inside).append(variant.nameOf(name));
          copied = token.end() - inside;
        }
      }
      return out.append(sql, copied, sql.length()).toString();
    }
  }

  /// What these ask about is the cluster, not rows.
  private static final String SYSTEM_TABLES = "system-tables.iq";

  /// All queries of the scripts that say nothing of where rows lie, or which tables there are.
  static List<Statement> ofScripts(Path directory) throws IOException {
    List<Statement> statements = new ArrayList<>();
    try (Stream<Path> files = Files.walk(directory)) {
      List<Path> scripts =
          files
              .filter(file -> file.toString().endsWith(".iq") && !file.endsWith(SYSTEM_TABLES))
              .sorted()
              .toList();
      for (Path file : scripts) {
        for (String sql : queries(Files.readAllLines(file))) {
          boolean isLocal = sql.contains("$") || sql.regionMatches(true, 0, "EXPLAIN", 0, 7);
          if (!isLocal) {
            String origin = directory.relativize(file).toString();
            statements.add(new Statement(origin, sql, ResultOrder.isGiven(sql)));
          }
        }
      }
    }
    return statements;
  }

  /// A query ends with a semicolon at the end of a line; what it gave follows, until a line with a
  /// command.
  private static List<String> queries(List<String> lines) {
    List<String> queries = new ArrayList<>();
    StringBuilder query = new StringBuilder();
    boolean isResult = false;
    for (String line : lines) {
      if (line.startsWith("!")) {
        isResult = false;
        query.setLength(0);
      } else if (!isResult && !(query.isEmpty() && (line.isBlank() || line.startsWith("#")))) {
        query.append(line).append('\n');
        if (line.stripTrailing().endsWith(";")) {
          String sql = query.toString().strip();
          queries.add(sql.substring(0, sql.length() - 1));
          isResult = true;
        }
      }
    }
    return queries;
  }

  /// Random queries over `events` and `kinds`.
  static List<Statement> random(long seed, int count) {
    List<Statement> statements = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      QueryGenerator.Query query =
          QueryGenerator.query(seed, (long) i * QueryGenerator.VALUES_OF_A_SHAPE);
      statements.add(new Statement("random query " + i, query.sql(), query.ordered()));
    }
    return statements;
  }
}
