package io.cuvee.launcher.shell;

import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// The rows of a JDBC result set.
final class JdbcRows implements ResultRows {
  private final ResultSet result;
  private final List<Column> columns = new ArrayList<>();

  private final BooleanSupplier stopped;

  /// @param stopped whether no more rows are wanted
  JdbcRows(ResultSet result, BooleanSupplier stopped) throws SQLException {
    this.result = result;
    this.stopped = stopped;
    ResultSetMetaData metadata = result.getMetaData();
    for (int i = 1; i <= metadata.getColumnCount(); i++) {
      columns.add(new Column(metadata.getColumnLabel(i), form(metadata.getColumnType(i))));
    }
  }

  private static Form form(int type) {
    return switch (type) {
      case Types.TINYINT,
          Types.SMALLINT,
          Types.INTEGER,
          Types.BIGINT,
          Types.DECIMAL,
          Types.NUMERIC,
          Types.REAL,
          Types.FLOAT,
          Types.DOUBLE ->
          Form.NUMBER;
      case Types.BOOLEAN, Types.BIT -> Form.BOOLEAN;
      default -> Form.TEXT;
    };
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public boolean next() throws SQLException {
    if (stopped.getAsBoolean()) {
      throw new SQLException("The statement was cancelled; there are more rows.", "57014");
    }
    return result.next();
  }

  @Override
  public @Nullable String text(int column) throws SQLException {
    return result.getString(column + 1);
  }
}
