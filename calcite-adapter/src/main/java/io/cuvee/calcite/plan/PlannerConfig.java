package io.cuvee.calcite.plan;

import io.cuvee.common.config.DataSize;
import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// The bounds of the planner.
///
/// @param cacheEntries statements that the plan cache keeps at most; 0 plans every statement anew
/// @param cacheSize bytes that the cached plans take at most, roughly
/// @param maxStatementLength characters of a statement
/// @param maxNesting parentheses, CASEs and signs that stand inside each other
/// @param maxListLength values in one IN list, and rows in one VALUES
public record PlannerConfig(
    int cacheEntries,
    DataSize cacheSize,
    int maxStatementLength,
    int maxNesting,
    int maxListLength) {
  public static final PlannerConfig DEFAULT =
      new PlannerConfig(10_000, DataSize.parse("64MB"), 1 << 20, 200, 20_000);

  public PlannerConfig {
    if (cacheEntries < 0 || cacheSize.bytes() < 0) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING, "The plan cache's bounds must not be negative.");
    }
    if (maxStatementLength < 1 || maxNesting < 1 || maxListLength < 1) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING, "The planner's bounds for statements must be at least 1.");
    }
  }

  /// Reads `planner.cache-entries`, `planner.cache-size`, `planner.max-statement-length`,
  /// `planner.max-nesting` and `planner.max-list-length`.
  public static PlannerConfig of(Settings settings) {
    return new PlannerConfig(
        settings.integer("planner.cache-entries", DEFAULT.cacheEntries, 0, 1_000_000),
        settings.size("planner.cache-size", DEFAULT.cacheSize),
        settings.integer("planner.max-statement-length", DEFAULT.maxStatementLength, 1, 1 << 26),
        settings.integer("planner.max-nesting", DEFAULT.maxNesting, 1, 1_000),
        settings.integer("planner.max-list-length", DEFAULT.maxListLength, 1, 1_000_000));
  }

  /// The same bounds, but every statement is planned anew.
  public PlannerConfig withoutCache() {
    return new PlannerConfig(0, cacheSize, maxStatementLength, maxNesting, maxListLength);
  }
}
