package io.cuvee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.Timestamp;
import java.sql.Types;
import java.time.LocalDateTime;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import org.junit.jupiter.api.Test;

/// [Timestamp] shows Julian dates before 1582-10-15, SQL and `java.time` show Gregorian ones.
class TestOldTimestamps {
  private static final ZoneId HERE = ZoneId.systemDefault();
  private static final Column COLUMN = Column.of("t", Types.TIMESTAMP, "TIMESTAMP");

  private static final List<String> TIMES =
      List.of(
          "0001-01-10 00:00:00.0",
          "0999-12-31 23:59:59.123",
          "1500-03-01 12:00:00.0",
          "1582-10-04 00:00:00.0",
          "1582-10-16 00:00:00.0",
          "2024-02-29 01:02:03.004");

  private static long millis(String time) {
    return LocalDateTime.parse(time.replace(' ', 'T')).toInstant(ZoneOffset.UTC).toEpochMilli();
  }

  @Test
  void aTimestampIsWrittenAsTheDatabaseWritesIt() throws SQLException {
    for (String time : TIMES) {
      assertThat(Values.toTimestamp(millis(time), COLUMN, HERE)).hasToString(time);
    }
  }

  @Test
  void aParameterIsWhatTheTimestampShows() {
    for (String time : TIMES) {
      assertThat(Parameters.timestamp(Timestamp.valueOf(time), HERE))
          .as(time)
          .containsEntry("value", millis(time));
    }
  }
}
