package io.cuvee.jdbc;

import java.sql.Types;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The result sets of [java.sql.DatabaseMetaData], with the columns that JDBC specifies in the
/// order in which it does. Most are always empty, but tools ask for all of them.
enum MetadataTable {
  CATALOGS("TABLE_CAT"),
  SCHEMAS("TABLE_SCHEM TABLE_CATALOG"),
  TABLE_TYPES("TABLE_TYPE"),
  TABLES(
      "TABLE_CAT TABLE_SCHEM TABLE_NAME TABLE_TYPE REMARKS TYPE_CAT TYPE_SCHEM TYPE_NAME"
          + " SELF_REFERENCING_COL_NAME REF_GENERATION"),
  COLUMNS(
      "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME DATA_TYPE:int TYPE_NAME COLUMN_SIZE:int"
          + " BUFFER_LENGTH:int DECIMAL_DIGITS:int NUM_PREC_RADIX:int NULLABLE:int REMARKS"
          + " COLUMN_DEF SQL_DATA_TYPE:int SQL_DATETIME_SUB:int CHAR_OCTET_LENGTH:int"
          + " ORDINAL_POSITION:int IS_NULLABLE SCOPE_CATALOG SCOPE_SCHEMA SCOPE_TABLE"
          + " SOURCE_DATA_TYPE:short IS_AUTOINCREMENT IS_GENERATEDCOLUMN"),
  TYPE_INFO(
      "TYPE_NAME DATA_TYPE:int PRECISION:int LITERAL_PREFIX LITERAL_SUFFIX CREATE_PARAMS"
          + " NULLABLE:short CASE_SENSITIVE:boolean SEARCHABLE:short UNSIGNED_ATTRIBUTE:boolean"
          + " FIXED_PREC_SCALE:boolean AUTO_INCREMENT:boolean LOCAL_TYPE_NAME MINIMUM_SCALE:short"
          + " MAXIMUM_SCALE:short SQL_DATA_TYPE:int SQL_DATETIME_SUB:int NUM_PREC_RADIX:int"),
  PROCEDURES(
      "PROCEDURE_CAT PROCEDURE_SCHEM PROCEDURE_NAME RESERVED1 RESERVED2 RESERVED3 REMARKS"
          + " PROCEDURE_TYPE:short SPECIFIC_NAME"),
  PROCEDURE_COLUMNS(
      "PROCEDURE_CAT PROCEDURE_SCHEM PROCEDURE_NAME COLUMN_NAME COLUMN_TYPE:short DATA_TYPE:int"
          + " TYPE_NAME PRECISION:int LENGTH:int SCALE:short RADIX:short NULLABLE:short REMARKS"
          + " COLUMN_DEF SQL_DATA_TYPE:int SQL_DATETIME_SUB:int CHAR_OCTET_LENGTH:int"
          + " ORDINAL_POSITION:int IS_NULLABLE SPECIFIC_NAME"),
  FUNCTIONS("FUNCTION_CAT FUNCTION_SCHEM FUNCTION_NAME REMARKS FUNCTION_TYPE:short SPECIFIC_NAME"),
  FUNCTION_COLUMNS(
      "FUNCTION_CAT FUNCTION_SCHEM FUNCTION_NAME COLUMN_NAME COLUMN_TYPE:short DATA_TYPE:int"
          + " TYPE_NAME PRECISION:int LENGTH:int SCALE:short RADIX:short NULLABLE:short REMARKS"
          + " CHAR_OCTET_LENGTH:int ORDINAL_POSITION:int IS_NULLABLE SPECIFIC_NAME"),
  COLUMN_PRIVILEGES(
      "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME GRANTOR GRANTEE PRIVILEGE IS_GRANTABLE"),
  TABLE_PRIVILEGES("TABLE_CAT TABLE_SCHEM TABLE_NAME GRANTOR GRANTEE PRIVILEGE IS_GRANTABLE"),
  ROW_IDENTIFIERS(
      "SCOPE:short COLUMN_NAME DATA_TYPE:int TYPE_NAME COLUMN_SIZE:int BUFFER_LENGTH:int"
          + " DECIMAL_DIGITS:short PSEUDO_COLUMN:short"),
  PRIMARY_KEYS("TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME KEY_SEQ:short PK_NAME"),
  FOREIGN_KEYS(
      "PKTABLE_CAT PKTABLE_SCHEM PKTABLE_NAME PKCOLUMN_NAME FKTABLE_CAT FKTABLE_SCHEM"
          + " FKTABLE_NAME FKCOLUMN_NAME KEY_SEQ:short UPDATE_RULE:short DELETE_RULE:short FK_NAME"
          + " PK_NAME DEFERRABILITY:short"),
  INDEXES(
      "TABLE_CAT TABLE_SCHEM TABLE_NAME NON_UNIQUE:boolean INDEX_QUALIFIER INDEX_NAME TYPE:short"
          + " ORDINAL_POSITION:short COLUMN_NAME ASC_OR_DESC CARDINALITY:long PAGES:long"
          + " FILTER_CONDITION"),
  USER_TYPES("TYPE_CAT TYPE_SCHEM TYPE_NAME CLASS_NAME DATA_TYPE:int REMARKS BASE_TYPE:short"),
  SUPER_TYPES("TYPE_CAT TYPE_SCHEM TYPE_NAME SUPERTYPE_CAT SUPERTYPE_SCHEM SUPERTYPE_NAME"),
  SUPER_TABLES("TABLE_CAT TABLE_SCHEM TABLE_NAME SUPERTABLE_NAME"),
  ATTRIBUTES(
      "TYPE_CAT TYPE_SCHEM TYPE_NAME ATTR_NAME DATA_TYPE:int ATTR_TYPE_NAME ATTR_SIZE:int"
          + " DECIMAL_DIGITS:int NUM_PREC_RADIX:int NULLABLE:int REMARKS ATTR_DEF"
          + " SQL_DATA_TYPE:int SQL_DATETIME_SUB:int CHAR_OCTET_LENGTH:int ORDINAL_POSITION:int"
          + " IS_NULLABLE SCOPE_CATALOG SCOPE_SCHEMA SCOPE_TABLE SOURCE_DATA_TYPE:short"),
  CLIENT_INFO("NAME MAX_LEN:int DEFAULT_VALUE DESCRIPTION"),
  PSEUDO_COLUMNS(
      "TABLE_CAT TABLE_SCHEM TABLE_NAME COLUMN_NAME DATA_TYPE:int COLUMN_SIZE:int"
          + " DECIMAL_DIGITS:int NUM_PREC_RADIX:int COLUMN_USAGE REMARKS CHAR_OCTET_LENGTH:int"
          + " IS_NULLABLE");

