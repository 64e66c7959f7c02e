package io.cuvee.broker.query;

import io.cuvee.calcite.plan.Session;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a client asks for.
///
/// @param id by which the client wants to cancel it; absent for one of ours
/// @param values one for each `?`
/// @param timeout absent for the broker's
/// @param maxRows rows beyond are not wanted; [#ALL_ROWS] for all
/// @param allowPartial whether an answer may lack segments that no server has
/// @param useStarTrees whether servers may answer from star-trees
/// @param skipsUpsert whether rows count too that others of their keys have replaced
/// @param client who asks, for the list of running queries
public record QueryCall(
    Optional<String> id,
    String sql,
    List<@Nullable Object> values,
    Session session,
    Optional<Duration> timeout,
    long maxRows,
    boolean allowPartial,
    boolean useStarTrees,
    boolean skipsUpsert,
    String client) {
  public static final long ALL_ROWS = Long.MAX_VALUE;

  /// A call with the broker's defaults.
  public static QueryCall of(String sql, Session session) {
    return new QueryCall(
        Optional.empty(),
        sql,
        List.of(),
        session,
        Optional.empty(),
        ALL_ROWS,
        false,
        true,
        false,
        "");
  }
}
