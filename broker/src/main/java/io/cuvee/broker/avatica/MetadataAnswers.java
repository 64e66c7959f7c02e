package io.cuvee.broker.avatica;

import io.cuvee.broker.system.Relation;
import io.cuvee.broker.system.TypeFacts;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.function.ScalarFunction;
import io.cuvee.common.function.ScalarFunctions;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.sql.DatabaseMetaData;
import java.sql.Types;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.calcite.avatica.ColumnMetaData;
import org.apache.calcite.avatica.Meta;
import org.jspecify.annotations.Nullable;

/// Answers JDBC's questions about catalogs, schemas, tables, columns and types.
final class MetadataAnswers {
  private static final String TABLE_TYPE = "TABLE";
  private static final String SYSTEM_TYPE = "SYSTEM TABLE";

  private MetadataAnswers() {}

  /// The rows of an answer and the columns they have.
  record Table(List<ColumnMetaData> columns, List<@Nullable Object[]> rows) {}

  private static Table table(List<ColumnMetaData> columns) {
    return new Table(columns, new ArrayList<>());
  }

  private static List<ColumnMetaData> columns(Object... namesAndTypes) {
    List<ColumnMetaData> columns = new ArrayList<>();
    for (int i = 0; i < namesAndTypes.length; i += 2) {
      String name = (String) namesAndTypes[i];
      DataType type = (DataType) namesAndTypes[i + 1];
      SqlColumns.SqlType sql = SqlColumns.scalar(type);
      columns.add(
          new ColumnMetaData(
              columns.size(),
              false,
              true,
              true,
              false,
              DatabaseMetaData.columnNullable,
              type == DataType.INT,
              sql.displaySize(),
              name,
              name,
              "",
              sql.precision(),
              0,
              "",
              "",
              ColumnMetaData.scalar(sql.jdbcType(), sql.name(), sql.rep()),
              true,
              false,
              false,
              sql.className()));
    }
    return List.copyOf(columns);
  }

  private static final List<ColumnMetaData> CATALOG_COLUMNS = columns("TABLE_CAT", DataType.STRING);
  private static final List<ColumnMetaData> SCHEMA_COLUMNS =
      columns("TABLE_SCHEM", DataType.STRING, "TABLE_CATALOG", DataType.STRING);
  private static final List<ColumnMetaData> TABLE_TYPE_COLUMNS =
      columns("TABLE_TYPE", DataType.STRING);
  private static final List<ColumnMetaData> TABLE_COLUMNS =
      columns(
          "TABLE_CAT", DataType.STRING,
          "TABLE_SCHEM", DataType.STRING,
          "TABLE_NAME", DataType.STRING,
          "TABLE_TYPE", DataType.STRING,
          "REMARKS", DataType.STRING,
          "TYPE_CAT", DataType.STRING,
          "TYPE_SCHEM", DataType.STRING,
          "TYPE_NAME", DataType.STRING,
          "SELF_REFERENCING_COL_NAME", DataType.STRING,
          "REF_GENERATION", DataType.STRING);
  private static final List<ColumnMetaData> COLUMN_COLUMNS =
      columns(
          "TABLE_CAT", DataType.STRING,
          "TABLE_SCHEM", DataType.STRING,
          "TABLE_NAME", DataType.STRING,
          "COLUMN_NAME", DataType.STRING,
          "DATA_TYPE", DataType.INT,
          "TYPE_NAME", DataType.STRING,
          "COLUMN_SIZE", DataType.INT,
          "BUFFER_LENGTH", DataType.INT,
          "DECIMAL_DIGITS", DataType.INT,
          "NUM_PREC_RADIX", DataType.INT,
          "NULLABLE", DataType.INT,
          "REMARKS", DataType.STRING,
          "COLUMN_DEF", DataType.STRING,
          "SQL_DATA_TYPE", DataType.INT,
          "SQL_DATETIME_SUB", DataType.INT,
          "CHAR_OCTET_LENGTH", DataType.INT,
          "ORDINAL_POSITION", DataType.INT,
          "IS_NULLABLE", DataType.STRING,
          "SCOPE_CATALOG", DataType.STRING,
          "SCOPE_SCHEMA", DataType.STRING,
          "SCOPE_TABLE", DataType.STRING,
          "SOURCE_DATA_TYPE", DataType.INT,
          "IS_AUTOINCREMENT", DataType.STRING,
          "IS_GENERATEDCOLUMN", DataType.STRING);
  private static final List<ColumnMetaData> TYPE_COLUMNS =
      columns(
          "TYPE_NAME", DataType.STRING,
          "DATA_TYPE", DataType.INT,
          "PRECISION", DataType.INT,
          "LITERAL_PREFIX", DataType.STRING,
          "LITERAL_SUFFIX", DataType.STRING,
          "CREATE_PARAMS", DataType.STRING,
          "NULLABLE", DataType.INT,
          "CASE_SENSITIVE", DataType.BOOLEAN,
          "SEARCHABLE", DataType.INT,
          "UNSIGNED_ATTRIBUTE", DataType.BOOLEAN,
          "FIXED_PREC_SCALE", DataType.BOOLEAN,
          "AUTO_INCREMENT", DataType.BOOLEAN,
          "LOCAL_TYPE_NAME", DataType.STRING,
          "MINIMUM_SCALE", DataType.INT,
          "MAXIMUM_SCALE", DataType.INT,
          "SQL_DATA_TYPE", DataType.INT,
          "SQL_DATETIME_SUB", DataType.INT,
          "NUM_PREC_RADIX", DataType.INT);

