package io.cuvee.common.wire;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// What an earlier build sent means the same today, and is what today's build sends: in a rolling
/// upgrade both are in one cluster. A change of these bytes needs a version of the protocol of its
/// own, spoken only with those who know it, and a file of its own here; new fields go to the end.
class TestGoldenMessages {
  private static final int PROTOCOL = 5;

  /// With a column of each type that tables have, each kind of expression and of value.
  private static QueryRequest aggregation() {
    List<String> names = new ArrayList<>();
    List<ColumnType> types = new ArrayList<>();
    for (DataType type : DataType.OF_COLUMNS) {
      names.add(type.name());
      types.add(new ColumnType(type, false));
      names.add(type.name() + "s");
      types.add(new ColumnType(type, true));
    }
    Expression first = new Expression.Column(0, types.getFirst());
    Expression filter =
        Expression.call(
            "OR",
            ColumnType.BOOLEAN,
            Expression.call(
                "EQ",
                ColumnType.BOOLEAN,
                first,
                new Expression.Literal(Long.MIN_VALUE, ColumnType.LONG)),
            Expression.call(
                "IN",
                ColumnType.BOOLEAN,
                new Expression.Literal("ž".getBytes(StandardCharsets.UTF_8), ColumnType.STRING),
                new Expression.Literal(null, ColumnType.STRING),
                new Expression.Literal(-0.5, ColumnType.DOUBLE),
                new Expression.Literal(new BigDecimal("-12.3400"), ColumnType.BIG_DECIMAL),
                new Expression.Literal(List.of(1L, 2L), ColumnType.arrayOf(DataType.INT)),
                new Expression.Parameter(3, ColumnType.UUID)));
    return new QueryRequest(
        "broker-1:17",
        "t_OFFLINE",
        List.of("s1", "s2@400", "s3+7", "s4++7:900"),
        9999,
        true,
        true,
        false,
        new SegmentQuery(
            "t",
            names,
            types,
            filter,
            new SegmentQuery.Aggregation(
                List.of(first),
                List.of(
                    new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG),
                    new AggregateCall("SUM", List.of(first), true, filter, ColumnType.LONG)),
                List.of(new SortKey(0, true, false), new SortKey(1, false, true)),
                10)));
  }

  private static QueryRequest selection() {
    return new QueryRequest(
        "q",
        "t_REALTIME",
        List.of(),
        1,
        false,
        false,
        true,
        new SegmentQuery(
            "t",
            List.of("x"),
            List.of(ColumnType.LONG),
            null,
            new SegmentQuery.Selection(
                List.of(new Expression.Column(0, ColumnType.LONG)),
                List.of(),
                SegmentQuery.NO_LIMIT)));
  }

  @Test
  void requestsAreThoseOfEarlierBuilds() throws IOException {
    for (QueryRequest request : List.of(aggregation(), selection())) {
      ByteWriter out = new ByteWriter();
      request.write(out);
      String name =
          request.query().output() instanceof SegmentQuery.Selection ? "selection" : "aggregation";
      byte[] golden = golden(name);
      assertThat(HexFormat.of().formatHex(out.toByteArray()))
          .isEqualTo(HexFormat.of().formatHex(golden));
      // A literal's bytes have no equality of their own, so its reading is compared as written
      // again.
      ByteWriter again = new ByteWriter();
      QueryRequest.read(new ByteReader(golden)).write(again);
      assertThat(again.toByteArray()).isEqualTo(golden);
    }
  }

  @Test
  void statisticsAreThoseOfEarlierBuilds() throws IOException {
    QueryStats stats = new QueryStats(1, 2, 3, 1L << 40, 5, 6, 7, 8, 9, 10);
    ByteWriter out = new ByteWriter();
    stats.write(out);
    assertThat(out.toByteArray()).isEqualTo(golden("statistics"));
    assertThat(QueryStats.read(new ByteReader(golden("statistics")))).isEqualTo(stats);
  }

  @Test
  void theProtocolOfTheFilesIsSpoken() {
    assertThat(PROTOCOL).isBetween(FrameFormat.MIN_PROTOCOL, FrameFormat.MAX_PROTOCOL);
    assertThat(FrameFormat.VERSION).isEqualTo(1);
  }

  private static byte[] golden(String name) throws IOException {
    String file = "/golden/" + name + "-" + PROTOCOL + ".hex";
    try (InputStream in =
        Objects.requireNonNull(TestGoldenMessages.class.getResourceAsStream(file), file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }
  }
}
