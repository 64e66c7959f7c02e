package io.cuvee.broker.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class TestRowsJson {
  private static Values values(ColumnType type, Object... objects) {
    ValuesBuilder builder = ValuesBuilder.of(type, objects.length);
    for (Object object : objects) {
      builder.appendObject(object);
    }
    return builder.build();
  }

  private static String write(RowsJson.Style style, ColumnType type, Object... objects) {
    Page page = Page.of(values(type, objects));
    JsonOut out = new JsonOut(16);
    new RowsJson(List.of(new OutputColumn("c", type, true, null)), style)
        .write(out, page, 0, page.rowCount());
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }

  private static String rest(ColumnType type, Object... objects) {
    return write(RowsJson.Style.REST, type, objects);
  }

  private static String avatica(ColumnType type, Object... objects) {
    return write(RowsJson.Style.AVATICA, type, objects);
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void integersAndNulls() {
    assertThat(rest(ColumnType.INT, 1L, null, -5L)).isEqualTo("[1],[null],[-5]");
    assertThat(rest(ColumnType.LONG, 9007199254740993L)).isEqualTo("[9007199254740993]");
    assertThat(rest(ColumnType.BOOLEAN, 1L, 0L, null)).isEqualTo("[true],[false],[null]");
  }

  @Test
  void realNumbers() {
    assertThat(rest(ColumnType.DOUBLE, 0.1, Double.NaN, Double.POSITIVE_INFINITY))
        .isEqualTo("[0.1],[\"NaN\"],[\"Infinity\"]");
    assertThat(rest(ColumnType.FLOAT, (double) 0.1f)).isEqualTo("[0.1]");
  }

  @Test
  void decimals() {
    BigDecimal large = new BigDecimal("12345678901234567890123456789012345.678");
    assertThat(rest(ColumnType.BIG_DECIMAL, large, new BigDecimal("1E+3"), null))
        .isEqualTo("[\"12345678901234567890123456789012345.678\"],[\"1000\"],[null]");
    assertThat(avatica(ColumnType.BIG_DECIMAL, large))
        .isEqualTo("[12345678901234567890123456789012345.678]");
  }

  @Test
  void times() {
    long millis = java.time.Instant.parse("2024-02-29T23:59:58.120Z").toEpochMilli();
    assertThat(rest(ColumnType.TIMESTAMP, 0L, millis, millis + 3, -1L))
        .isEqualTo(
            "[\"1970-01-01 00:00:00.0\"],[\"2024-02-29 23:59:58.12\"],[\"2024-02-29"
                + " 23:59:58.123\"],[\"1969-12-31 23:59:59.999\"]");
    assertThat(avatica(ColumnType.TIMESTAMP, millis)).isEqualTo("[" + millis + "]");
    assertThat(rest(ColumnType.DATE, 0L, -1L, 19782L))
        .isEqualTo("[\"1970-01-01\"],[\"1969-12-31\"],[\"2024-02-29\"]");
    assertThat(avatica(ColumnType.DATE, -1L)).isEqualTo("[-1]");
    long yearSeven = java.time.LocalDate.of(7, 1, 2).toEpochDay();
    long later = java.time.LocalDate.of(12345, 1, 2).toEpochDay();
    assertThat(rest(ColumnType.DATE, yearSeven, later))
        .isEqualTo("[\"0007-01-02\"],[\"12345-01-02\"]");
  }

  @Test
  void textAndBytes() {
    assertThat(rest(ColumnType.STRING, utf8("ä\"漢\n"), utf8("")))
        .isEqualTo("[\"ä\\\"漢\\n\"],[\"\"]");
    assertThat(rest(ColumnType.JSON, utf8("{\"a\":1}"))).isEqualTo("[\"{\\\"a\\\":1}\"]");
    assertThat(rest(ColumnType.BYTES, new byte[] {0, (byte) 0xfe, 16}, new byte[0]))
        .isEqualTo("[\"00fe10\"],[\"\"]");
    assertThat(avatica(ColumnType.BYTES, new byte[] {1, 2, (byte) 255})).isEqualTo("[\"AQL/\"]");
    byte[] uuid = new byte[16];
    uuid[0] = 0x12;
    uuid[15] = (byte) 0xab;
    assertThat(rest(ColumnType.UUID, uuid)).isEqualTo("[\"12000000-0000-0000-0000-0000000000ab\"]");
  }

  @Test
  void arrays() {
    assertThat(rest(ColumnType.arrayOf(DataType.LONG), List.of(1L, 2L), List.of(), null))
        .isEqualTo("[[1,2]],[[]],[null]");
    assertThat(rest(ColumnType.arrayOf(DataType.STRING), Arrays.asList(utf8("a"), utf8("b"))))
        .isEqualTo("[[\"a\",\"b\"]]");
    assertThat(rest(ColumnType.arrayOf(DataType.TIMESTAMP), List.of(0L)))
        .isEqualTo("[[\"1970-01-01 00:00:00.0\"]]");
  }

  @Test
  void rowsWithoutColumnsAndPartsOfPages() {
    JsonOut out = new JsonOut(16);
    new RowsJson(List.of(), RowsJson.Style.REST).write(out, new Page(2, List.of()), 0, 2);
    assertThat(new String(out.toByteArray(), StandardCharsets.UTF_8)).isEqualTo("[],[]");
    JsonOut part = new JsonOut(16);
    Page page = Page.of(values(ColumnType.INT, 1L, 2L, 3L), values(ColumnType.INT, 4L, 5L, 6L));
    OutputColumn column = new OutputColumn("c", ColumnType.INT, true, null);
    new RowsJson(List.of(column, column), RowsJson.Style.REST).write(part, page, 1, 3);
    assertThat(new String(part.toByteArray(), StandardCharsets.UTF_8)).isEqualTo("[2,5],[3,6]");
  }
}
