package io.cuvee.calcite.parser;

import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.SystemTables;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;

/// A statement that asks about the database or commands it, `SHOW TABLES`, `DESCRIBE t`, `KILL
/// QUERY 'id'`, as the query over [SystemTables] that it stands for.
///
/// @param sql the query
/// @param kills whether its rows are queries to be cancelled, by their ids in the first column
public record Command(String sql, boolean kills) {
  private static final String OF_SCHEMA = " FROM information_schema.tables WHERE table_schema = ";

  /// Reads one statement.
  private static final class Reader extends Tokens {
    private final Catalog catalog;

    Reader(String text, Catalog catalog) {
      super(text);
      this.catalog = catalog;
    }

    @Override
    List<String> name(String usage) {
      List<String> parts = super.name(usage);
      if (parts.size() > 1 && parts.getFirst().equalsIgnoreCase(SystemTables.CATALOG)) {
        parts.removeFirst();
      }
      return parts;
    }

    /// The table of a name, by its schema and its name there.
    Table table(String usage) {
      return table(name(usage));
    }

    Table table(List<String> parts) {
      if (parts.getFirst().equalsIgnoreCase(SystemTables.DEFAULT_SCHEMA) && parts.size() > 1) {
        parts.removeFirst();
      }
      String full = String.join(".", parts);
      Catalog.Table table =
          (SystemTables.owns(full) ? SystemTables.find(full) : catalog.table(full))
              .orElseThrow(() ->
                  new CuveeException(
                      ErrorCode.TABLE_NOT_FOUND,
                      "Table '"
                          + full
                          + "' does not exist."
                          + Suggestions.didYouMean(
                              full,
                              Stream.concat(catalog.tables().stream(), SystemTables.ALL.stream())
                                  .map(Catalog.Table::name)
                                  .toList())));
      return new Table(
          SystemTables.schemaOf(table.name()), SystemTables.nameInSchema(table.name()));
    }

    /// The schema that is named, or the default one.
    String schema(String usage) {
      if (!take("FROM") && !take("IN")) {
        return SystemTables.DEFAULT_SCHEMA;
      }
      return checked(name(usage));
    }

    String checked(List<String> parts) {
      String schema = String.join(".", parts);
      if (schema.equalsIgnoreCase(SystemTables.CATALOG)) {
        return SystemTables.DEFAULT_SCHEMA;
      }
      List<String> schemas = schemas();
      return schemas.stream()
          .filter(schema::equalsIgnoreCase)
          .findFirst()
          .orElseThrow(() ->
              new CuveeException(
                  ErrorCode.NOT_FOUND,
                  "Schema '"
                      + schema
                      + "' does not exist."
                      + Suggestions.didYouMean(schema, schemas)));
    }

    private List<String> schemas() {
      return Stream.concat(
              Stream.of(
                  SystemTables.DEFAULT_SCHEMA,
                  SystemTables.INFORMATION_SCHEMA,
                  SystemTables.SYSTEM),
              catalog.tables().stream().map(table -> SystemTables.schemaOf(table.name())))
          .distinct()
          .toList();
    }

    /// `LIKE 'pattern'` as a condition on a column, or nothing. Letters match in any case, as names
    /// do.
    String like(String column, String usage) {
      boolean not = take("NOT");
      if (!take("LIKE") && !take("ILIKE")) {
        end(usage);
        return "";
      }
      String pattern = atEnd() ? "" : tokens.get(next);
      if (!pattern.startsWith("'") && !pattern.equals("?")) {
        throw error(usage);
      }
      next++;
      end(usage);
      String operand = pattern.equals("?") ? "CAST(? AS VARCHAR)" : pattern;
      return (not ? " NOT" : "") + " LOWER(" + column + ") LIKE LOWER(" + operand + ")";
    }
  }

  private record Table(String schema, String name) {
    String condition() {
      return "table_schema = " + quoted(schema) + " AND table_name = " + quoted(name);
    }
  }

  private static String quoted(String text) {
    return "'" + text.replace("'", "''") + "'";
  }

