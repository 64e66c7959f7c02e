package io.cuvee.calcite.parser;

import io.cuvee.common.catalog.SystemTables;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// A statement that makes, changes or drops a table.
public sealed interface TableStatement {
  /// `CREATE TABLE t (…) WITH (…)`.
  ///
  /// @param options by their names in lower case
  record Create(
      String table,
      boolean ifNotExists,
      List<Column> columns,
      List<String> primaryKey,
      Map<String, String> options)
      implements TableStatement {
    public Create {
      columns = List.copyOf(columns);
      primaryKey = List.copyOf(primaryKey);
      options = Map.copyOf(options);
    }
  }

  /// `ALTER TABLE t ADD COLUMN c …`.
  record AddColumn(String table, boolean ifNotExists, Column column) implements TableStatement {}

  /// `DROP TABLE t`.
  record Drop(String table, boolean ifExists) implements TableStatement {}

  /// @param defaultText what stands for a missing value
  record Column(String name, ColumnType type, boolean notNull, @Nullable String defaultText) {}

  /// Without its schema, which is always the default one.
  String table();

  /// The statement that `text` is, if it begins as one.
  ///
  /// @throws CuveeException if it begins as one but is none
  static Optional<TableStatement> of(String text) {
    int start = Lexemes.skipBlank(text, 0);
    if (start >= text.length()) {
      return Optional.empty();
    }
    // Nearly all statements are SELECT and end here.
    return switch (Character.toUpperCase(text.charAt(start))) {
      case 'C', 'A', 'D' -> new Reader(text).statement();
      default -> Optional.empty();
    };
  }

  /// Reads one statement.
  final class Reader {
    private static final String CREATE =
        "CREATE TABLE [IF NOT EXISTS] t (c type [NOT NULL] [DEFAULT value], …, [PRIMARY KEY (c,"
            + " …)]) [WITH (option = 'value', …)]";
    private static final String ALTER =
        "ALTER TABLE t ADD COLUMN [IF NOT EXISTS] c type [DEFAULT value]";
    private static final String DROP = "DROP TABLE [IF EXISTS] t";

    private final Tokens tokens;

    private Reader(String text) {
      this.tokens = new Tokens(text);
    }

    private Optional<TableStatement> statement() {
      if (tokens.take("CREATE", "TABLE")) {
        return Optional.of(create());
      }
      if (tokens.take("ALTER", "TABLE")) {
        return Optional.of(alter());
      }
      if (tokens.take("DROP", "TABLE")) {
        boolean ifExists = tokens.take("IF", "EXISTS");
        Drop drop = new Drop(table(DROP), ifExists);
        tokens.end(DROP);
        return Optional.of(drop);
      }
      return Optional.empty();
    }

    private String table(String usage) {
      List<String> parts = tokens.name(usage);
      if (parts.size() > 1 && parts.getFirst().equalsIgnoreCase(SystemTables.CATALOG)) {
        parts.removeFirst();
      }
      if (parts.size() > 1 && parts.getFirst().equalsIgnoreCase(SystemTables.DEFAULT_SCHEMA)) {
        parts.removeFirst();
      }
      if (parts.size() > 1) {
        throw new CuveeException(
            ErrorCode.FEATURE_NOT_SUPPORTED,
            "Tables are made, changed and dropped in the schema '"
                + SystemTables.DEFAULT_SCHEMA
                + "' only, and not in '"
                + parts.getFirst()
                + "'.");
      }
      return parts.getFirst();
    }

