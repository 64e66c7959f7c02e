package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// A table with star-trees, against DuckDB and against itself without them.
@ExtendWith(ClusterExtension.class)
class TestStarTrees {
  private static final int ROWS = 4000;
  private static final int RANDOM_QUERIES = 60;
  private static final long SEED = Long.getLong("cuvee.random.seed", 5);

  private static final List<String> CONDITIONS =
      List.of(
          "region = 'north'",
          "region IN ('north', 'süd', 'nowhere')",
          "region <> 'north'",
          "region IS NULL",
          "region IS NOT NULL",
          "region LIKE '%t%'",
          "shop BETWEEN 3 AND 9",
          "shop IN (1, 4, 7)",
          "shop NOT IN (1, 4, 7)",
          "NOT (shop > 5)",
          "(shop = 2 OR shop > 8)",
          "(shop = 2 OR region = 'east')",
          "COALESCE(region, 'none') = 'none'",
          "shop + \"level\" > 7",
          "(region = 'north') IS NOT TRUE",
          "\"level\" = 2",
          "\"level\" IS NULL");

  private static final List<String> KEYS =
      List.of("region", "shop", "\"level\"", "UPPER(region)", "shop / 3");

  private static final List<String> AGGREGATES =
      List.of(
          "COUNT(*)",
          "COUNT(amount)",
          "SUM(amount)",
          "AVG(amount)",
          "MIN(amount)",
          "MAX(amount)",
          "SUM(price)",
          "SUM(amount * shop)",
          "SUM(shop * amount)",
          "SUM(huge - amount)",
          "MAX(note)",
          "COUNT(DISTINCT shop)",
          "COUNT(DISTINCT amount)",
          "COUNT(DISTINCT note)",
          "SUM(DISTINCT amount)",
          "STDDEV_POP(amount)",
          "VAR_SAMP(amount)",
          "MIN(region)",
          "SUM(amount) FILTER (WHERE \"level\" = 1)",
          "COUNT(*) FILTER (WHERE region IS NULL)");

  @Test
  void answersAreThoseOfDuckDbWithTreesAndWithout(SharedCluster cluster) throws Exception {
    Fixture table = table("sales");
    cluster.load(table);
    Random random = new Random(SEED);
    List<String> failures = new ArrayList<>();
    long byTree = 0;
    try (DuckDb duckDb = DuckDb.open()) {
      duckDb.load(table);
      for (int i = 0; i < RANDOM_QUERIES; i++) {
        String sql = query(random);
        Rows expected = duckDb.query(sql);
        for (String options : List.of("", "SET useStarTree = false; ")) {
          Rows actual = Clients.overHttp(cluster.broker(), options + sql);
          String difference = SameRows.difference(expected, actual, false);
          if (!difference.isEmpty()) {
            failures.add(options + sql + ": " + difference);
          }
        }
        byTree += explained(cluster, "", sql).contains("by star-tree") ? 1 : 0;
        assertThat(explained(cluster, "SET useStarTree = false; ", sql))
            .doesNotContain("by star-tree");
      }
    }
    assertThat(failures).as("-Dcuvee.random.seed=" + SEED).isEmpty();
    assertThat(byTree).as("queries that a star-tree answered").isGreaterThan(RANDOM_QUERIES / 2);
  }

  /// All but the quantiles, which are left to chance beyond the 200 values of a sketch, are equal.
  @Test
  void sketchesAndAliasesAnswerAsWithoutTrees(SharedCluster cluster) throws Exception {
    cluster.load(table("sales_sketches"));
    for (String aggregate :
        List.of(
            "DISTINCTCOUNTHLL(amount)",
            "DISTINCTCOUNTHLLPLUS(amount)",
            "APPROX_COUNT_DISTINCT(shop, 8)",
            "DISTINCTCOUNTTHETASKETCH(note)",
            "DISTINCTCOUNTRAWTHETASKETCH(note)",
            "DISTINCTCOUNT(note)",
            "MINMAXRANGE(amount)",
            "SUMPRECISION(amount)",
            "SUMPRECISION(price)",
            "PERCENTILEEST(amount, 0)",
            "PERCENTILETDIGEST100(amount)")) {
      for (String rest :
          List.of("", " WHERE shop > 3", " WHERE region = 'nowhere'", " GROUP BY region")) {
        String sql = "SELECT " + aggregate + " AS a FROM sales_sketches" + rest + " ORDER BY a";
        assertThat(explained(cluster, "", sql)).as(sql).contains("by star-tree");
        Rows with = Clients.overHttp(cluster.broker(), sql);
        Rows without = Clients.overHttp(cluster.broker(), "SET useStarTree = false; " + sql);
        assertThat(SameRows.difference(without, with, true)).as(sql).isEmpty();
      }
    }
  }

  @Test
  void fewerDocumentsAreScanned(SharedCluster cluster) throws Exception {
    cluster.load(table("sales_twice"));
    String sql = "SELECT region, SUM(amount) FROM sales_twice GROUP BY region";
    JsonNode with = cluster.broker().query(sql);
    JsonNode without = cluster.broker().query("SET useStarTree = false; " + sql);
    assertThat(with.path("totalDocs").asLong()).isEqualTo(ROWS);
    assertThat(without.path("numDocsScanned").asLong()).isEqualTo(ROWS);
    assertThat(with.path("numDocsScanned").asLong()).isBetween(1L, 5L * SharedCluster.SEGMENTS);
  }

