package io.cuvee.broker.routing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.broker.FakeCluster;
import io.cuvee.cluster.state.Instance.Phase;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TestClusterView {
  private final FakeCluster cluster = new FakeCluster();
  private ClusterView view;
  private volatile List<ServerAddress> servers = List.of();

  @BeforeEach
  void start() {
    Schema schema = Schema.of("T", List.of(FieldSpec.dimension("x", ColumnType.INT)));
    cluster.table(schema, TableConfig.offline("T", 1));
    cluster.server("a", 1, Phase.WARM);
    cluster.server("b", 2, Phase.WARM);
    view = new ClusterView(cluster, all -> servers = all);
    view.start(Duration.ofSeconds(10));
  }

  @AfterEach
  void stop() {
    view.close();
  }

  private ClusterSnapshot await(Predicate<ClusterSnapshot> condition) throws InterruptedException {
    for (int i = 0; i < 2000; i++) {
      ClusterSnapshot snapshot = view.current();
      if (condition.test(snapshot)) {
        return snapshot;
      }
      Thread.sleep(5);
    }
    throw new AssertionError("not in time: " + view.current());
  }

  private static TableRouting routing(ClusterSnapshot snapshot) {
    List<TableRouting> halves = snapshot.routing().halves("T");
    return halves.isEmpty() ? new TableRouting("T_OFFLINE", List.of()) : halves.getFirst();
  }

  @Test
  void tablesAreKnownInAnyCase() {
    Catalog catalog = view.current().catalog();
    assertThat(catalog.table("t")).isPresent();
    assertThat(catalog.table("T").orElseThrow().columns())
        .containsExactly(new Catalog.TableColumn("x", ColumnType.INT, true));
    assertThat(catalog.table("u")).isEmpty();
    assertThat(servers).hasSize(2);
  }

  @Test
  void tableWithoutSegmentsHasNothingToAsk() {
    assertThat(view.current().routing().halves("T")).isEmpty();
  }

  @Test
  void segmentThatNobodyHasLoadedIsMissing() throws Exception {
    cluster.segment("T_OFFLINE", "s", 10, false);
    TableRouting routing = routing(await(now -> routing(now).segmentCount() == 1));
    assertThat(routing.missing()).containsEntry("s", "no live server has loaded it");
    cluster.serves("a", "T_OFFLINE", "s", SegmentState.ERROR);
    routing = routing(await(now -> routing(now).missing().toString().contains("checksum")));
    assertThat(routing.missing()).containsEntry("s", "a cannot load it: bad checksum");
    cluster.serves("a", "T_OFFLINE", "s", SegmentState.ONLINE);
    routing = routing(await(now -> routing(now).missing().isEmpty()));
    assertThat(routing.parts()).hasSize(1);
    assertThat(view.current().catalog().table("T").orElseThrow().rowCount()).isEqualTo(10);
  }

  @Test
  void arrivingSegmentIsNotShownYet() throws Exception {
    cluster.serves("a", "T_OFFLINE", "s", SegmentState.ONLINE);
    cluster.serves("a", "T_OFFLINE", "new", SegmentState.ONLINE);
    cluster.segment("T_OFFLINE", "new", 10, true);
    cluster.segment("T_OFFLINE", "s", 10, false);
    TableRouting routing = routing(await(now -> routing(now).segmentCount() > 0));
    assertThat(routing.parts().getFirst().segments()).containsExactly("s");
    cluster.segment("T_OFFLINE", "new", 10, false);
    await(now -> routing(now).segmentCount() == 2);
  }

  @Test
  void warmServersAreAskedBeforeOthers() throws Exception {
    cluster.server("b", 2, Phase.READY);
    cluster.segment("T_OFFLINE", "s", 10, false);
    cluster.serves("a", "T_OFFLINE", "s", SegmentState.ONLINE);
    cluster.serves("b", "T_OFFLINE", "s", SegmentState.ONLINE);
    await(now -> routing(now).segmentCount() == 1 && routing(now).missing().isEmpty());
    for (int i = 0; i < 8; i++) {
      assertThat(routing(view.current()).parts().getFirst().server().id()).isEqualTo("a");
    }
    cluster.server("a", 1, Phase.DRAINING);
    await(now -> routing(now).parts().getFirst().server().id().equals("b"));
    // It says that it leaves: else it would be asked in need.
    cluster.server("b", 2, Phase.DRAINING);
    await(now -> now.routing().version() > 0 && view.departure("b").isPresent());
    cluster.serverGone("b");
    await(now -> routing(now).parts().getFirst().server().id().equals("a"));
    cluster.serverGone("a");
    TableRouting routing = routing(await(now -> !routing(now).missing().isEmpty()));
    assertThat(routing.missing()).containsEntry("s", "no server is alive");
  }

  @Test
  void catalogVersionChangesWithTheColumnsAndWhenThereAreManyMoreRows() throws Exception {
    cluster.segment("T_OFFLINE", "s", 10, false);
    await(now -> routing(now).segmentCount() == 1);
    long version = view.current().catalog().version();
    cluster.segment("T_OFFLINE", "s2", 10, false);
    await(now -> routing(now).segmentCount() == 2);
    assertThat(view.current().catalog().version()).isEqualTo(version);
    Schema wider =
        Schema.of(
            "T",
            List.of(
                FieldSpec.dimension("x", ColumnType.INT),
                FieldSpec.dimension("y", ColumnType.STRING)));
    cluster.put("schemas/T", wider.toJson());
    await(now -> now.catalog().version() > version);
    assertThat(view.current().catalog().table("T").orElseThrow().columns()).hasSize(2);
  }

  @Test
  void damagedMetadataDoesNotStopTheOthers() throws Exception {
    cluster.put("schemas/U", "{ not json");
    cluster.put("tables/U_OFFLINE", TableConfig.offline("U", 1).toJson());
    cluster.table(
        Schema.of("V", List.of(FieldSpec.dimension("x", ColumnType.INT))),
        TableConfig.offline("V", 1));
    await(now -> now.catalog().table("V").isPresent());
    assertThat(view.current().catalog().table("U")).isEmpty();
    assertThat(view.current().catalog().table("T")).isPresent();
  }

  @Test
  void droppedTableIsForgotten() throws Exception {
    cluster.delete("tables/T_OFFLINE");
    await(now -> now.catalog().tables().isEmpty());
    assertThat(view.current().routing().tables()).isEmpty();
  }

  @Test
  void tableOfTwoHalvesWithoutATimeColumnIsRefusedOnceBothHaveSegments() throws Exception {
    cluster.put(
        "tables/T_REALTIME",
        TableConfig.offline("T", 1).toJson().replace("\"OFFLINE\"", "\"REALTIME\""));
    cluster.segment("T_OFFLINE", "s", 10, false);
    await(now -> now.routing().tables().size() == 2 && routing(now).segmentCount() == 1);
    cluster.segment("T_REALTIME", "r", 10, false);
    await(now -> now.routing().tables().get("T_REALTIME").segmentCount() == 1);
    SegmentQuery all =
        new SegmentQuery(
            "T",
            List.of(),
            List.of(),
            null,
            new SegmentQuery.Selection(List.of(), List.of(), SegmentQuery.NO_LIMIT));
    assertThatThrownBy(() -> view.current().routing().scans(all))
        .isInstanceOfSatisfying(
            CuveeException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.FEATURE_NOT_SUPPORTED));
  }
}
