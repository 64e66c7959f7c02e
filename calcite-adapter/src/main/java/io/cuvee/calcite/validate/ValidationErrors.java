package io.cuvee.calcite.validate;

import io.cuvee.calcite.parser.TextPosition;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.SystemTables;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.apache.calcite.runtime.CalciteContextException;
import org.jspecify.annotations.Nullable;

/// Puts what Calcite's validator finds into our words and codes.
public final class ValidationErrors {
  /// What is meant for a file's name where a table's is due.
  private static final Pattern FILE =
      Pattern.compile("(?i)[\\w/.-]+\\.(?:csv|tsv|json|jsonl|ndjson|parquet|avro)\\b");

  private static final Pattern OBJECT =
      Pattern.compile("(?:Object|Table) '(.*?)' not found(?: within '(.*?)')?.*", Pattern.DOTALL);
  private static final Pattern COLUMN =
      Pattern.compile("Column '(.*?)' not found in (?:any table|table '(.*?)').*", Pattern.DOTALL);
  private static final Pattern FIELD =
      Pattern.compile("Unknown (?:identifier|field) '(.*?)'", Pattern.DOTALL);
  private static final Pattern DATA_TYPE = Pattern.compile("Unknown datatype name '(.*?)'");
  private static final Pattern AFTER_AS = Pattern.compile("(?i)(?:\\bAS|::)\\s*$");
  private static final Pattern APPLY =
      Pattern.compile(
          "Cannot apply '(.*?)' to arguments of type '(.*?)'\\. Supported form\\(s\\): (.*)",
          Pattern.DOTALL);

  private final Catalog catalog;
  private final String text;

  /// @param text of the statement
  public ValidationErrors(Catalog catalog, String text) {
    this.catalog = catalog;
    this.text = text;
  }

  /// Our exception for one that Calcite threw while it validated or converted the statement.
  public CuveeException translate(CalciteContextException failure) {
    Throwable cause = failure.getCause();
    String message =
        cause == null ? String.valueOf(failure.getMessage()) : String.valueOf(cause.getMessage());
    TextPosition position =
        failure.getPosLine() > 0
            ? new TextPosition(failure.getPosLine(), failure.getPosColumn())
            : null;
    String place = position == null ? "" : " " + position;

    Matcher object = OBJECT.matcher(message);
    if (object.matches()) {
      Matcher file =
          position == null ? null : FILE.matcher(text).region(position.offset(text), text.length());
      if (file != null && file.lookingAt()) {
        return new CuveeException(
            ErrorCode.TABLE_NOT_FOUND,
            "Table '"
                + file.group()
                + "'"
                + place
                + " does not exist. Quote the names of files: '"
                + file.group()
                + "'.",
            failure);
      }
      String name = object.group(1);
      if (catalog.table(name).isPresent()) {
        return new CuveeException(
            ErrorCode.TABLE_NOT_FOUND,
            "Table '" + name + "'" + place + " has another name in this query. Use its alias.",
            failure);
      }
      return new CuveeException(
          ErrorCode.TABLE_NOT_FOUND,
          "Table '"
              + name
              + "'"
              + place
              + " does not exist."
              + Suggestions.didYouMean(name, tableNames()),
          failure);
    }
    Matcher column = COLUMN.matcher(message);
    if (column.matches()) {
      return columnNotFound(column.group(1), column.group(2), position, place, failure);
    }
    Matcher field = FIELD.matcher(message);
    if (field.matches()) {
      if (position != null && AFTER_AS.matcher(text.substring(0, position.offset(text))).find()) {
        return typeNotFound(field.group(1), place, failure);
      }
      return columnNotFound(field.group(1), null, position, place, failure);
    }
    Matcher type = DATA_TYPE.matcher(message);
    if (type.matches()) {
      return typeNotFound(type.group(1), place, failure);
    }
    Matcher apply = APPLY.matcher(message);
    if (apply.matches()) {
      return new CuveeException(
          ErrorCode.TYPE_MISMATCH,
          "'"
              + apply.group(1)
              + "'"
              + place
              + " does not fit its operands: "
              + plainTypes(apply.group(2))
              + ". It takes "
              + forms(apply.group(3))
              + ".",
          failure);
    }
    if (message.equals("Illegal use of dynamic parameter")) {
      return new CuveeException(
          ErrorCode.TYPE_MISMATCH,
          "The type of the parameter (?)" + place + " is not known. Write CAST(? AS type).",
          failure);
    }
    return new CuveeException(code(message), sentence(message, place), failure);
  }

