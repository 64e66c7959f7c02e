package io.cuvee.sqltests.input;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ClusterExtension.class)
class TestUpsertedRows {
  private static final String SCHEMA =
      """
      {"schemaName": "stock", "primaryKeyColumns": ["item"],
       "dimensionFieldSpecs": [{"name": "item", "dataType": "STRING"},
         {"name": "place", "dataType": "STRING"}, {"name": "gone", "dataType": "BOOLEAN"}],
       "metricFieldSpecs": [{"name": "pieces", "dataType": "LONG"}],
       "dateTimeFieldSpecs": [{"name": "at", "dataType": "TIMESTAMP", "format": "TIMESTAMP",
         "granularity": "1:MILLISECONDS"}]}
      """;

  private static final String TABLE =
      """
      {"tableName": "stock", "tableType": "REALTIME",
       "segmentsConfig": {"schemaName": "stock", "timeColumnName": "at"},
       "upsertConfig": {"mode": "PARTIAL", "deleteRecordColumn": "gone",
         "partialUpsertStrategies": {"pieces": "INCREMENT"}} %s}
      """;

  private static void post(SharedCluster cluster, String rows) throws Exception {
    cluster.controller().post("/tables/stock/rows", rows).expect(200);
  }

  /// Waits until the answer is this, for rows take a moment to be seen.
  private static void awaitRows(SharedCluster cluster, String sql, List<List<String>> expected)
      throws Exception {
    long end = System.nanoTime() + 60_000_000_000L;
    List<List<@Nullable String>> rows = List.of();
    while (System.nanoTime() < end && !rows.equals(expected)) {
      Thread.sleep(20);
      rows = cluster.query(sql);
    }
    assertThat(rows.equals(expected)).as(sql + " gives " + rows).isTrue();
  }

  @Test
  void rowsOfAKeyAreMergedAndDeleted(SharedCluster cluster) throws Exception {
    Rest controller = cluster.controller();
    controller.post("/schemas", SCHEMA).expect(200);
    String refused =
        controller
            .post(
                "/tables", TABLE.formatted(", \"tableIndexConfig\": {\"sortedColumn\": \"item\"}"))
            .expect(400)
            .json()
            .toString();
    assertThat(refused).contains("sortedColumn");
    controller.post("/tables", TABLE.formatted("")).expect(200);
    post(
        cluster,
        """
        [{"item": "nut", "place": "a", "pieces": 5, "at": 100},
         {"item": "bolt", "place": "b", "pieces": 1, "at": 100},
         {"item": "nut", "pieces": 3, "at": 101},
         {"item": "nut", "place": "late", "pieces": 1000, "at": 50},
         {"item": "screw", "place": "c", "pieces": 7, "at": 100}]
        """);
    String sql = "SELECT item, place, pieces FROM stock ORDER BY item";
    awaitRows(
        cluster,
        sql,
        List.of(List.of("bolt", "b", "1"), List.of("nut", "a", "8"), List.of("screw", "c", "7")));
    assertThat(cluster.query("SELECT COUNT(*), MAX(pieces), MIN(\"at\") FROM stock").getFirst())
        .startsWith("3", "8");
    post(
        cluster,
        """
        [{"item": "bolt", "gone": true, "at": 102}, {"item": "screw", "place": "d", "at": 103}]
        """);
    awaitRows(cluster, sql, List.of(List.of("nut", "a", "8"), List.of("screw", "d", "7")));
    assertThat(cluster.query("SELECT COUNT(*) FROM stock WHERE item = 'bolt'"))
        .isEqualTo(List.of(List.of("0")));
    assertThat(
            cluster
                .broker()
                .query("SET skipUpsert = true; SELECT COUNT(*) FROM stock")
                .path("resultTable")
                .path("rows")
                .path(0)
                .path(0)
                .asInt())
        .isEqualTo(7);
    controller.post("/tables/stock/forceCommit", "").expect(200);
    awaitRows(
        cluster,
        "SELECT COUNT(*) FROM system.segments WHERE table_name = 'stock' AND row_count > 0",
        List.of(List.of("1")));
    post(cluster, "[{\"item\": \"nut\", \"place\": \"z\", \"pieces\": 1, \"at\": 200}]");
    awaitRows(cluster, sql, List.of(List.of("nut", "z", "9"), List.of("screw", "d", "7")));
    controller.delete("/tables/stock").expect(200);
  }
}
