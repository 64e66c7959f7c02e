package io.cuvee.calcite.rule;

import io.cuvee.calcite.operator.ArrayOperator;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql2rel.SqlRexContext;
import org.apache.calcite.sql2rel.SqlRexConvertlet;
import org.apache.calcite.sql2rel.SqlRexConvertletTable;
import org.apache.calcite.sql2rel.StandardConvertletTable;
import org.jspecify.annotations.Nullable;

/// How calls become expressions: as Calcite does it, except for calls that it would take apart and
/// we compute whole.
final class Convertlets implements SqlRexConvertletTable {
  static final Convertlets INSTANCE = new Convertlets();

  private Convertlets() {}

  @Override
  public @Nullable SqlRexConvertlet get(SqlCall call) {
    if (call.getOperator() instanceof ArrayOperator) {
      return Convertlets::arrayComparison;
    }
    if (call.getOperator() instanceof SqlFunction && isWhole(call.getKind())) {
      return (context, whole) ->
          context
              .getRexBuilder()
              .makeCall(
                  context.getValidator().getValidatedNodeType(whole),
                  whole.getOperator(),
                  operands(context, whole.getOperandList()));
    }
    return StandardConvertletTable.INSTANCE.get(call);
  }

  private static boolean isWhole(SqlKind kind) {
    return switch (kind) {
      case AVG, VAR_POP, VAR_SAMP, STDDEV_POP, STDDEV_SAMP -> true;
      default -> false;
    };
  }

  private static RexNode arrayComparison(SqlRexContext context, SqlCall call) {
    return context
        .getRexBuilder()
        .makeCall(
            context.getValidator().getValidatedNodeType(call),
            call.getOperator(),
            operands(context, call.getOperandList()));
  }

  private static List<RexNode> operands(SqlRexContext context, List<SqlNode> nodes) {
    List<RexNode> operands = new ArrayList<>();
    for (SqlNode node : nodes) {
      if (node instanceof SqlNodeList list) {
        operands.addAll(operands(context, list));
      } else {
        operands.add(context.convertExpression(node));
      }
    }
    return operands;
  }
}
