package io.cuvee.execution.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.kernel.Decimals;
import io.cuvee.execution.page.RandomValues;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestTextForms {
  private static String text(double value) {
    return TextForms.text(value, ColumnType.DOUBLE);
  }

  @Test
  void doublesPrintShortest() {
    assertThat(text(0)).isEqualTo("0");
    assertThat(text(-0.0)).isEqualTo("-0");
    assertThat(text(1)).isEqualTo("1");
    assertThat(text(123456.789)).isEqualTo("123456.789");
    assertThat(text(1e14)).isEqualTo("100000000000000");
    assertThat(text(1e15)).isEqualTo("1e+15");
    assertThat(text(1.25e-7)).isEqualTo("1.25e-07");
    assertThat(text(0.0001)).isEqualTo("0.0001");
    assertThat(text(1.7976931348623157e308)).isEqualTo("1.7976931348623157e+308");
    assertThat(text(Double.NEGATIVE_INFINITY)).isEqualTo("-Infinity");
    assertThat(TextForms.text(1e6, ColumnType.FLOAT)).isEqualTo("1e+06");
    assertThat(TextForms.text((double) 0.1f, ColumnType.FLOAT)).isEqualTo("0.1");
  }

  @Test
  void valuesReadBackAsTheyWereWritten() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    RandomValues values = new RandomValues(random);
    for (DataType type : DataType.values()) {
      for (int i = 0; i < 300; i++) {
        Object value =
            switch (type) {
              case DOUBLE -> Double.longBitsToDouble(random.nextLong());
              case FLOAT -> (double) Float.intBitsToFloat(random.nextInt());
              case TIMESTAMP -> random.nextLong() >> 11;
              case DATE -> (long) random.nextInt() >> 3;
              case LONG -> random.nextLong();
              default -> values.value(ColumnType.of(type));
            };
        String text = TextForms.text(value, ColumnType.of(type));
        assertThat(RandomValues.key(TextParsing.parse(text, type)))
            .as("seed %d, %s '%s'", seed, type, text)
            .isEqualTo(RandomValues.key(value));
      }
    }
  }

  @Test
  void timestampsPrintLikeJavaTime() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    DateTimeFormatter pattern =
        DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);
    for (int i = 0; i < 2000; i++) {
      long millis = random.nextLong() % 250_000_000_000_000L;
      millis -= Math.floorMod(millis, 1000L);
      StringBuilder out = new StringBuilder();
      TextForms.appendTimestamp(out, millis);
      Instant instant = Instant.ofEpochMilli(millis);
      if (instant.atZone(ZoneOffset.UTC).getYear() <= 9999) {
        assertThat(out.toString()).as("seed %d", seed).isEqualTo(pattern.format(instant));
      }
    }
  }

  @Test
  void timestampsAreReadInManyForms() {
    long expected = Instant.parse("2001-02-03T04:05:06.700Z").toEpochMilli();
    for (String text :
        List.of(
            "2001-02-03 04:05:06.7",
            " 2001-2-3T04:05:06.700Z ",
            "2001-02-03 05:05:06.7+01",
            "2001-02-03 05:35:06.7+01:30",
            "2001-02-02 23:05:06.7 -0500",
            "2001-02-03 04:05:06.6996 UTC")) {
      assertThat(TextParsing.parseTimestamp(text)).as(text).isEqualTo(expected);
    }
    assertThat(TextParsing.parseTimestamp("2001-02-03"))
        .isEqualTo(Instant.parse("2001-02-03T00:00:00Z").toEpochMilli());
    for (String text :
        List.of(
            "",
            "2001",
            "2001-02",
            "2001-02-30",
            "2001-02-03 4",
            "2001-02-03 04:05:60",
            "2001-02-03 04:05 x",
            "01-02-03")) {
      assertThatThrownBy(() -> TextParsing.parseTimestamp(text))
          .as(text)
          .isInstanceOf(CuveeException.class);
    }
    assertThat(TextParsing.parseTimestampExactly("2001-02-03 04:05:06.700000")).isEqualTo(expected);
    assertThatThrownBy(() -> TextParsing.parseTimestampExactly("2001-02-03 04:05:06.7001"))
        .hasMessageContaining("finer than milliseconds");
  }

  @Test
  void numbersAreReadStrictly() {
    assertThat(TextParsing.parse(" -0042 ", DataType.LONG)).isEqualTo(-42L);
    assertThat(TextParsing.parse("9223372036854775807", DataType.LONG)).isEqualTo(Long.MAX_VALUE);
    assertThat(TextParsing.parse("12.00", DataType.INT)).isEqualTo(12L);
    for (String text :
        List.of(
            "", "+", "1.2.3", "1e", "0x10", "１２", "NaN", "1e999999999", "9223372036854775808")) {
      assertThatThrownBy(() -> TextParsing.parse(text, DataType.LONG))
          .as(text)
          .isInstanceOf(CuveeException.class);
    }
    assertThatThrownBy(() -> TextParsing.parse("1e999999999", DataType.BIG_DECIMAL))
        .isInstanceOf(CuveeException.class);
    assertThat(TextParsing.parse("1e-999999999", DataType.BIG_DECIMAL)).isEqualTo(BigDecimal.ZERO);
    assertThat(TextParsing.parse("inf", DataType.DOUBLE)).isEqualTo(Double.POSITIVE_INFINITY);
    assertThatThrownBy(() -> TextParsing.parse("1e400", DataType.DOUBLE))
        .isInstanceOf(CuveeException.class);
  }

  @Test
  void jsonIsChecked() {
    for (String text : List.of("1", "-0.5e+3", "\"a\\u00e9\"", "[]", "{\"a\": [1, null, true]} ")) {
      assertThat(TextParsing.parse(text, DataType.JSON))
          .isEqualTo(text.getBytes(StandardCharsets.UTF_8));
    }
    for (String text :
        List.of("", "01", "[1,]", "{a:1}", "\"\n\"", "nul", "1 2", "[".repeat(100_000))) {
      assertThatThrownBy(() -> TextParsing.parse(text, DataType.JSON))
          .isInstanceOf(CuveeException.class);
    }
  }

  @Test
  void decimalsKeepAtMostThirtyEightDigits() {
    assertThat(Decimals.limit(new BigDecimal("1e-50"))).isEqualByComparingTo("0");
    assertThat(
            Decimals.limit(new BigDecimal("12345678901234567890.1234567890123456789")).precision())
        .isEqualTo(38);
    assertThat(Decimals.limit(new BigDecimal("0.999999999999999999999999999999999999999")))
        .isEqualByComparingTo("1");
    assertThat(Decimals.limit(new BigDecimal("1e37")).toPlainString()).hasSize(38);
    assertThatThrownBy(() -> Decimals.limit(new BigDecimal("1e38")))
        .isInstanceOf(CuveeException.class);
    assertThatThrownBy(
            () -> Decimals.limit(new BigDecimal("99999999999999999999999999999999999999.9")))
        .isInstanceOf(CuveeException.class);
  }

  @Test
  void arraysQuoteWhatNeedsIt() {
    ColumnType texts = ColumnType.arrayOf(DataType.STRING);
    assertThat(Cases.shown(Cases.texts("a", "", "x,y", "q\"", "null").value(), texts))
        .isEqualTo("{a,\"\",\"x,y\",\"q\\\"\",\"null\"}");
  }
}