  static Table catalogs() {
    Table answer = table(CATALOG_COLUMNS);
    answer.rows().add(new @Nullable Object[] {SqlColumns.CATALOG});
    return answer;
  }

  static Table schemas(Catalog tables, @Nullable String catalog, @Nullable String schemaPattern) {
    Table answer = table(SCHEMA_COLUMNS);
    if (isOurs(catalog)) {
      Pattern names = like(schemaPattern);
      for (String schema : Relation.schemas(tables)) {
        if (names.matcher(schema).matches()) {
          answer.rows().add(new @Nullable Object[] {schema, SqlColumns.CATALOG});
        }
      }
    }
    return answer;
  }

  static Table tableTypes() {
    Table answer = table(TABLE_TYPE_COLUMNS);
    answer.rows().add(new @Nullable Object[] {SYSTEM_TYPE});
    answer.rows().add(new @Nullable Object[] {TABLE_TYPE});
    return answer;
  }

  /// @param types absent or empty for all
  static Table tables(
      Catalog tables,
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tablePattern,
      @Nullable List<String> types) {
    Table answer = table(TABLE_COLUMNS);
    for (Relation found : relations(tables, catalog, schemaPattern, tablePattern)) {
      String type = found.isSystem() ? SYSTEM_TYPE : TABLE_TYPE;
      if (types == null || types.isEmpty() || types.stream().anyMatch(type::equalsIgnoreCase)) {
        answer
            .rows()
            .add(
                new @Nullable Object[] {
                  SqlColumns.CATALOG,
                  found.schema(),
                  found.name(),
                  type,
                  "",
                  null,
                  null,
                  null,
                  null,
                  null
                });
      }
    }
    // As JDBC orders them.
    answer.rows().sort(Comparator.comparing(row -> (String) Objects.requireNonNull(row[3])));
    return answer;
  }

  private static List<Relation> relations(
      Catalog tables,
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tablePattern) {
    if (!isOurs(catalog)) {
      return List.of();
    }
    Pattern schemas = like(schemaPattern);
    Pattern names = like(tablePattern);
    return Relation.of(tables).stream()
        .filter(found ->
            schemas.matcher(found.schema()).matches() && names.matcher(found.name()).matches())
        .toList();
  }

  static Table columns(
      Catalog tables,
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tablePattern,
      @Nullable String columnPattern) {
    Table answer = table(COLUMN_COLUMNS);
    Pattern columnNames = like(columnPattern);
    for (Relation found : relations(tables, catalog, schemaPattern, tablePattern)) {
      int ordinal = 0;
      for (Catalog.TableColumn column : found.table().columns()) {
        ordinal++;
        if (columnNames.matcher(column.name()).matches()) {
          answer.rows().add(columnRow(found, column, ordinal));
        }
      }
    }
    return answer;
  }

  private static @Nullable Object[] columnRow(
      Relation relation, Catalog.TableColumn column, int ordinal) {
    ColumnType type = column.type();
    SqlColumns.SqlType sql = SqlColumns.scalar(type.dataType());
    boolean isText = type.dataType().isText() && !type.isArray();
    return new @Nullable Object[] {
      SqlColumns.CATALOG,
      relation.schema(),
      relation.name(),
      column.name(),
      SqlColumns.jdbcType(type),
      SqlColumns.typeName(type),
      type.isArray() ? 0 : sql.precision(),
      null,
      type.isArray() ? null : TypeFacts.digits(type.dataType()),
      type.dataType().isNumeric() && !type.isArray() ? 10 : null,
      column.nullable() ? DatabaseMetaData.columnNullable : DatabaseMetaData.columnNoNulls,
      "",
      null,
      null,
      null,
      isText ? sql.precision() : null,
      ordinal,
      column.nullable() ? "YES" : "NO",
      null,
      null,
      null,
      null,
      "NO",
      "NO"
    };
  }

