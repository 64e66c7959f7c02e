package io.cuvee.broker;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.broker.query.QueryCall;
import io.cuvee.broker.query.QueryRun;
import io.cuvee.calcite.plan.Session;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.Page;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// EXPLAIN PLAN FOR, with what servers say of their segments.
class TestExplain {
  private static final String SCAN = "Scan table=t columns=[x] select=[x]";

  private static List<String> explain(BrokerFixture broker) {
    QueryCall call = QueryCall.of("EXPLAIN PLAN FOR SELECT x FROM t", Session.DEFAULT);
    List<String> lines = new ArrayList<>();
    try (QueryRun run = broker.queries.register(call);
        var _ = broker.queries.enter(run)) {
      broker.queries.begin(run);
      for (Page page = run.next(); page != null; page = run.next()) {
        for (int i = 0; i < page.rowCount(); i++) {
          lines.add(((BytesValues) page.column(0)).text(i));
        }
      }
    }
    return lines;
  }

  @Test
  void whatServersSayIsPutBelowTheScan() throws Exception {
    try (BrokerFixture broker = new BrokerFixture()) {
      broker.server((request, reply) -> {
        reply.page(Page.of(BytesValues.of("s"), BytesValues.of("Select\n  AllRows")));
        reply.end();
      });
      assertThat(explain(broker))
          .containsExactly(SCAN, "  the only segment: Select", "    AllRows");
    }
  }

  @Test
  void itIsSaidWhyServersDoNotAnswer() throws Exception {
    for (ErrorCode code : List.of(ErrorCode.SERVER_UNREACHABLE, ErrorCode.INTERNAL)) {
      try (BrokerFixture broker = new BrokerFixture()) {
        broker.server((request, reply) -> reply.error(code, "It has no time"));
        assertThat(explain(broker))
            .containsExactly(SCAN, "  the only segment: Unknown: It has no time");
      }
    }
  }
}
