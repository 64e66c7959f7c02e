import java.util.List;
import java.util.Properties;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/// Reads the demo's flights through Spark's JDBC source, by partitions, and compares with what the
/// database says itself. A single file without the build's Java, because it runs on Spark's.
public final class SparkCheck {
  private SparkCheck() {}

  public static void main(String[] arguments) {
    String url = arguments[0];
    Properties properties = new Properties();
    properties.setProperty("driver", "io.cuvee.jdbc.Driver");
    properties.setProperty("fetchsize", "20000");
    SparkSession spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("cuvee-check")
            .config("spark.ui.enabled", "false")
            .getOrCreate();
    try {
      Dataset<Row> flights =
          spark.read().jdbc(url, "flights", "distance", 0, 3000, 6, properties);
      flights.printSchema();
      expect("partitions", 6, flights.rdd().getNumPartitions());
      expect("rows", one(spark, url, "SELECT COUNT(*) AS n FROM flights"), flights.count());
      flights.createOrReplaceTempView("flights");
      // The filter is pushed down, the groups are Spark's.
      String sql =
          "SELECT origin, COUNT(*) AS n, SUM(distance) AS d FROM flights WHERE delay > 60"
              + " GROUP BY origin ORDER BY n DESC, origin LIMIT 10";
      List<Row> theirs = spark.sql(sql).collectAsList();
      List<Row> ours =
          spark.read()
              .format("jdbc")
              .option("url", url)
              .option("driver", "io.cuvee.jdbc.Driver")
              .option("query", sql)
              .load()
              .collectAsList();
      expect("groups", ours.stream().map(Row::toString).sorted().toList(),
          theirs.stream().map(Row::toString).sorted().toList());
      Dataset<Row> pushed =
          spark.read()
              .format("jdbc")
              .option("url", url)
              .option("driver", "io.cuvee.jdbc.Driver")
              .option("dbtable", "airports")
              .option("pushDownLimit", "true")
              .option("pushDownAggregate", "true")
              .load();
      expect("states of airports", one(spark, url, "SELECT COUNT(DISTINCT state) AS n FROM airports"),
          pushed.where("state IS NOT NULL").select("state").distinct().count());
      expect("limited", 5L, pushed.limit(5).count());
      System.out.println("Spark reads Cuvée.");
    } finally {
      spark.stop();
    }
  }

  private static Object one(SparkSession spark, String url, String query) {
    return spark.read()
        .format("jdbc")
        .option("url", url)
        .option("driver", "io.cuvee.jdbc.Driver")
        .option("query", query)
        .load()
        .first()
        .get(0);
  }

  private static void expect(String what, Object expected, Object found) {
    if (!String.valueOf(expected).equals(String.valueOf(found))) {
      throw new IllegalStateException(what + ": expected " + expected + ", found " + found);
    }
    System.out.println(what + ": " + found);
  }
}
