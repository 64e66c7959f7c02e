package io.cuvee.jdbc;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.RowIdLifetime;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What tools ask of a database. Catalogs, schemas, tables and columns come from the broker; what
/// Cuvée does not have is an empty result with the specified columns, never an exception.
public final class CuveeDatabaseMetaData extends Capabilities {
  private static final Logger LOGGER = Logger.getLogger("io.cuvee.jdbc");

  /// Words that Cuvée's parser reserves beyond those of SQL:2003; names of these need quotes.
  private static final String KEYWORDS = "EXPLAIN,LIMIT,MINUS,QUALIFY,ROLLUP,TOP,UNNEST,UPSERT";

  private static final String NUMERIC_FUNCTIONS =
      "ABS,ACOS,ASIN,ATAN,ATAN2,CEILING,COS,COT,DEGREES,EXP,FLOOR,LOG,LOG10,MOD,PI,POWER,RADIANS,"
          + "RAND,ROUND,SIGN,SIN,SQRT,TAN,TRUNCATE";
  private static final String STRING_FUNCTIONS =
      "ASCII,CHAR_LENGTH,CONCAT,LCASE,LEFT,LENGTH,LOCATE,LTRIM,POSITION,REPEAT,REPLACE,RIGHT,RTRIM,"
          + "SUBSTRING,UCASE";
  private static final String SYSTEM_FUNCTIONS = "IFNULL,USER";
  private static final String TIME_FUNCTIONS =
      "CURRENT_DATE,CURRENT_TIMESTAMP,DAYOFMONTH,DAYOFWEEK,DAYOFYEAR,EXTRACT,HOUR,MINUTE,MONTH,NOW,"
          + "QUARTER,SECOND,TIMESTAMPADD,TIMESTAMPDIFF,WEEK,YEAR";

  private final CuveeConnection connection;
  private @Nullable Map<String, Object> brokerProperties;
  private @Nullable String productVersion;

  CuveeDatabaseMetaData(CuveeConnection connection) {
    this.connection = connection;
  }

  // Who is who

  @Override
  public Connection getConnection() {
    return connection;
  }

  @Override
  public String getURL() {
    return connection.options().url();
  }

  @Override
  public String getUserName() {
    String user = connection.options().get(ConnectionSetting.USER);
    return user == null ? "" : user;
  }

  /// In plain letters, because tools choose their dialect by it.
  @Override
  public String getDatabaseProductName() {
    return "Cuvee";
  }

  @Override
  public synchronized String getDatabaseProductVersion() {
    if (productVersion == null) {
      String version = connection.session().brokerVersion();
      productVersion = version == null ? DriverVersion.TEXT : version;
    }
    return productVersion;
  }

  @Override
  public int getDatabaseMajorVersion() {
    return versionPart(1);
  }

  @Override
  public int getDatabaseMinorVersion() {
    return versionPart(2);
  }

  private int versionPart(int group) {
    Matcher matcher = Pattern.compile("(\\d+)\\.(\\d+).*").matcher(getDatabaseProductVersion());
    return matcher.matches() ? Integer.parseInt(matcher.group(group)) : 0;
  }

  @Override
  public String getDriverName() {
    return "Cuvee JDBC Driver";
  }

  @Override
  public String getDriverVersion() {
    return DriverVersion.TEXT;
  }

  @Override
  public int getDriverMajorVersion() {
    return DriverVersion.MAJOR;
  }

  @Override
  public int getDriverMinorVersion() {
    return DriverVersion.MINOR;
  }

  @Override
  public int getJDBCMajorVersion() {
    return 4;
  }

  @Override
  public int getJDBCMinorVersion() {
    return 2;
  }

  // Words

  @Override
  public String getIdentifierQuoteString() {
    return "\"";
  }

  @Override
  public String getSearchStringEscape() {
    return "\\";
  }

  @Override
  public String getExtraNameCharacters() {
    return "$";
  }

  @Override
  public String getCatalogTerm() {
    return "catalog";
  }

  @Override
  public String getSchemaTerm() {
    return "schema";
  }

  @Override
  public String getProcedureTerm() {
    return "procedure";
  }

  @Override
  public String getCatalogSeparator() {
    return ".";
  }

  @Override
  public String getSQLKeywords() {
    return brokerProperty("GET_S_Q_L_KEYWORDS", KEYWORDS);
  }

  @Override
  public String getNumericFunctions() {
    return brokerProperty("GET_NUMERIC_FUNCTIONS", NUMERIC_FUNCTIONS);
  }

  @Override
  public String getStringFunctions() {
    return brokerProperty("GET_STRING_FUNCTIONS", STRING_FUNCTIONS);
  }

  @Override
  public String getSystemFunctions() {
    return brokerProperty("GET_SYSTEM_FUNCTIONS", SYSTEM_FUNCTIONS);
  }

  @Override
  public String getTimeDateFunctions() {
    return brokerProperty("GET_TIME_DATE_FUNCTIONS", TIME_FUNCTIONS);
  }

