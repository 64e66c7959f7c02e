package io.cuvee.calcite.plan;

import java.time.ZoneId;
import java.time.ZoneOffset;

/// What a client chose for its connection; part of the plan cache's key.
///
/// @param zone in which CURRENT_DATE and LOCALTIMESTAMP are read; TIMESTAMP values themselves are
///   UTC
public record Session(Dialect dialect, ZoneId zone) {
  /// SQL in UTC.
  public static final Session DEFAULT = new Session(Dialect.SQL, ZoneOffset.UTC);
}