  private static CuveeException typeNotFound(
      String name, String place, CalciteContextException failure) {
    return new CuveeException(
        ErrorCode.TYPE_MISMATCH,
        "Type '"
            + name
            + "'"
            + place
            + " does not exist. Use INTEGER, BIGINT, REAL, DOUBLE, DECIMAL, BOOLEAN, TIMESTAMP, DATE, VARCHAR, UUID or"
            + " VARBINARY.",
        failure);
  }

  private CuveeException columnNotFound(
      String name,
      @Nullable String table,
      @Nullable TextPosition position,
      String place,
      CalciteContextException failure) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    boolean quoted =
        position != null
            && position.offset(text) < text.length()
            && text.charAt(position.offset(text)) == '"';
    // Every name is near to one of a letter.
    String suggestion = last.length() < 2 ? "" : Suggestions.didYouMean(last, columnNames());
    return new CuveeException(
        ErrorCode.COLUMN_NOT_FOUND,
        "Column '"
            + name
            + "'"
            + place
            + " does not exist"
            + (table == null ? "" : " in '" + table + "'")
            + "."
            + suggestion
            + (quoted ? " Text takes single quotes: '" + name + "'." : ""),
        failure);
  }

  private List<String> tableNames() {
    return Stream.concat(catalog.tables().stream(), SystemTables.ALL.stream())
        .map(Catalog.Table::name)
        .toList();
  }

  /// The columns of the tables that the statement names.
  private List<String> columnNames() {
    List<String> names = new ArrayList<>();
    String lower = text.toLowerCase(Locale.ROOT);
    for (Catalog.Table table :
        Stream.concat(catalog.tables().stream(), SystemTables.ALL.stream()).toList()) {
      if (lower.contains(table.name().toLowerCase(Locale.ROOT))) {
        table.columns().forEach(column -> names.add(column.name()));
      }
    }
    return names.stream().distinct().toList();
  }

  private static ErrorCode code(String message) {
    String lower = message.toLowerCase(Locale.ROOT);
    if (lower.contains("literal") && lower.contains("out of range")) {
      return ErrorCode.NUMERIC_OVERFLOW;
    }
    if (lower.contains("type")
        || lower.contains("comparable")
        || lower.contains("cannot compare")
        || lower.contains("must be a condition")
        || lower.contains("expected a ")
        || lower.contains("cast function")
        || lower.contains("illegal mixing")
        || lower.contains("illegal use of 'null'")) {
      return ErrorCode.TYPE_MISMATCH;
    }
    return ErrorCode.SQL_VALIDATION;
  }

  private static String sentence(String message, String place) {
    String plain = plainTypes(message.replaceAll("\\s+", " ").strip());
    while (plain.endsWith(".")) {
      plain = plain.substring(0, plain.length() - 1);
    }
    return plain + (place.isEmpty() ? "" : " (" + place.strip() + ")") + ".";
  }

  private static String forms(String supported) {
    return supported.contains("COMPARABLE_TYPE")
        ? "values of comparable types"
        : plainTypes(supported).replaceAll("\\s+", " ").replace("'", "").strip();
  }

  /// Types without the angle brackets and character sets that mean nothing to users.
  private static String plainTypes(String text) {
    return text.replaceAll(" CHARACTER SET \"[^\"]*\"", "")
        .replaceAll(" COLLATE \"[^\"]*\"", "")
        .replaceAll("<([A-Z][A-Z0-9_ (),]*)>", "$1");
  }
}