  private synchronized String brokerProperty(String name, String otherwise) {
    if (brokerProperties == null) {
      try {
        brokerProperties = connection.session().databaseProperties();
      } catch (SQLException e) {
        LOGGER.log(Level.FINE, "The broker does not tell its functions", e);
        return otherwise;
      }
    }
    Object value = brokerProperties.get(name);
    return value == null || value.toString().isEmpty() ? otherwise : value.toString();
  }

  // Support that depends on an argument

  @Override
  public boolean supportsConvert(int fromType, int toType) {
    return true;
  }

  @Override
  public int getDefaultTransactionIsolation() {
    return Connection.TRANSACTION_NONE;
  }

  @Override
  public boolean supportsTransactionIsolationLevel(int level) {
    return level == Connection.TRANSACTION_NONE;
  }

  @Override
  public boolean supportsResultSetType(int type) {
    return type == ResultSet.TYPE_FORWARD_ONLY;
  }

  @Override
  public boolean supportsResultSetConcurrency(int type, int concurrency) {
    return type == ResultSet.TYPE_FORWARD_ONLY && concurrency == ResultSet.CONCUR_READ_ONLY;
  }

  @Override
  public boolean supportsResultSetHoldability(int holdability) {
    return holdability == ResultSet.HOLD_CURSORS_OVER_COMMIT;
  }

  @Override
  public int getResultSetHoldability() {
    return ResultSet.HOLD_CURSORS_OVER_COMMIT;
  }

  @Override
  public int getSQLStateType() {
    return sqlStateSQL;
  }

  @Override
  public RowIdLifetime getRowIdLifetime() {
    return RowIdLifetime.ROWID_UNSUPPORTED;
  }

  // What the broker knows

  @Override
  public ResultSet getCatalogs() throws SQLException {
    return MetadataTable.CATALOGS.ofNamed(ask("getCatalogs", Map.of()), "TABLE_CAT");
  }

  @Override
  public ResultSet getTableTypes() throws SQLException {
    return MetadataTable.TABLE_TYPES.ofNamed(ask("getTableTypes", Map.of()), "TABLE_TYPE");
  }

  @Override
  public ResultSet getSchemas() throws SQLException {
    return getSchemas(null, null);
  }