    private Create create() {
      boolean ifNotExists = tokens.take("IF", "NOT", "EXISTS");
      String table = table(CREATE);
      List<Column> columns = new ArrayList<>();
      List<String> primaryKey = new ArrayList<>();
      tokens.expect("(", CREATE);
      do {
        if (tokens.take("PRIMARY", "KEY")) {
          tokens.expect("(", CREATE);
          do {
            primaryKey.add(single(CREATE));
          } while (tokens.take(","));
          tokens.expect(")", CREATE);
        } else {
          columns.add(column(CREATE));
        }
      } while (tokens.take(","));
      tokens.expect(")", CREATE);
      Map<String, String> options = new LinkedHashMap<>();
      if (tokens.take("WITH")) {
        tokens.expect("(", CREATE);
        do {
          String option = single(CREATE).toLowerCase(Locale.ROOT);
          tokens.expect("=", CREATE);
          if (options.put(option, value(CREATE)) != null) {
            throw new CuveeException(
                ErrorCode.INVALID_TABLE, "The option '" + option + "' is there twice.");
          }
        } while (tokens.take(","));
        tokens.expect(")", CREATE);
      }
      tokens.end(CREATE);
      return new Create(table, ifNotExists, columns, primaryKey, options);
    }

    private AddColumn alter() {
      String table = table(ALTER);
      tokens.expect("ADD", ALTER);
      tokens.take("COLUMN");
      boolean ifNotExists = tokens.take("IF", "NOT", "EXISTS");
      AddColumn added = new AddColumn(table, ifNotExists, column(ALTER));
      tokens.end(ALTER);
      return added;
    }

    private String single(String usage) {
      List<String> parts = tokens.name(usage);
      if (parts.size() > 1) {
        throw tokens.error(usage);
      }
      return parts.getFirst();
    }

    private Column column(String usage) {
      String name = single(usage);
      DataType element = type(single(usage).toUpperCase(Locale.ROOT), name);
      tokens.take("PRECISION");
      if (tokens.take("(")) {
        // Lengths and precisions bind nothing here.
        do {
          value(usage);
        } while (tokens.take(","));
        tokens.expect(")", usage);
      }
      boolean array = tokens.take("ARRAY") || tokens.take("[", "]");
      boolean notNull = false;
      String defaultText = null;
      while (true) {
        if (tokens.take("NOT", "NULL")) {
          notNull = true;
        } else if (tokens.take("DEFAULT")) {
          defaultText = value(usage);
        } else if (!tokens.take("NULL")) {
          break;
        }
      }
      ColumnType type = array ? ColumnType.arrayOf(element) : ColumnType.of(element);
      return new Column(name, type, notNull, defaultText);
    }

    private static DataType type(String name, String column) {
      return switch (name) {
        case "INT", "INTEGER", "INT4", "SMALLINT", "TINYINT" -> DataType.INT;
        case "LONG", "BIGINT", "INT8" -> DataType.LONG;
        case "FLOAT", "REAL" -> DataType.FLOAT;
        case "DOUBLE" -> DataType.DOUBLE;
        case "DECIMAL", "NUMERIC", "BIG_DECIMAL" -> DataType.BIG_DECIMAL;
        case "BOOLEAN", "BOOL" -> DataType.BOOLEAN;
        case "TIMESTAMP" -> DataType.TIMESTAMP;
        case "DATE" -> DataType.DATE;
        case "VARCHAR", "STRING", "TEXT" -> DataType.STRING;
        case "JSON" -> DataType.JSON;
        case "UUID" -> DataType.UUID;
        case "VARBINARY", "BYTES", "BYTEA" -> DataType.BYTES;
        default ->
            throw new CuveeException(
                ErrorCode.INVALID_SCHEMA,
                "Column '"
                    + column
                    + "' has the unknown type "
                    + name
                    + ". Use INTEGER, BIGINT, REAL, DOUBLE, DECIMAL, BOOLEAN, TIMESTAMP, DATE,"
                    + " VARCHAR, JSON, UUID or VARBINARY, each also as an ARRAY.");
      };
    }

    /// A text in quotes, a number, or a word.
    private String value(String usage) {
      String token = tokens.token();
      String sign = "";
      if (token.equals("-") || token.equals("+")) {
        sign = token.equals("-") ? token : "";
        token = tokens.token();
      }
      if (token.startsWith("'") && token.length() > 1) {
        return token.substring(1, token.length() - 1).replace("''", "'");
      }
      if (token.isEmpty() || !Character.isLetterOrDigit(token.charAt(0))) {
        throw tokens.error(usage);
      }
      return sign + token + (tokens.take(".") ? "." + tokens.token() : "");
    }
  }
}
