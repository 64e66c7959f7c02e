package io.cuvee.calcite.operator;

import java.util.List;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlRankFunction;
import org.apache.calcite.sql.fun.SqlLeadLagAggFunction;
import org.apache.calcite.sql.type.ReturnTypes;
import org.apache.calcite.sql.type.SqlReturnTypeInference;

/// Window functions that look at the whole partition. They need no ORDER BY, and a frame, which a
/// named window may have for others, means nothing to them.
final class RankOperators {
  private RankOperators() {}

  static List<SqlAggFunction> all() {
    return List.of(
        rank(SqlKind.ROW_NUMBER, ReturnTypes.RANK),
        rank(SqlKind.RANK, ReturnTypes.RANK),
        rank(SqlKind.DENSE_RANK, ReturnTypes.RANK),
        rank(SqlKind.PERCENT_RANK, ReturnTypes.FRACTIONAL_RANK),
        rank(SqlKind.CUME_DIST, ReturnTypes.FRACTIONAL_RANK),
        neighbour(SqlKind.LAG),
        neighbour(SqlKind.LEAD));
  }

  private static SqlAggFunction rank(SqlKind kind, SqlReturnTypeInference type) {
    return new SqlRankFunction(kind, type, false) {
      @Override
      public boolean allowsFraming() {
        return true;
      }
    };
  }

  private static SqlAggFunction neighbour(SqlKind kind) {
    return new SqlLeadLagAggFunction(kind) {
      @Override
      public boolean allowsFraming() {
        return true;
      }
    };
  }
}
