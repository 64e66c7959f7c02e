package io.cuvee.common.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestPlanCodec {
  private static final Expression X = new Expression.Column(0, ColumnType.LONG);
  private static final Expression NAME = new Expression.Column(1, ColumnType.STRING);

  private static SegmentQuery aggregation() {
    Expression filter =
        Expression.call(
            "AND",
            ColumnType.BOOLEAN,
            Expression.call(
                "GT",
                ColumnType.BOOLEAN,
                X,
                new Expression.Literal(Long.MIN_VALUE, ColumnType.LONG)),
            Expression.call(
                "IN",
                ColumnType.BOOLEAN,
                NAME,
                new Expression.Literal("ž".getBytes(StandardCharsets.UTF_8), ColumnType.STRING),
                new Expression.Literal(null, ColumnType.STRING)));
    return new SegmentQuery(
        "t",
        List.of("x", "name"),
        List.of(ColumnType.LONG, ColumnType.STRING),
        filter,
        new SegmentQuery.Aggregation(
            List.of(NAME),
            List.of(
                new AggregateCall("COUNT", List.of(), false, null, ColumnType.LONG),
                new AggregateCall("SUM", List.of(X), true, filter, ColumnType.LONG)),
            List.of(new SortKey(0, true, false)),
            10));
  }

  private static SegmentQuery selection() {
    return new SegmentQuery(
        "t",
        List.of("x", "name"),
        List.of(ColumnType.LONG, ColumnType.STRING),
        null,
        new SegmentQuery.Selection(
            List.of(
                X,
                new Expression.Literal(new BigDecimal("-12.3400"), ColumnType.BIG_DECIMAL),
                new Expression.Literal(Double.NaN, ColumnType.DOUBLE),
                new Expression.Literal(List.of(1L, 2L), ColumnType.arrayOf(DataType.INT)),
                new Expression.Parameter(3, ColumnType.UUID)),
            List.of(),
            SegmentQuery.NO_LIMIT));
  }

  private static byte[] bytes(SegmentQuery query) {
    ByteWriter out = new ByteWriter();
    PlanCodec.writeQuery(out, query);
    return out.toByteArray();
  }

  @Test
  void whatIsWrittenIsReadBack() {
    for (SegmentQuery query : List.of(aggregation(), selection())) {
      ByteReader in = new ByteReader(bytes(query));
      assertThat(PlanCodec.readQuery(in)).isEqualTo(query);
      assertThat(in.remaining()).isZero();
    }
  }

  @Test
  void everyTruncationIsAProtocolError() {
    byte[] whole = bytes(aggregation());
    for (int length = 0; length < whole.length; length++) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> PlanCodec.readQuery(new ByteReader(part)))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PROTOCOL));
    }
  }

  @Test
  void damagedBytesNeverGiveAnythingButAnErrorOfOurs() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    System.out.println("TestPlanCodec seed " + seed);
    Random random = new Random(seed);
    for (int round = 0; round < 20_000; round++) {
      byte[] damaged = bytes(aggregation());
      for (int i = 0; i <= random.nextInt(3); i++) {
        damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      }
      try {
        PlanCodec.readQuery(new ByteReader(damaged));
      } catch (CuveeException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.PROTOCOL);
      }
    }
  }

  @Test
  void anExpressionNestedTooDeepIsRefused() {
    Expression deep = X;
    for (int i = 0; i < 2000; i++) {
      deep = Expression.call("NEGATE", ColumnType.LONG, deep);
    }
    ByteWriter out = new ByteWriter();
    PlanCodec.writeExpression(out, deep);
    assertThatThrownBy(() -> PlanCodec.readExpression(new ByteReader(out.toByteArray())))
        .hasMessageContaining("nested deeper");
  }
}
