package io.cuvee.sqltests.duckdb;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.SharedCluster;
import io.cuvee.sqltests.duckdb.Differential.Finding;
import io.cuvee.sqltests.duckdb.Differential.Kind;
import io.cuvee.sqltests.duckdb.QueryGenerator.Query;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// Random queries, each shape with several sets of values, give the rows that DuckDB gives, on two
/// servers. `./cuvee bench differential` asks many more; a failure names what repeats it there.
@ExtendWith(ClusterExtension.class)
class TestRandomQueries {
  private static final long SEED = Long.getLong("cuvee.random.seed", 20_261_122);
  private static final int QUERIES = Integer.getInteger("cuvee.random.queries", 240);
  private static final int FAILURES_SHOWN = 20;

  @Test
  void agreeWithDuckDb(SharedCluster cluster) throws Exception {
    List<String> failures = new ArrayList<>();
    try (DuckDb duckDb = DuckDb.open();
        Connection connection = cluster.connect()) {
      duckDb.limitMemory();
      for (Fixture fixture : List.of(Fixture.events(), Fixture.kinds())) {
        duckDb.load(fixture);
      }
      Differential differential = new Differential(duckDb, connection);
      for (int i = 0; i < QUERIES; i++) {
        Query query = QueryGenerator.query(SEED, i);
        Finding finding = differential.withDuckDb(query);
        if (finding.kind() == Kind.DIFFERENT) {
          failures.add(
              "cuvee bench differential --seed %d --only %d\n%s\n%s"
                  .formatted(SEED, i, query.sql(), finding.detail()));
        }
      }
    }
    assertThat(failures.stream().limit(FAILURES_SHOWN))
        .as("%d of %d queries", failures.size(), QUERIES)
        .isEmpty();
  }

  @Test
  void anAnswerThatDiffersIsShownBesideTheOther(SharedCluster cluster) throws Exception {
    try (DuckDb duckDb = DuckDb.open();
        Connection connection = cluster.connect()) {
      duckDb.execute("CREATE TABLE kinds AS SELECT 'view' AS kind, 2 AS weight");
      Differential differential = new Differential(duckDb, connection);

      assertThat(differential.withDuckDb(view("weight")))
          .isEqualTo(
              new Finding(Kind.DIFFERENT, "row 1 of 1 differs\nexpected [[2]]\nactual   [[1]]"));
      assertThat(differential.withDuckDb(view("label")).detail())
          .startsWith("expected ")
          .contains("\"label\" not found")
          .endsWith("actual   1 rows");
      assertThat(differential.withDuckDb(view("absent")).kind()).isEqualTo(Kind.DIFFERENT);
      assertThat(
              differential
                  .withDuckDb(view("CAST(weight * 2000000000 AS INTEGER) * 2000000000"))
                  .kind())
          .isEqualTo(Kind.BOTH_REFUSED);
      assertThat(differential.withDuckDb(view("kind")).kind()).isEqualTo(Kind.SAME);
    }
  }

  private static Query view(String expression) {
    return new Query("SELECT " + expression + " FROM kinds WHERE kind = 'view'", true);
  }
}
