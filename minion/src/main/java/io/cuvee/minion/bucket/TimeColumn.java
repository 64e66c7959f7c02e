package io.cuvee.minion.bucket;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.DataType;
import io.cuvee.common.type.DataType.Representation;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/// The time column of a table, whose values count units since 1970.
///
/// @param unitMillis milliseconds that a value counts
public record TimeColumn(FieldSpec field, long unitMillis) {
  private static final Duration LONGEST_UNIT = Duration.ofDays(366);

  /// @param task the type of tasks that needs it
  /// @throws CuveeException `INVALID_TABLE` if the table has none, or counts otherwise
  public static TimeColumn of(TableConfig table, Schema schema, String task) {
    FieldSpec field =
        table
            .timeColumn()
            .flatMap(schema::field)
            .orElseThrow(
                () -> wrong(table, task, "the table has no segmentsConfig.timeColumnName"));
    if (field.type().isArray() || field.type().dataType().representation() != Representation.LONG) {
      throw wrong(table, task, "the time column '" + field.name() + "' is " + field.type());
    }
    if (field.type().dataType() == DataType.TIMESTAMP) {
      return new TimeColumn(field, 1);
    }
    if (field.type().dataType() == DataType.DATE) {
      return new TimeColumn(field, Duration.ofDays(1).toMillis());
    }
    return new TimeColumn(field, epochUnit(table, task, field));
  }

  /// The forms are `EPOCH|SECONDS|1` and `1:SECONDS:EPOCH`.
  private static long epochUnit(TableConfig table, String task, FieldSpec field) {
    String format = String.valueOf(field.format()).toUpperCase(Locale.ROOT);
    boolean pipes = format.indexOf('|') >= 0;
    List<String> parts = List.of(format.split(pipes ? "\\|" : ":"));
    try {
      if (pipes ? parts.getFirst().equals("EPOCH") : parts.get(2).equals("EPOCH")) {
        long size = Long.parseLong(pipes ? parts.size() > 2 ? parts.get(2) : "1" : parts.get(0));
        long millis = TimeUnit.valueOf(parts.get(1)).toMillis(size);
        if (millis >= 1 && millis <= LONGEST_UNIT.toMillis()) {
          return millis;
        }
      }
    } catch (IllegalArgumentException | IndexOutOfBoundsException e) {
      // Told below.
    }
    throw wrong(
        table,
        task,
        "the time column '" + field.name() + "' has the format '" + field.format() + "'");
  }

  private static CuveeException wrong(TableConfig table, String task, String problem) {
    return new CuveeException(
        ErrorCode.INVALID_TABLE,
        "Table '"
            + table.logicalName()
            + "': "
            + task
            + " needs a time column of type TIMESTAMP or DATE, or of numbers with a format as"
            + " EPOCH|MILLISECONDS|1, but "
            + problem
            + ".");
  }

  /// The bucket that a value belongs to, counted from 1970.
  public long bucket(long value, long bucketMillis) {
    return Math.floorDiv(Math.multiplyExact(value, unitMillis), bucketMillis);
  }

  /// The smallest value that belongs to a bucket.
  public long first(long bucket, long bucketMillis) {
    return Math.ceilDiv(Math.multiplyExact(bucket, bucketMillis), unitMillis);
  }

  /// A value rounded down.
  long round(long value, long roundMillis) {
    long millis = Math.multiplyExact(value, unitMillis);
    return Math.floorDiv(millis - Math.floorMod(millis, roundMillis), unitMillis);
  }
}
