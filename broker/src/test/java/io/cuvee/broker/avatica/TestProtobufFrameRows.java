package io.cuvee.broker.avatica;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.calcite.avatica.Meta;
import org.apache.calcite.avatica.proto.Common;
import org.junit.jupiter.api.Test;

/// What is written by hand must be read by Avatica's own classes.
class TestProtobufFrameRows {
  private static List<Object> decode(ColumnType type, Object... objects) throws Exception {
    ValuesBuilder builder = ValuesBuilder.of(type, objects.length);
    for (Object object : objects) {
      builder.appendObject(object);
    }
    Values values = builder.build();
    ProtobufFrameRows rows =
        new ProtobufFrameRows(List.of(new OutputColumn("c", type, true, null)));
    rows.add(Page.of(values), 0, 1);
    rows.add(Page.of(values), 1, values.count());
    Common.Frame frame =
        Common.Frame.parseFrom(Arrays.copyOf(rows.out().array(), rows.out().size()));
    List<Object> decoded = new ArrayList<>();
    for (Object row : Meta.Frame.fromProto(frame).rows) {
      decoded.add(row instanceof Object[] array ? array[0] : ((List<?>) row).getFirst());
    }
    return decoded;
  }

  @Test
  void numbers() throws Exception {
    assertThat(decode(ColumnType.INT, 1L, (long) Integer.MIN_VALUE, null))
        .containsExactly(1, Integer.MIN_VALUE, null);
    assertThat(decode(ColumnType.LONG, Long.MAX_VALUE, Long.MIN_VALUE, 0L))
        .containsExactly(Long.MAX_VALUE, Long.MIN_VALUE, 0L);
    assertThat(decode(ColumnType.FLOAT, (double) 1.5f, Double.NaN))
        .containsExactly(1.5f, Float.NaN);
    assertThat(decode(ColumnType.DOUBLE, -2.5, Double.POSITIVE_INFINITY))
        .containsExactly(-2.5, Double.POSITIVE_INFINITY);
    assertThat(decode(ColumnType.BIG_DECIMAL, new BigDecimal("12.340"), new BigDecimal("1E+2")))
        .containsExactly(new BigDecimal("12.340"), new BigDecimal("100"));
    assertThat(decode(ColumnType.BOOLEAN, 1L, 0L)).containsExactly(true, false);
  }

  @Test
  void timesAreNumbers() throws Exception {
    assertThat(decode(ColumnType.TIMESTAMP, 1700000000123L, -1L))
        .containsExactly(1700000000123L, -1L);
    assertThat(decode(ColumnType.DATE, 19000L, -1L)).containsExactly(19000, -1);
  }

  @Test
  void textAndBytes() throws Exception {
    String longText = "ä漢".repeat(1000);
    assertThat(
            decode(
                ColumnType.STRING,
                "".getBytes(StandardCharsets.UTF_8),
                longText.getBytes(StandardCharsets.UTF_8)))
        .containsExactly("", longText);
    assertThat(decode(ColumnType.BYTES, new byte[] {1, 2, (byte) 255}, new byte[0]))
        .satisfiesExactly(
            first -> assertThat(bytes(first)).containsExactly(1, 2, 255),
            second -> assertThat(bytes(second)).isEmpty());
  }

  private static byte[] bytes(Object value) {
    return switch (value) {
      case byte[] bytes -> bytes;
      case String base64 -> java.util.Base64.getDecoder().decode(base64);
      default -> throw new AssertionError(value.getClass());
    };
  }

  @Test
  void arrays() throws Exception {
    assertThat(decode(ColumnType.arrayOf(DataType.LONG), List.of(1L, 2L), List.of(), null))
        .containsExactly(List.of(1L, 2L), List.of(), null);
    assertThat(
            decode(
                ColumnType.arrayOf(DataType.STRING),
                List.of("a".getBytes(StandardCharsets.UTF_8)),
                List.of("b".getBytes(StandardCharsets.UTF_8), "".getBytes(StandardCharsets.UTF_8))))
        .containsExactly(List.of("a"), List.of("b", ""));
  }
}
