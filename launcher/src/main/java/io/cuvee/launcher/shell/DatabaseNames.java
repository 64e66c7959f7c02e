package io.cuvee.launcher.shell;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/// The tables and columns of a database, to be offered while typing; asked for again when they are
/// used and older than a while. What cannot be had is not offered. Thread-safe.
final class DatabaseNames {
  private static final long KEPT_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final int TIMEOUT_SECONDS = 10;

  /// So that a database of very many columns does not fill the memory.
  private static final int MAX_COLUMNS = 200_000;

  /// A table with its columns.
  record Table(String schema, String name, List<String> columns) {}

  /// Where they come from.
  interface Source {
    List<Table> tables() throws SQLException;
  }

  private final Source source;
  private List<Table> tables = List.of();
  private boolean asked;
  private long askedNanos;

  DatabaseNames(Source source) {
    this.source = source;
  }

  static DatabaseNames of(Connector connector) {
    return new DatabaseNames(() -> ask(connector.connection()));
  }

  synchronized List<Table> tables() {
    if (!asked || System.nanoTime() - askedNanos > KEPT_NANOS) {
      try {
        tables = source.tables();
        asked = true;
        askedNanos = System.nanoTime();
      } catch (SQLException unavailable) {
        // The statement itself will say so.
      }
    }
    return tables;
  }

  /// The table of this name, in any case; with its schema before it unless that is the default.
  Optional<Table> find(String name) {
    String wanted = name.toLowerCase(Locale.ROOT);
    return tables().stream()
        .filter(table ->
            wanted.equals(shownName(table).toLowerCase(Locale.ROOT))
                || wanted.equals((table.schema + "." + table.name).toLowerCase(Locale.ROOT)))
        .findFirst();
  }

  /// As it is written in a statement, apart from quotes.
  static String shownName(Table table) {
    return table.schema.equals("default") ? table.name : table.schema + "." + table.name;
  }

  private static List<Table> ask(Connection connection) throws SQLException {
    List<Table> found = new ArrayList<>();
    try (Statement statement = connection.createStatement()) {
      statement.setQueryTimeout(TIMEOUT_SECONDS);
      statement.setMaxRows(MAX_COLUMNS);
      try (ResultSet rows =
          statement.executeQuery(
              "SELECT table_schema, table_name, column_name FROM information_schema.columns"
                  + " ORDER BY table_schema, table_name, ordinal_position")) {
        while (rows.next()) {
          String schema = rows.getString(1);
          String name = rows.getString(2);
          if (found.isEmpty()
              || !found.getLast().name.equals(name)
              || !found.getLast().schema.equals(schema)) {
            found.add(new Table(schema, name, new ArrayList<>()));
          }
          found.getLast().columns.add(rows.getString(3));
        }
      }
    }
    return found;
  }
}
