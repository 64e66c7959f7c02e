package io.cuvee.calcite.parser;

import org.apache.calcite.sql.validate.SqlConformanceEnum;
import org.apache.calcite.sql.validate.SqlDelegatingConformance;

/// What we allow beyond the standard: aliases and ordinals in GROUP BY, HAVING and ORDER BY, `LIMIT
/// a, b`, `!=`, `%`.
public final class LenientConformance extends SqlDelegatingConformance {
  public static final LenientConformance INSTANCE = new LenientConformance();

  private LenientConformance() {
    super(SqlConformanceEnum.LENIENT);
  }

  @Override
  public boolean allowLenientCoercion() {
    return false;
  }

  @Override
  public boolean checkedArithmetic() {
    // Our kernels check every operation; Calcite need not use other operators for it.
    return false;
  }

  @Override
  public boolean shouldConvertRaggedUnionTypesToVarying() {
    return true;
  }

  /// `LEFT SEMI JOIN` and `LEFT ANTI JOIN`.
  @Override
  public boolean isLiberal() {
    return true;
  }

  /// `SELECT a + 1 AS b, b * 2`.
  @Override
  public SelectAliasLookup isSelectAlias() {
    return SelectAliasLookup.LEFT_TO_RIGHT;
  }

  @Override
  public boolean supportsUnsignedTypes() {
    return false;
  }

  @Override
  public boolean allowGeometry() {
    return false;
  }
}