  @Override
  public ResultSet getSchemas(@Nullable String catalog, @Nullable String schemaPattern)
      throws SQLException {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("catalog", catalog);
    arguments.put("schemaPattern", schemaPattern);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Map<String, Object> row : ask("getSchemas", arguments)) {
      if (isIn(catalog, row.get("TABLE_CATALOG"))
          && matches(schemaPattern, row.get("TABLE_SCHEM"))) {
        rows.add(row);
      }
    }
    return MetadataTable.SCHEMAS.ofNamed(rows, "TABLE_CATALOG", "TABLE_SCHEM");
  }

  @Override
  public ResultSet getTables(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tableNamePattern,
      String @Nullable [] types)
      throws SQLException {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("catalog", catalog);
    arguments.put("schemaPattern", schemaPattern);
    arguments.put("tableNamePattern", tableNamePattern);
    arguments.put("typeList", types == null ? null : List.of(types));
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Map<String, Object> row : ask("getTables", arguments)) {
      if (isIn(catalog, row.get("TABLE_CAT"))
          && matches(schemaPattern, row.get("TABLE_SCHEM"))
          && matches(tableNamePattern, row.get("TABLE_NAME"))
          && (types == null || List.of(types).contains(row.get("TABLE_TYPE")))) {
        rows.add(row);
      }
    }
    return MetadataTable.TABLES.ofNamed(
        rows, "TABLE_TYPE", "TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME");
  }

  @Override
  public ResultSet getColumns(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tableNamePattern,
      @Nullable String columnNamePattern)
      throws SQLException {
    Map<String, Object> arguments = new LinkedHashMap<>();
    arguments.put("catalog", catalog);
    arguments.put("schemaPattern", schemaPattern);
    arguments.put("tableNamePattern", tableNamePattern);
    arguments.put("columnNamePattern", columnNamePattern);
    List<Map<String, Object>> rows = new ArrayList<>();
    for (Map<String, Object> row : ask("getColumns", arguments)) {
      if (isIn(catalog, row.get("TABLE_CAT"))
          && matches(schemaPattern, row.get("TABLE_SCHEM"))
          && matches(tableNamePattern, row.get("TABLE_NAME"))
          && matches(columnNamePattern, row.get("COLUMN_NAME"))) {
        rows.add(row);
      }
    }
    return MetadataTable.COLUMNS.ofNamed(
        rows, "TABLE_CAT", "TABLE_SCHEM", "TABLE_NAME", "ORDINAL_POSITION");
  }

  private List<Map<String, Object>> ask(String question, Map<String, ?> arguments)
      throws SQLException {
    connection.checkOpen();
    return connection.session().metadata(question, arguments);
  }

  /// JDBC's rule for catalogs: absent asks for any, empty for those that have none.
  private static boolean isIn(@Nullable String catalog, @Nullable Object actual) {
    return catalog == null || catalog.equalsIgnoreCase(actual == null ? "" : actual.toString());
  }

  private static boolean matches(@Nullable String pattern, @Nullable Object name) {
    return SqlText.matches(pattern, name == null ? null : name.toString());
  }

  // What the driver knows

  @Override
  public ResultSet getTypeInfo() {
    return MetadataTable.TYPE_INFO.of(SqlTypes.typeInfo());
  }

  @Override
  public ResultSet getClientInfoProperties() {
    Object[] applicationName = {
      "ApplicationName", 255L, "", "The name that the broker shows for this program's queries."
    };
    return MetadataTable.CLIENT_INFO.of(List.<Object[]>of(applicationName));
  }

  // What Cuvée does not have

  @Override
  public ResultSet getProcedures(
      @Nullable String catalog, @Nullable String schemaPattern, @Nullable String namePattern) {
    return MetadataTable.PROCEDURES.empty();
  }

  @Override
  public ResultSet getProcedureColumns(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String procedureNamePattern,
      @Nullable String columnNamePattern) {
    return MetadataTable.PROCEDURE_COLUMNS.empty();
  }

  @Override
  public ResultSet getFunctions(
      @Nullable String catalog, @Nullable String schemaPattern, @Nullable String namePattern) {
    return MetadataTable.FUNCTIONS.empty();
  }

  @Override
  public ResultSet getFunctionColumns(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String functionNamePattern,
      @Nullable String columnNamePattern) {
    return MetadataTable.FUNCTION_COLUMNS.empty();
  }

  @Override
  public ResultSet getColumnPrivileges(
      @Nullable String catalog,
      @Nullable String schema,
      @Nullable String table,
      @Nullable String columnNamePattern) {
    return MetadataTable.COLUMN_PRIVILEGES.empty();
  }

  @Override
  public ResultSet getTablePrivileges(
      @Nullable String catalog, @Nullable String schemaPattern, @Nullable String tableNamePattern) {
    return MetadataTable.TABLE_PRIVILEGES.empty();
  }

  @Override
  public ResultSet getBestRowIdentifier(
      @Nullable String catalog,
      @Nullable String schema,
      @Nullable String table,
      int scope,
      boolean nullable) {
    return MetadataTable.ROW_IDENTIFIERS.empty();
  }

  @Override
  public ResultSet getVersionColumns(
      @Nullable String catalog, @Nullable String schema, @Nullable String table) {
    return MetadataTable.ROW_IDENTIFIERS.empty();
  }

  @Override
  public ResultSet getPrimaryKeys(
      @Nullable String catalog, @Nullable String schema, @Nullable String table) {
    return MetadataTable.PRIMARY_KEYS.empty();
  }

  @Override
  public ResultSet getImportedKeys(
      @Nullable String catalog, @Nullable String schema, @Nullable String table) {
    return MetadataTable.FOREIGN_KEYS.empty();
  }

  @Override
  public ResultSet getExportedKeys(
      @Nullable String catalog, @Nullable String schema, @Nullable String table) {
    return MetadataTable.FOREIGN_KEYS.empty();
  }

  @Override
  public ResultSet getCrossReference(
      @Nullable String parentCatalog,
      @Nullable String parentSchema,
      @Nullable String parentTable,
      @Nullable String foreignCatalog,
      @Nullable String foreignSchema,
      @Nullable String foreignTable) {
    return MetadataTable.FOREIGN_KEYS.empty();
  }

  @Override
  public ResultSet getIndexInfo(
      @Nullable String catalog,
      @Nullable String schema,
      @Nullable String table,
      boolean unique,
      boolean approximate) {
    return MetadataTable.INDEXES.empty();
  }

  @Override
  public ResultSet getUDTs(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String typeNamePattern,
      int @Nullable [] types) {
    return MetadataTable.USER_TYPES.empty();
  }

  @Override
  public ResultSet getSuperTypes(
      @Nullable String catalog, @Nullable String schemaPattern, @Nullable String namePattern) {
    return MetadataTable.SUPER_TYPES.empty();
  }

  @Override
  public ResultSet getSuperTables(
      @Nullable String catalog, @Nullable String schemaPattern, @Nullable String namePattern) {
    return MetadataTable.SUPER_TABLES.empty();
  }

  @Override
  public ResultSet getAttributes(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String typeNamePattern,
      @Nullable String attributeNamePattern) {
    return MetadataTable.ATTRIBUTES.empty();
  }

  @Override
  public ResultSet getPseudoColumns(
      @Nullable String catalog,
      @Nullable String schemaPattern,
      @Nullable String tableNamePattern,
      @Nullable String columnNamePattern) {
    return MetadataTable.PSEUDO_COLUMNS.empty();
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return SqlErrors.unwrap(this, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
