package io.cuvee.calcite.plan;

import io.cuvee.calcite.translate.ConstantCast;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.QueryPlan;
import io.cuvee.common.type.ColumnType;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A statement ready to be executed any number of times, by any thread.
///
/// @param plan shared with other statements of the same shape
/// @param clientParameterTypes types of the client's `?`, in the order of the text
/// @param fromCache whether the plan was there already
/// @param sources where each of the plan's parameters gets its value
/// @param zone in which the local date and time are read
public record PlannedStatement(
    Kind kind,
    QueryPlan plan,
    List<ColumnType> clientParameterTypes,
    boolean fromCache,
    List<ValueSource> sources,
    ZoneId zone) {
  /// What is asked for.
  public enum Kind {
    /// The rows.
    QUERY,
    /// The plan's text, without running it.
    EXPLAIN_PLAN,
    /// The plan's text with what running it cost.
    EXPLAIN_ANALYZE,
    /// That the queries whose ids are the first column of the rows be cancelled.
    KILL
  }

  public PlannedStatement {
    clientParameterTypes = List.copyOf(clientParameterTypes);
    sources = List.copyOf(sources);
  }

  /// The same statement with another purpose.
  PlannedStatement as(Kind newKind) {
    return new PlannedStatement(newKind, plan, clientParameterTypes, fromCache, sources, zone);
  }

  /// The values for [QueryPlan#bind]: the literals that the cache took out of the text, the
  /// client's values and the current time, each in the Java form of its parameter's type.
  ///
  /// @param clientValues one for each `?`: `Long`, `Double`, `BigDecimal`, `String`, `byte[]`,
  ///   `Boolean`, other boxed numbers, `java.time` values, `List`s of these for arrays, or null
  /// @throws CuveeException `INVALID_PARAMETER` if there are more or fewer values than `?`, or one
  ///   does not convert
  public List<@Nullable Object> values(List<? extends @Nullable Object> clientValues) {
    return values(clientValues, null);
  }

  /// The same at a given time.
  public List<@Nullable Object> values(
      List<? extends @Nullable Object> clientValues, @Nullable Instant now) {
    if (clientValues.size() != clientParameterTypes.size()) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER,
          "The statement has "
              + clientParameterTypes.size()
              + " parameters (?), but "
              + clientValues.size()
              + " values were given. Give one value for each.");
    }
    if (sources.isEmpty()) {
      return List.of();
    }
    @Nullable Object[] values = new @Nullable Object[sources.size()];
    Instant time = now;
    for (int i = 0; i < values.length; i++) {
      switch (sources.get(i)) {
        case ValueSource.Constant constant -> values[i] = constant.value();
        case ValueSource.Client client ->
            values[i] =
                ConstantCast.convert(
                    ParameterValues.convert(
                        clientValues.get(client.index()), client.type(), client.index() + 1),
                    client.type(),
                    plan.parameterTypes().get(i));
        case ValueSource.Clock clock -> {
          time = time == null ? Instant.now() : time;
          values[i] =
              ConstantCast.convert(
                  ConstantCast.moved(
                      read(clock.reading(), time), type(clock), clock.months(), clock.amount()),
                  type(clock),
                  plan.parameterTypes().get(i));
        }
      }
    }
    return Collections.unmodifiableList(Arrays.asList(values));
  }

  private static ColumnType type(ValueSource.Clock clock) {
    return clock.reading() == ValueSource.Reading.DATE ? ColumnType.DATE : ColumnType.TIMESTAMP;
  }

  private Long read(ValueSource.Reading reading, Instant time) {
    return switch (reading) {
      case TIMESTAMP -> time.toEpochMilli();
      case LOCAL_TIMESTAMP ->
          time.toEpochMilli() + zone.getRules().getOffset(time).getTotalSeconds() * 1000L;
      case DATE ->
          Math.floorDiv(
              time.getEpochSecond() + zone.getRules().getOffset(time).getTotalSeconds(), 86_400L);
    };
  }
}