  @Test
  void configsThatDoNotFitAreRefused(SharedCluster cluster) throws Exception {
    assertRefused(cluster, tree("[\"regoin\"]", "[]"), "'regoin'", "region");
    assertRefused(cluster, tree("[\"tags\"]", "[]"), "'tags'", "an array");
    assertRefused(cluster, tree("[]", "[]"), "dimensionsSplitOrder is empty");
    assertRefused(cluster, tree("[\"shop\"]", "[\"MEDIAN__amount\"]"), "MEDIAN", "MIN, MAX");
    assertRefused(cluster, tree("[\"shop\"]", "[\"SUM__amuont\"]"), "'amuont'", "amount");
    assertRefused(cluster, tree("[\"shop\"]", "[\"SUM__note\"]"), "SUM__note", "numbers");
    assertRefused(cluster, tree("[\"shop\"]", "[\"PERCENTILEKLL__note\"]"), "note", "numbers");
    assertRefused(cluster, tree("[\"shop\"]", "[\"DISTINCTCOUNTHLL__*\"]"), "name a column");
    assertRefused(cluster, tree("[\"huge\"]", "[]"), "'huge'", "noDictionaryColumns");
  }

  private static void assertRefused(SharedCluster cluster, String tree, String... messages)
      throws Exception {
    cluster.controller().post("/schemas", table("sales_refused").schema()).expect(200);
    Rest.Answer answer = cluster.controller().post("/tables", config("sales_refused", tree));
    assertThat(answer.status()).as(answer.body()).isEqualTo(400);
    assertThat(answer.error()).contains("starTreeIndexConfigs[0]").contains(messages);
  }

  private static String explained(SharedCluster cluster, String options, String sql)
      throws Exception {
    return cluster.broker().query(options + "EXPLAIN ANALYZE " + sql).toString();
  }

  private static String query(Random random) {
    StringBuilder sql = new StringBuilder("SELECT ");
    List<String> keys = new ArrayList<>();
    for (int i = random.nextInt(3); i > 0; i--) {
      String key = any(KEYS, random);
      if (!keys.contains(key)) {
        keys.add(key);
      }
    }
    for (int i = 0; i < keys.size(); i++) {
      sql.append(keys.get(i)).append(" AS k").append(i).append(", ");
    }
    int aggregates = 1 + random.nextInt(4);
    for (int i = 0; i < aggregates; i++) {
      sql.append(i == 0 ? "" : ", ").append(any(AGGREGATES, random)).append(" AS a").append(i);
    }
    sql.append(" FROM sales");
    int conditions = random.nextInt(3);
    for (int i = 0; i < conditions; i++) {
      sql.append(i == 0 ? " WHERE " : " AND ").append(any(CONDITIONS, random));
    }
    return keys.isEmpty()
        ? sql.toString()
        : sql.append(" GROUP BY ").append(String.join(", ", keys)).toString();
  }

  private static String any(List<String> texts, Random random) {
    return texts.get(random.nextInt(texts.size()));
  }

  private static String tree(String dimensions, String pairs) {
    return "{\"dimensionsSplitOrder\":"
        + dimensions
        + ",\"functionColumnPairs\":"
        + pairs
        + ",\"maxLeafRecords\":5}";
  }

  private static String config(String name, String... trees) {
    return """
    {"tableName": "%s", "tableType": "OFFLINE",
     "segmentsConfig": {"schemaName": "%s", "replication": "2"},
     "tableIndexConfig": {
       "noDictionaryColumns": ["huge"],
       "starTreeIndexConfigs": [%s]},
     "tenants": {}, "metadata": {}}
    """
        .formatted(name, name, String.join(",", trees));
  }

  private static Fixture table(String name) {
    Random random = new Random(SEED);
    List<String> regions = List.of("north", "süd", "east", "west");
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      ObjectNode row = Rest.JSON.createObjectNode();
      row.put("region", orNull(random, 5, any(regions, random)));
      row.put("shop", random.nextInt(12));
      row.put("level", orNull(random, 4, random.nextInt(3)));
      row.put("amount", orNull(random, 6, random.nextInt(1000) - 300L));
      row.put("huge", (1L << 44) * (random.nextInt(200) - 100));
      row.put("price", orNull(random, 7, BigDecimal.valueOf(random.nextInt(9999), 2)));
      row.put("note", "n" + random.nextInt(50));
      ArrayNode tags = row.putArray("tags");
      tags.add("t" + random.nextInt(3));
      rows.add(row.toString());
    }
    String metrics =
        "[\"COUNT__*\",\"AVG__amount\",\"DISTINCTCOUNTBITMAP__amount\",\"distinct_count__note\","
            + "\"VARIANCE__amount\",\"DISTINCTCOUNTHLLPLUS__amount\",\"PERCENTILETDIGEST__amount\","
            + "\"DISTINCTCOUNTRAWTHETASKETCH__note\",\"SUMPRECISION__amount\",\"SUMPRECISION__price\","
            + "\"MINMAXRANGE__amount\",\"SUM__price\",\"SUM__amount * shop\","
            + "\"SUM__huge - amount\",\"MAX__note\"]";
    return new Fixture(
        name,
        """
        {"schemaName": "%s", "dimensionFieldSpecs": [
           {"name": "region", "dataType": "STRING"},
           {"name": "shop", "dataType": "INT"},
           {"name": "level", "dataType": "INT"},
           {"name": "note", "dataType": "STRING"},
           {"name": "tags", "dataType": "STRING", "singleValueField": false},
           {"name": "amount", "dataType": "LONG"},
           {"name": "huge", "dataType": "LONG"},
           {"name": "price", "dataType": "BIG_DECIMAL"}]}
        """
            .formatted(name),
        config(
            name,
            tree("[\"region\",\"shop\",\"level\"]", metrics),
            tree("[\"shop\",\"region\"]", metrics)),
        rows);
  }

  private static <T> @Nullable T orNull(Random random, int oneIn, T value) {
    return random.nextInt(oneIn) == 0 ? null : value;
  }
}
