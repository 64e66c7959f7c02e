package io.cuvee.sqltests.logic;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/// What a file, or a part of its queries, gave.
///
/// @param queries how many were asked
/// @param refused how many the dialect does not cover
record LogicRun(String file, int queries, int refused, List<Failure> failures) {
  /// What says that the dialect does not cover a query.
  private static final Set<ErrorCode> REFUSALS =
      EnumSet.of(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          ErrorCode.SQL_PARSE,
          ErrorCode.SQL_VALIDATION,
          ErrorCode.TYPE_MISMATCH);

  LogicRun {
    failures = List.copyOf(failures);
  }

  /// A query that was refused or answered wrongly.
  record Failure(LogicFile.Query query, boolean refused, String reason) {
    String text(String file) {
      return "%s:%d %s\n%s\n".formatted(file, query.line(), reason, query.sql());
    }
  }

  int passed() {
    return queries - failures.size();
  }

  /// Runs the statements of a file and those of its queries that `selected` holds for.
  static LogicRun of(LogicFile file, Predicate<LogicFile.Query> selected)
      throws SQLException, IOException {
    List<Failure> failures = new ArrayList<>();
    int queries = 0;
    int refused = 0;
    try (LogicTables tables = new LogicTables()) {
      for (LogicFile.Step step : file.steps()) {
        switch (step) {
          case LogicFile.Statement statement -> execute(file.name(), tables, statement);
          case LogicFile.Query query -> {
            if (selected.test(query)) {
              queries++;
              Failure failure = ask(tables, query);
              if (failure != null) {
                failures.add(failure);
                refused += failure.refused() ? 1 : 0;
              }
            }
          }
        }
      }
    }
    return new LogicRun(file.name(), queries, refused, failures);
  }

  private static void execute(String file, LogicTables tables, LogicFile.Statement statement) {
    try {
      tables.execute(statement.sql());
    } catch (SQLException e) {
      if (statement.succeeds()) {
        System.out.printf("%s:%d %s%n", file, statement.line(), e.getMessage());
      }
    }
  }

  private static @org.jspecify.annotations.Nullable Failure ask(
      LogicTables tables, LogicFile.Query query) throws SQLException, IOException {
    try {
      String difference = LogicAnswer.difference(query, tables.query(query.sql()));
      return difference.isEmpty() ? null : new Failure(query, false, difference);
    } catch (CuveeException e) {
      return new Failure(query, REFUSALS.contains(e.code()), e.code() + ": " + e.getMessage());
    } catch (RuntimeException | Error e) {
      return new Failure(query, false, e.toString());
    }
  }
}
