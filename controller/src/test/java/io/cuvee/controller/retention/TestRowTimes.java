package io.cuvee.controller.retention;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.time.Instant;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestRowTimes {
  private static Optional<Instant> end(DataType type, String format, long value) {
    return RowTimes.end(
        new FieldSpec(
            "ts", ColumnType.of(type), FieldSpec.Role.DATE_TIME, false, null, format, null),
        value);
  }

  @Test
  void typesOfTimeNeedNoFormat() {
    assertThat(end(DataType.TIMESTAMP, "TIMESTAMP", 999)).contains(Instant.ofEpochSecond(1));
    assertThat(end(DataType.DATE, null, 1)).contains(Instant.parse("1970-01-03T00:00:00Z"));
  }

  @Test
  void numbersAreReadByTheirFormatUntilTheirTimeIsOver() {
    Instant day = Instant.parse("2024-03-01T00:00:00Z");
    long seconds = day.getEpochSecond();
    assertThat(end(DataType.LONG, "EPOCH|MILLISECONDS|1", seconds * 1000 - 1)).contains(day);
    assertThat(end(DataType.LONG, "1:MILLISECONDS:EPOCH", seconds * 1000 - 1)).contains(day);
    assertThat(end(DataType.LONG, "EPOCH|SECONDS", seconds - 1)).contains(day);
    assertThat(end(DataType.INT, "10:SECONDS:EPOCH", seconds / 10 - 1)).contains(day);
    assertThat(end(DataType.INT, "EPOCH|DAYS|1", seconds / 86_400 - 1)).contains(day);
    assertThat(end(DataType.INT, "1:DAYS:SIMPLE_DATE_FORMAT:yyyyMMdd", 20240229)).contains(day);
    assertThat(end(DataType.LONG, "SIMPLE_DATE_FORMAT|yyyyMMddHH", 2024022923L)).contains(day);
    assertThat(end(DataType.LONG, "SIMPLE_DATE_FORMAT|yyyyMMddHHmmssSSS", 20240229235959999L))
        .contains(day);
  }

  @Test
  void whatIsNoTimeIsNone() {
    assertThat(end(DataType.LONG, null, 5)).isEmpty();
    assertThat(end(DataType.LONG, "EPOCH|MOONS|1", 5)).isEmpty();
    assertThat(end(DataType.LONG, "EPOCH|DAYS|0", 5)).isEmpty();
    assertThat(end(DataType.LONG, "EPOCH|DAYS|-1", 5)).isEmpty();
    assertThat(end(DataType.LONG, "EPOCH|DAYS|1", Long.MAX_VALUE)).isEmpty();
    assertThat(end(DataType.TIMESTAMP, null, Long.MAX_VALUE)).isEmpty();
    assertThat(end(DataType.INT, "1:DAYS:SIMPLE_DATE_FORMAT:yyyyMMdd", 20249999)).isEmpty();
    assertThat(end(DataType.INT, "1:DAYS:SIMPLE_DATE_FORMAT:yyyyMMdd", 20230229)).isEmpty();
    assertThat(end(DataType.INT, "nonsense", 1)).isEmpty();
  }

  /// Of 31012024 and 01022024 the larger number is the earlier day.
  @Test
  void largestNumberMustBeTheLastTime() {
    for (String pattern : new String[] {"ddMMyyyy", "yyyyddMM", "yyMMdd", "yyyyMM", "yyyyMMddhh"}) {
      assertThat(end(DataType.LONG, "SIMPLE_DATE_FORMAT|" + pattern, 31012024))
          .as(pattern)
          .isEmpty();
    }
    assertThat(end(DataType.INT, "SIMPLE_DATE_FORMAT|yyyyMMdd|America/New_York", 20240229))
        .isEmpty();
  }
}