  /// The command that `text` is, if it is one.
  ///
  /// @throws CuveeException if it begins as one but is none, or names what does not exist
  public static Optional<Command> of(String text, Catalog catalog) {
    int start = Lexemes.skipBlank(text, 0);
    if (start >= text.length()) {
      return Optional.empty();
    }
    // Nearly all statements are SELECT and end here.
    char second = start + 1 < text.length() ? Character.toUpperCase(text.charAt(start + 1)) : ' ';
    Function<Reader, Command> form =
        switch (Character.toUpperCase(text.charAt(start))) {
          case 'S' -> second == 'H' ? Command::show : null;
          case 'D' -> Command::describe;
          case 'K' -> Command::kill;
          case 'U' -> Command::use;
          default -> null;
        };
    if (form == null || !isCommandWord(text, start)) {
      return Optional.empty();
    }
    Reader reader = new Reader(text, catalog);
    reader.token();
    return Optional.of(form.apply(reader));
  }

  /// Whether a statement must not wait behind other queries: it is there to see to them.
  public static boolean isUrgent(String text) {
    int start;
    try {
      start = Lexemes.skipBlank(text, 0);
    } catch (CuveeException unreadable) {
      return false;
    }
    if (start + 1 >= text.length()) {
      return false;
    }
    char first = Character.toUpperCase(text.charAt(start));
    char second = Character.toUpperCase(text.charAt(start + 1));
    if (first != 'K' && (first != 'S' || second != 'H')) {
      return false;
    }
    String head =
        text.substring(start, Math.min(text.length(), start + 40))
            .toUpperCase(Locale.ROOT)
            .replaceAll("\\s+", " ");
    return head.startsWith("KILL ")
        || head.startsWith("SHOW QUERIES")
        || head.startsWith("SHOW PROCESSLIST")
        || head.startsWith("SHOW FULL PROCESSLIST");
  }

  private static boolean isCommandWord(String text, int start) {
    String word = text.substring(start, Lexemes.wordEnd(text, start)).toUpperCase(Locale.ROOT);
    return switch (word) {
      case "SHOW", "DESCRIBE", "DESC", "KILL", "USE" -> true;
      default -> false;
    };
  }

  private static Command query(String sql) {
    return new Command(sql, false);
  }

  private static Command show(Reader reader) {
    if (reader.take("TABLES") || reader.take("FULL", "TABLES")) {
      String usage = "SHOW TABLES [FROM schema] [LIKE 'pattern']";
      String schema = reader.schema(usage);
      String like = reader.like("table_name", usage);
      return query(
          "SELECT table_name"
              + OF_SCHEMA
              + quoted(schema)
              + (like.isEmpty() ? "" : " AND" + like)
              + " ORDER BY table_name");
    }
    if (reader.take("SCHEMAS") || reader.take("DATABASES")) {
      String usage = "SHOW SCHEMAS [LIKE 'pattern']";
      if (reader.take("FROM") || reader.take("IN")) {
        catalog(reader.name(usage));
      }
      String like = reader.like("schema_name", usage);
      return query(
          "SELECT schema_name FROM information_schema.schemata"
              + where(like)
              + " ORDER BY schema_name");
    }
    if (reader.take("CATALOGS")) {
      String usage = "SHOW CATALOGS [LIKE 'pattern']";
      return query(
          "SELECT DISTINCT catalog_name FROM information_schema.schemata"
              + where(reader.like("catalog_name", usage)));
    }
    if (reader.take("COLUMNS") || reader.take("FULL", "COLUMNS")) {
      String usage = "SHOW COLUMNS FROM table [LIKE 'pattern']";
      if (!reader.take("FROM") && !reader.take("IN")) {
        throw reader.error(usage);
      }
      Table table = reader.table(usage);
      return columns(table, reader.like("column_name", usage));
    }
    if (reader.take("CREATE")) {
      String usage = "SHOW CREATE TABLE table";
      if (!reader.take("TABLE")) {
        throw reader.error(usage);
      }
      Table table = reader.table(usage);
      reader.end(usage);
      return query(
          "SELECT table_name, create_statement FROM system.tables WHERE " + table.condition());
    }
    if (reader.take("FUNCTIONS")) {
      String usage = "SHOW FUNCTIONS [LIKE 'pattern']";
      return query(
          "SELECT function_name, function_type, arguments, result_type, description FROM"
              + " system.functions"
              + where(reader.like("function_name", usage))
              + " ORDER BY function_name, function_type");
    }
    if (reader.take("SETTINGS") || reader.take("ALL") || reader.take("VARIABLES")) {
      String usage = "SHOW SETTINGS [LIKE 'pattern']";
      return query(
          "SELECT setting_name, setting_value FROM system.settings"
              + where(reader.like("setting_name", usage))
              + " ORDER BY setting_name");
    }
    if (reader.take("QUERIES")
        || reader.take("PROCESSLIST")
        || reader.take("FULL", "PROCESSLIST")) {
      reader.end("SHOW QUERIES");
      return query(
          "SELECT query_id, state, elapsed_ms, client, query FROM system.queries ORDER BY"
              + " elapsed_ms DESC, query_id");
    }
    if (reader.take("SERVERS")) {
      reader.end("SHOW SERVERS");
      return query(
          "SELECT instance_id, host, data_port, state, segment_count FROM system.servers ORDER BY"
              + " instance_id");
    }
    if (reader.take("SEGMENTS")) {
      String usage = "SHOW SEGMENTS FROM table";
      if (!reader.take("FROM") && !reader.take("IN")) {
        throw reader.error(usage);
      }
      Table table = reader.table(usage);
      reader.end(usage);
      String name =
          table.schema().equals(SystemTables.DEFAULT_SCHEMA)
              ? table.name()
              : table.schema() + "." + table.name();
      return query(
          "SELECT segment_name, state, row_count, size_bytes, servers, problem FROM"
              + " system.segments WHERE table_name = "
              + quoted(name)
              + " ORDER BY segment_name");
    }
    throw reader.error(
        "SHOW TABLES, SCHEMAS, COLUMNS FROM table, CREATE TABLE table, FUNCTIONS, SETTINGS,"
            + " QUERIES, SERVERS or SEGMENTS FROM table");
  }

