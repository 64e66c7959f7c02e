package io.cuvee.sqltests.duckdb;

import com.fasterxml.jackson.databind.JsonNode;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.io.IOException;
import java.math.BigDecimal;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// All the ways to ask a query.
final class Clients {
  private Clients() {}

  /// A way to ask a query.
  interface Client {
    Rows query(String sql) throws Exception;
  }

  /// By name.
  static Map<String, Client> of(SharedCluster cluster) {
    Map<String, Client> clients = new LinkedHashMap<>();
    clients.put("DriverManager", sql -> over(cluster.jdbcUrl(), sql));
    clients.put(
        "discover",
        sql ->
            over("jdbc:cuvee:discover:" + cluster.controllerUrl().replace("http:", "") + "/", sql));
    clients.put("HikariCP", sql -> pooled(cluster, sql));
    clients.put("Avatica, JSON", sql -> over(avatica(cluster, "json"), sql));
    clients.put("Avatica, protobuf", sql -> over(avatica(cluster, "protobuf"), sql));
    clients.put("HTTP", sql -> overHttp(cluster.broker(), sql));
    return clients;
  }

  private static String avatica(SharedCluster cluster, String serialization) {
    return "jdbc:avatica:remote:timeZone=UTC;url="
        + cluster.brokerUrl()
        + "/avatica;serialization="
        + serialization;
  }

  private static Rows over(String url, String sql) throws SQLException {
    try (Connection connection = DriverManager.getConnection(url)) {
      return Rows.query(connection, sql);
    }
  }

  private static Rows pooled(SharedCluster cluster, String sql) throws SQLException {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(cluster.jdbcUrl());
    config.setMaximumPoolSize(2);
    try (HikariDataSource pool = new HikariDataSource(config);
        Connection connection = pool.getConnection()) {
      return Rows.query(connection, sql);
    }
  }

  static Rows overHttp(Rest broker, String sql) throws IOException, InterruptedException {
    JsonNode answer = broker.query(sql);
    if (!answer.path("exceptions").isEmpty()) {
      throw new AssertionError(answer.path("exceptions").toString());
    }
    JsonNode table = answer.path("resultTable");
    List<String> columns = new ArrayList<>();
    table.path("dataSchema").path("columnNames").forEach(name -> columns.add(name.asText()));
    List<String> types = new ArrayList<>();
    table.path("dataSchema").path("columnDataTypes").forEach(type -> types.add(type.asText()));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (JsonNode row : table.path("rows")) {
      List<@Nullable Object> cells = new ArrayList<>();
      for (int i = 0; i < row.size(); i++) {
        cells.add(cell(row.get(i), types.get(i)));
      }
      rows.add(cells);
    }
    return new Rows(columns, rows);
  }

  /// A cell by Pinot's name for its type.
  private static @Nullable Object cell(JsonNode cell, String type) {
    if (cell.isNull()) {
      return null;
    }
    return switch (type) {
      case "INT", "LONG" -> cell.asLong();
      case "FLOAT", "DOUBLE" -> cell.asDouble();
      case "BIG_DECIMAL" -> new BigDecimal(cell.asText());
      case "TIMESTAMP" -> LocalDateTime.parse(cell.asText().replace(' ', 'T'));
      case "DATE" -> LocalDate.parse(cell.asText());
      default -> cell.asText();
    };
  }
}