  static Table typeInfo() {
    Table answer = table(TYPE_COLUMNS);
    for (DataType type : DataType.values()) {
      answer.rows().add(typeRow(type));
    }
    answer
        .rows()
        .add(
            new @Nullable Object[] {
              "ARRAY",
              Types.ARRAY,
              0,
              "ARRAY[",
              "]",
              null,
              DatabaseMetaData.typeNullable,
              false,
              DatabaseMetaData.typePredNone,
              true,
              false,
              false,
              "ARRAY",
              0,
              0,
              null,
              null,
              null
            });
    answer.rows().sort(Comparator.comparingInt(row -> (Integer) Objects.requireNonNull(row[1])));
    return answer;
  }

  private static @Nullable Object[] typeRow(DataType type) {
    SqlColumns.SqlType sql = SqlColumns.scalar(type);
    @Nullable String prefix =
        switch (type) {
          case STRING, JSON, UUID -> "'";
          case BYTES -> "X'";
          case TIMESTAMP -> "TIMESTAMP '";
          case DATE -> "DATE '";
          case TIME -> "TIME '";
          case INT, LONG, FLOAT, DOUBLE, BIG_DECIMAL, BOOLEAN -> null;
        };
    return new @Nullable Object[] {
      sql.name(),
      sql.jdbcType(),
      sql.precision(),
      prefix,
      prefix == null ? null : "'",
      type == DataType.BIG_DECIMAL ? "precision,scale" : null,
      DatabaseMetaData.typeNullable,
      type.isText(),
      type.isText() ? DatabaseMetaData.typeSearchable : DatabaseMetaData.typePredBasic,
      !type.isNumeric(),
      false,
      false,
      sql.name(),
      0,
      type == DataType.BIG_DECIMAL ? 38 : 0,
      null,
      null,
      type.isNumeric() ? 10 : null
    };
  }

  /// Whether a question is about the one catalog. Absent means any; an empty name means "none".
  private static boolean isOurs(@Nullable String catalog) {
    return catalog == null || catalog.equalsIgnoreCase(SqlColumns.CATALOG);
  }

  /// JDBC's pattern: `%` is any text, `_` any character, a backslash takes the next one as it is.
  /// In any case, as names in SQL.
  private static Pattern like(@Nullable String pattern) {
    StringBuilder regex = new StringBuilder();
    String text = pattern == null ? "%" : pattern;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '\\' && i + 1 < text.length()) {
        i++;
        regex.append(Pattern.quote(String.valueOf(text.charAt(i))));
      } else if (c == '%') {
        regex.append(".*");
      } else if (c == '_') {
        regex.append('.');
      } else {
        regex.append(Pattern.quote(String.valueOf(c)));
      }
    }
    return Pattern.compile(
        regex.toString(), Pattern.CASE_INSENSITIVE | Pattern.UNICODE_CASE | Pattern.DOTALL);
  }

  /// What `DatabaseMetaData` says of functions and names.
  static Map<Meta.DatabaseProperty, Object> databaseProperties() {
    Map<Meta.DatabaseProperty, Object> properties = new EnumMap<>(Meta.DatabaseProperty.class);
    properties.put(
        Meta.DatabaseProperty.GET_NUMERIC_FUNCTIONS, functions(ScalarFunction.Argument.NUMERIC));
    properties.put(
        Meta.DatabaseProperty.GET_STRING_FUNCTIONS, functions(ScalarFunction.Argument.TEXT));
    properties.put(
        Meta.DatabaseProperty.GET_TIME_DATE_FUNCTIONS,
        functions(ScalarFunction.Argument.TIME, ScalarFunction.Argument.TIMESTAMP));
    properties.put(Meta.DatabaseProperty.GET_SYSTEM_FUNCTIONS, "");
    properties.put(Meta.DatabaseProperty.GET_S_Q_L_KEYWORDS, "");
    properties.put(
        Meta.DatabaseProperty.GET_DEFAULT_TRANSACTION_ISOLATION,
        java.sql.Connection.TRANSACTION_NONE);
    properties.put(Meta.DatabaseProperty.AVATICA_VERSION, "1.29.0");
    return properties;
  }

  private static String functions(ScalarFunction.Argument... first) {
    return ScalarFunctions.ALL.stream()
        .filter(function ->
            !function.arguments().isEmpty()
                && List.of(first).contains(function.arguments().getFirst()))
        .flatMap(function -> Stream.concat(Stream.of(function.name()), function.aliases().stream()))
        .filter(name -> name.chars().allMatch(c -> Character.isLetterOrDigit(c) || c == '_'))
        .map(name -> name.toUpperCase(Locale.ROOT))
        .distinct()
        .sorted()
        .collect(Collectors.joining(","));
  }
}
