package io.cuvee.calcite.oracle;

import io.cuvee.calcite.catalog.Types;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.type.ColumnType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import org.apache.calcite.DataContext;
import org.apache.calcite.jdbc.CalciteConnection;
import org.apache.calcite.linq4j.Enumerable;
import org.apache.calcite.linq4j.Linq4j;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.schema.ScannableTable;
import org.apache.calcite.schema.impl.AbstractTable;
import org.jspecify.annotations.Nullable;

/// Calcite's own engine over the same tables.
final class EnumerableOracle implements AutoCloseable {
  private final Connection connection;

  EnumerableOracle(MemoryTables tables) throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("lex", "MYSQL_ANSI");
    properties.setProperty("conformance", "LENIENT");
    properties.setProperty(
        "parserFactory", "org.apache.calcite.sql.parser.babel.SqlBabelParserImpl#FACTORY");
    properties.setProperty("fun", "standard,postgresql");
    properties.setProperty("typeSystem", "io.cuvee.calcite.catalog.TypeSystem#INSTANCE");
    properties.setProperty("timeZone", "UTC");
    connection = DriverManager.getConnection("jdbc:calcite:", properties);
    CalciteConnection calcite = connection.unwrap(CalciteConnection.class);
    for (Catalog.Table table : tables.tables()) {
      calcite.getRootSchema().add(table.name(), new Rows(table, tables.rows(table.name())));
    }
  }

  /// The rows, in the Java form of our literals.
  List<List<@Nullable Object>> execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      List<List<@Nullable Object>> rows = new ArrayList<>();
      int width = result.getMetaData().getColumnCount();
      while (result.next()) {
        List<@Nullable Object> row = new ArrayList<>();
        for (int i = 1; i <= width; i++) {
          row.add(plain(result.getObject(i)));
        }
        rows.add(row);
      }
      return rows;
    }
  }

  private static @Nullable Object plain(@Nullable Object value) throws SQLException {
    return switch (value) {
      case null -> null;
      case String text -> text.getBytes(StandardCharsets.UTF_8);
      case Integer integer -> integer.longValue();
      case Short integer -> integer.longValue();
      case Byte integer -> integer.longValue();
      case Float real -> real.doubleValue();
      case Boolean truth -> truth ? 1L : 0L;
      case java.sql.Timestamp time -> time.toInstant().toEpochMilli();
      case java.sql.Date day -> day.toLocalDate().toEpochDay();
      case java.sql.Array array -> {
        List<@Nullable Object> list = new ArrayList<>();
        for (Object element : (Object[]) array.getArray()) {
          list.add(plain(element));
        }
        yield list;
      }
      default -> value;
    };
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }

  private static final class Rows extends AbstractTable implements ScannableTable {
    private final Catalog.Table table;
    private final List<Object[]> rows = new ArrayList<>();

    Rows(Catalog.Table table, List<List<@Nullable Object>> values) {
      this.table = table;
      for (List<@Nullable Object> value : values) {
        Object[] row = new Object[value.size()];
        for (int i = 0; i < row.length; i++) {
          row[i] = internal(value.get(i), table.columns().get(i).type());
        }
        rows.add(row);
      }
    }

    private static @Nullable Object internal(@Nullable Object value, ColumnType type) {
      if (value == null) {
        return null;
      }
      if (value instanceof List<?> list) {
        List<@Nullable Object> converted = new ArrayList<>();
        list.forEach(element -> converted.add(internal(element, type.elementType())));
        return converted;
      }
      return switch (type.dataType()) {
        case INT, DATE -> ((Long) value).intValue();
        case LONG, TIMESTAMP -> value;
        case FLOAT -> ((Double) value).floatValue();
        case DOUBLE -> value;
        case BIG_DECIMAL -> ((BigDecimal) value);
        case BOOLEAN -> (Long) value != 0;
        case STRING, JSON -> new String((byte[]) value, StandardCharsets.UTF_8);
        case TIME, UUID, BYTES -> throw new IllegalArgumentException(type.toString());
      };
    }

    @Override
    public RelDataType getRowType(RelDataTypeFactory typeFactory) {
      RelDataTypeFactory.Builder fields = typeFactory.builder();
      for (Catalog.TableColumn column : table.columns()) {
        fields.add(column.name(), typeFactory.copyType(Types.relType(column.type(), true)));
      }
      return fields.build();
    }

    @Override
    public Enumerable<@Nullable Object[]> scan(DataContext root) {
      return Linq4j.asEnumerable(rows);
    }
  }
}
