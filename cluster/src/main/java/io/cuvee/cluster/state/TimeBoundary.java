package io.cuvee.cluster.state;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.DataType;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;

/// Where the two halves of a table meet: rows up to the boundary come from the OFFLINE half, those
/// after it from the REALTIME one. It lies a day before the last row of the uploaded segments, or
/// an hour if they are uploaded hourly, because the last day may not be complete yet. Segments that
/// not all replicas have loaded do not count. Rows without a time come from both halves.
///
/// After Pinot's time boundary, J. Im et al., "Pinot: Realtime OLAP for 530 Million Users" (2018),
/// section 3.3.3.
///
/// @param field the time column
/// @param value as the column stores it; absent if nothing is uploaded, so that all is live
public record TimeBoundary(FieldSpec field, OptionalLong value) {
  private static final Duration DAY = Duration.ofDays(1);
  private static final Duration HOUR = Duration.ofHours(1);

  /// The boundary of a table.
  ///
  /// @param offline config of the OFFLINE half
  /// @param records of its segments
  /// @throws CuveeException `INVALID_TABLE` if its rows cannot be divided by time
  public static TimeBoundary of(
      TableConfig offline, Schema schema, Collection<SegmentRecord> records) {
    FieldSpec field = timeField(offline, schema);
    long step = step(offline, field);
    OptionalLong last =
        records.stream()
            .filter(record -> !record.arriving() && record.totalDocs() > 0)
            .flatMap(record -> record.scope().time().stream())
            .filter(range -> range.column().equals(field.name()))
            .mapToLong(SegmentScope.TimeRange::max)
            .max();
    return new TimeBoundary(
        field,
        last.isPresent()
            ? OptionalLong.of(Math.max(last.getAsLong(), Long.MIN_VALUE + step) - step)
            : last);
  }

  /// Checks that the halves of a table can be divided.
  ///
  /// @throws CuveeException `INVALID_TABLE`
  public static void check(TableConfig one, TableConfig other, Schema schema) {
    if (!one.schemaName().equals(other.schemaName())) {
      throw invalid(
          one,
          "its other half has the schema '" + other.schemaName() + "'; both need the same one");
    }
    if (!one.timeColumn().equals(other.timeColumn())) {
      throw invalid(
          one,
          "its other half has segmentsConfig.timeColumnName "
              + other.timeColumn().map(name -> "'" + name + "'").orElse("not at all")
              + "; both need the same one");
    }
    var _ = step(one, timeField(one, schema));
  }

  private static FieldSpec timeField(TableConfig config, Schema schema) {
    return config
        .timeColumn()
        .flatMap(schema::field)
        .orElseThrow(
            () -> invalid(config, "it needs segmentsConfig.timeColumnName to be divided by time"));
  }

  /// A day or an hour, in the units of the column.
  private static long step(TableConfig config, FieldSpec field) {
    Duration back = config.isPushedHourly() ? HOUR : DAY;
    DataType type = field.type().dataType();
    if (type == DataType.TIMESTAMP) {
      return back.toMillis();
    }
    if (type == DataType.DATE) {
      return 1;
    }
    Optional<Duration> unit =
        field.format() == null ? Optional.empty() : unit(field.format().toUpperCase(Locale.ROOT));
    if (unit.isEmpty()) {
      throw invalid(
          config,
          "its time column '"
              + field.name()
              + "' cannot be divided by time; use the type TIMESTAMP or DATE, or the format EPOCH");
    }
    // Days are not pushed hourly.
    Duration least = unit.get().compareTo(DAY) >= 0 ? unit.get() : back;
    return Math.max(1, least.toMillis() / Math.max(1, unit.get().toMillis()));
  }

  /// Of `EPOCH|SECONDS|1` and `1:SECONDS:EPOCH`.
  private static Optional<Duration> unit(String format) {
    boolean pipes = format.indexOf('|') >= 0;
    List<String> parts = List.of(format.split(pipes ? "\\|" : ":"));
    int kind = pipes ? 0 : 2;
    if (parts.size() <= kind || !parts.get(kind).equals("EPOCH")) {
      return Optional.empty();
    }
    try {
      String unit = parts.size() > 1 ? parts.get(1).strip() : "MILLISECONDS";
      String size = pipes ? parts.size() > 2 ? parts.get(2) : "1" : parts.getFirst();
      Duration one = Duration.of(1, TimeUnit.valueOf(unit).toChronoUnit());
      Duration whole = one.multipliedBy(Long.parseLong(size.strip()));
      return whole.toMillis() > 0 ? Optional.of(whole) : Optional.empty();
    } catch (IllegalArgumentException | ArithmeticException e) {
      return Optional.empty();
    }
  }

  private static CuveeException invalid(TableConfig config, String problem) {
    return new CuveeException(
        ErrorCode.INVALID_TABLE,
        "Table '"
            + config.logicalName()
            + "' has an OFFLINE and a REALTIME half: "
            + problem
            + ".");
  }
}
