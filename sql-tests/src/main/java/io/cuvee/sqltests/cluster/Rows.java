package io.cuvee.sqltests.cluster;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The whole result of a query.
///
/// @param columns labels
/// @param cells as `getObject` gives them; times as LocalDate and LocalDateTime, arrays as text
public record Rows(List<String> columns, List<List<@Nullable Object>> cells) {
  public Rows {
    columns = List.copyOf(columns);
    cells = Collections.unmodifiableList(cells);
  }

  public static Rows query(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      return of(result);
    }
  }

  /// Reads a result to its end.
  public static Rows of(ResultSet result) throws SQLException {
    ResultSetMetaData metaData = result.getMetaData();
    int count = metaData.getColumnCount();
    List<String> columns = new ArrayList<>();
    for (int i = 1; i <= count; i++) {
      columns.add(metaData.getColumnLabel(i));
    }
    List<List<@Nullable Object>> cells = new ArrayList<>();
    while (result.next()) {
      List<@Nullable Object> row = new ArrayList<>(count);
      for (int i = 1; i <= count; i++) {
        row.add(cell(result, i, metaData.getColumnType(i)));
      }
      cells.add(row);
    }
    return new Rows(columns, cells);
  }

  /// Times by their text, which no driver shifts to another zone.
  private static @Nullable Object cell(ResultSet result, int column, int type) throws SQLException {
    String text =
        switch (type) {
          case Types.TIMESTAMP, Types.DATE, Types.ARRAY -> result.getString(column);
          default -> null;
        };
    if (text == null) {
      return result.getObject(column);
    }
    return switch (type) {
      case Types.TIMESTAMP -> LocalDateTime.parse(text.replace(' ', 'T'));
      case Types.DATE -> LocalDate.parse(text);
      default -> text;
    };
  }

  /// The cells as text; `null` for NULL.
  public List<List<@Nullable String>> texts() {
    List<List<@Nullable String>> texts = new ArrayList<>(cells.size());
    for (List<@Nullable Object> row : cells) {
      List<@Nullable String> line = new ArrayList<>(row.size());
      for (Object cell : row) {
        line.add(
            cell == null
                ? null
                : cell instanceof byte[] bytes
                    ? java.util.HexFormat.of().formatHex(bytes)
                    : cell.toString());
      }
      texts.add(line);
    }
    return texts;
  }
}
