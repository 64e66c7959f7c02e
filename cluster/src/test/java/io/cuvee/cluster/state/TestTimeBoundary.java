package io.cuvee.cluster.state;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TestTimeBoundary {
  private static Schema schema(String type, String format) {
    return Schema.parse(
        """
        {"schemaName": "t", "dateTimeFieldSpecs": [
          {"name": "at", "dataType": "%s", "format": "%s", "granularity": "1:DAYS"}]}
        """
            .formatted(type, format));
  }

  private static TableConfig config(String frequency) {
    return TableConfig.parse(
        """
        {"tableName": "t", "tableType": "OFFLINE",
         "segmentsConfig": {"schemaName": "t", "replication": "1", "timeColumnName": "at",
          "segmentPushFrequency": "%s"}}
        """
            .formatted(frequency));
  }

  private static SegmentRecord record(long max, long docs, boolean arriving) {
    return new SegmentRecord(
        "t_OFFLINE",
        "s" + max,
        1,
        "file:///s",
        docs,
        1,
        1,
        arriving,
        Map.of(),
        new SegmentScope(Optional.of(new SegmentScope.TimeRange("at", 0, max, false)), Map.of()));
  }

  @ParameterizedTest
  @CsvSource({
    "TIMESTAMP, TIMESTAMP, DAILY, 86400000",
    "TIMESTAMP, TIMESTAMP, HOURLY, 3600000",
    "LONG, EPOCH|SECONDS|1, DAILY, 86400",
    "LONG, 1:SECONDS:EPOCH, HOURLY, 3600",
    "INT, EPOCH|HOURS, HOURLY, 1",
    "INT, 1:DAYS:EPOCH, HOURLY, 1",
    "LONG, 5:MINUTES:EPOCH, DAILY, 288",
  })
  void itLiesADayOrAnHourBeforeTheLastRow(String type, String format, String frequency, long step) {
    TimeBoundary boundary =
        TimeBoundary.of(
            config(frequency),
            schema(type, format),
            List.of(
                record(1_000_000_000, 5, false),
                record(999_000_000, 5, false),
                record(2_000_000_000, 0, false),
                record(3_000_000_000L, 5, true)));
    assertThat(boundary.value()).hasValue(1_000_000_000 - step);
  }

  @Test
  void withoutUploadedRowsThereIsNone() {
    assertThat(
            TimeBoundary.of(config("DAILY"), schema("TIMESTAMP", "TIMESTAMP"), List.of()).value())
        .isEmpty();
  }

  @Test
  void timesThatAreTextsCannotBeDivided() {
    assertThatThrownBy(() ->
            TimeBoundary.of(
                config("DAILY"), schema("STRING", "SIMPLE_DATE_FORMAT|yyyy-MM-dd"), List.of()))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("'at' cannot be divided by time");
  }
}
