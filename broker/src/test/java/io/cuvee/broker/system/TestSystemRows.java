package io.cuvee.broker.system;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.broker.BrokerConfig;
import io.cuvee.broker.FakeCluster;
import io.cuvee.broker.routing.ClusterView;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.SystemTables;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TestSystemRows {
  private final FakeCluster cluster = new FakeCluster();
  private final QueryLog log = new QueryLog(3);
  private final PeerBrokers peers = new PeerBrokers(List::of, () -> "b");
  private ClusterView view;
  private SystemRows system;

  @BeforeEach
  void start() {
    cluster.table(
        Schema.of(
            "t",
            List.of(
                new FieldSpec(
                    "x", ColumnType.LONG, FieldSpec.Role.METRIC, true, "it's 0", null, null),
                FieldSpec.dimension("odd \"name", ColumnType.STRING))),
        TableConfig.offline("t", 1));
    view = new ClusterView(cluster, servers -> {});
    view.start(Duration.ofSeconds(10));
    system =
        new SystemRows(
            view, () -> "b", () -> List.of(info("1")), log, peers, BrokerConfig.DEFAULT.asText());
  }

  @AfterEach
  void stop() {
    peers.close();
    view.close();
  }

  static QueryInfo info(String id) {
    return new QueryInfo(
        id,
        "SELECT " + "x".repeat(20_000),
        1,
        2,
        "",
        List.of("t"),
        3,
        4,
        5,
        6,
        7,
        8,
        "FAILED",
        9,
        10,
        11,
        ErrorCode.DIVISION_BY_ZERO,
        "Division by zero.",
        new QueryInfo.Phases(1_000_000, 0, 0, 0));
  }

  static List<Catalog.Table> tables() {
    return SystemTables.ALL;
  }

  private List<List<@Nullable Object>> scan(Catalog.Table table) {
    List<Expression> columns = new ArrayList<>();
    for (int i = 0; i < table.columns().size(); i++) {
      columns.add(new Expression.Column(i, table.columns().get(i).type()));
    }
    SegmentQuery query =
        new SegmentQuery(
            table.name(),
            table.columns().stream().map(Catalog.TableColumn::name).toList(),
            table.columns().stream().map(Catalog.TableColumn::type).toList(),
            null,
            new SegmentQuery.Selection(columns, List.of(), SegmentQuery.NO_LIMIT));
    List<List<@Nullable Object>> rows = new ArrayList<>();
    try (PageSource pages =
        system.scan(
            query, view.current(), QueryContext.withTimeout("test", Duration.ofMinutes(1)))) {
      for (Page page = pages.next(); page != null; page = pages.next()) {
        for (int row = 0; row < page.rowCount(); row++) {
          List<@Nullable Object> values = new ArrayList<>();
          for (int i = 0; i < columns.size(); i++) {
            Object value = page.column(i).get(row);
            values.add(
                value instanceof byte[] text ? new String(text, StandardCharsets.UTF_8) : value);
          }
          rows.add(values);
        }
      }
    }
    return rows;
  }

  private List<List<@Nullable Object>> scan(String table) {
    return scan(SystemTables.find(table).orElseThrow());
  }

  @ParameterizedTest
  @MethodSource("tables")
  void rowsHaveAValueForEachColumn(Catalog.Table table) {
    log.add(info("2"));
    assertThat(system.rows(table.name(), view.current().catalog()))
        .allSatisfy(row -> assertThat(row).hasSameSizeAs(table.columns()));
    assertThat(scan(table)).allSatisfy(row -> assertThat(row).hasSameSizeAs(table.columns()));
    assertThat(table.columns().stream().map(Catalog.TableColumn::name)).doesNotHaveDuplicates();
  }

  @Test
  void everyColumnOfEveryTableIsListed() {
    long columns = 2 + SystemTables.ALL.stream().mapToLong(table -> table.columns().size()).sum();
    assertThat(scan("information_schema.columns")).hasSize((int) columns);
    assertThat(scan("system.columns")).hasSize((int) columns);
    assertThat(scan("INFORMATION_SCHEMA.TABLES")).hasSize(1 + SystemTables.ALL.size());
  }

  @Test
  void theStatementThatMakesATableHasItsConfig() {
    List<@Nullable Object> row =
        scan("system.tables").stream().filter(r -> "t".equals(r.get(1))).findFirst().orElseThrow();
    assertThat(String.valueOf(row.getLast()))
        .startsWith(
            """
            CREATE TABLE "default"."t" (
              "odd ""name" VARCHAR,
              "x" BIGINT NOT NULL DEFAULT 'it''s 0'
            )
            WITH (
              config = '\
            """)
        .contains("\"tableName\"")
        .endsWith("'\n)");
  }

  @Test
  void theLogForgetsTheOldestAndCutsLongStatements() {
    for (int i = 0; i < 5; i++) {
      log.add(info("q" + i));
    }
    List<List<@Nullable Object>> rows = scan("system.query_log");
    assertThat(rows).extracting(List::getFirst).containsExactly("q2", "q3", "q4");
    assertThat(String.valueOf(rows.getFirst().get(2))).hasSizeLessThan(10_100).endsWith("…");
    assertThat(rows.getFirst()).contains("22012", "Division by zero.", 1.0);
    QueryLog none = new QueryLog(0);
    none.add(info("x"));
    assertThat(none.all()).isEmpty();
  }
}