  private static void catalog(List<String> parts) {
    String name = String.join(".", parts);
    if (!name.equalsIgnoreCase(SystemTables.CATALOG)) {
      throw new CuveeException(
          ErrorCode.NOT_FOUND,
          "Catalog '" + name + "' does not exist. There is one: " + SystemTables.CATALOG + ".");
    }
  }

  private static String where(String condition) {
    return condition.isEmpty() ? "" : " WHERE" + condition;
  }

  private static Command columns(Table table, String like) {
    return query(
        "SELECT column_name, data_type, is_nullable, column_default FROM information_schema.columns"
            + " WHERE "
            + table.condition()
            + (like.isEmpty() ? "" : " AND" + like)
            + " ORDER BY ordinal_position");
  }

  private static Command describe(Reader reader) {
    String usage = "DESCRIBE table, or EXPLAIN PLAN FOR and a query";
    if (reader.next + 1 < reader.tokens.size() && !reader.tokens.get(reader.next + 1).equals(".")) {
      reader.take("TABLE");
    }
    List<String> name = reader.name(usage);
    reader.end(usage);
    return columns(reader.table(name), "");
  }

  /// The query whose columns a `DESCRIBE SELECT …` asks for.
  public static Optional<String> described(String text) {
    int start = Lexemes.skipBlank(text, 0);
    int end = Lexemes.wordEnd(text, start);
    String word = text.substring(start, end).toUpperCase(Locale.ROOT);
    if (!word.equals("DESCRIBE") && !word.equals("DESC")) {
      return Optional.empty();
    }
    int query = Lexemes.skipBlank(text, end);
    String next = text.substring(query, Lexemes.wordEnd(text, query)).toUpperCase(Locale.ROOT);
    return switch (next) {
      case "SELECT", "FROM", "WITH", "VALUES" -> Optional.of(text.substring(query));
      default -> Optional.empty();
    };
  }

  private static Command kill(Reader reader) {
    String usage = "KILL QUERY 'id'";
    reader.take("QUERY");
    String id = reader.token();
    if (!id.startsWith("'") && !id.equals("?")) {
      reader.next = Math.max(1, reader.next - (id.isEmpty() ? 0 : 1));
      throw reader.error(usage + "; SHOW QUERIES has the ids");
    }
    reader.end(usage);
    return new Command(
        "SELECT CAST(" + id + " AS VARCHAR) AS query_id, 'cancelled' AS state", true);
  }

  /// There is nothing to choose between, but clients ask.
  private static Command use(Reader reader) {
    String usage = "USE schema";
    String schema = reader.checked(reader.name(usage));
    reader.end(usage);
    if (!schema.equals(SystemTables.DEFAULT_SCHEMA)) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "The schema of names without one is always "
              + SystemTables.DEFAULT_SCHEMA
              + ". Write "
              + schema
              + ".name.");
    }
    return query(
        "SELECT " + quoted(SystemTables.CATALOG + "." + schema) + " AS current_schema_name");
  }
}