  private final String specification;

  /// @param specification names with `:` and the type, which is text where none is given
  MetadataTable(String specification) {
    this.specification = specification;
  }

  private List<Column> columns() {
    List<Column> columns = new ArrayList<>();
    for (String part : specification.split(" ", -1)) {
      String[] nameAndType = part.split(":", -1);
      columns.add(column(nameAndType[0], nameAndType.length > 1 ? nameAndType[1] : "text"));
    }
    return columns;
  }

  private static Column column(String name, String type) {
    switch (type) {
      case "int":
        return Column.of(name, Types.INTEGER, "INTEGER");
      case "short":
        return Column.of(name, Types.SMALLINT, "SMALLINT");
      case "long":
        return Column.of(name, Types.BIGINT, "BIGINT");
      case "boolean":
        return Column.of(name, Types.BOOLEAN, "BOOLEAN");
      default:
        return Column.of(name, Types.VARCHAR, "VARCHAR");
    }
  }

  CuveeResultSet empty() {
    return of(List.of());
  }

  CuveeResultSet of(List<Object[]> rows) {
    return CuveeResultSet.ofRows(columns(), rows, ZoneOffset.UTC);
  }

  /// The rows that a broker gave by column name, sorted by columns as JDBC asks.
  CuveeResultSet ofNamed(List<Map<String, Object>> rows, String... sortedBy) {
    List<Map<String, Object>> sorted = new ArrayList<>(rows);
    sorted.sort((left, right) ->
        Arrays.stream(sortedBy)
            .mapToInt(name -> compare(left.get(name), right.get(name)))
            .filter(order -> order != 0)
            .findFirst()
            .orElse(0));
    List<Column> columns = columns();
    List<Object[]> arrays = new ArrayList<>();
    for (Map<String, Object> row : sorted) {
      Object[] cells = new Object[columns.size()];
      for (int i = 0; i < cells.length; i++) {
        cells[i] = row.get(columns.get(i).label);
      }
      arrays.add(cells);
    }
    return of(arrays);
  }

  private static int compare(@Nullable Object left, @Nullable Object right) {
    if (left instanceof Number && right instanceof Number) {
      return Long.compare(((Number) left).longValue(), ((Number) right).longValue());
    }
    return Comparator.nullsFirst(Comparator.<String>naturalOrder())
        .compare(left == null ? null : left.toString(), right == null ? null : right.toString());
  }
}
