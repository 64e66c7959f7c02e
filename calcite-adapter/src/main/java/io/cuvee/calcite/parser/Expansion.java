package io.cuvee.calcite.parser;

import io.cuvee.common.function.DerivedFunction;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlShuttle;

/// Puts expressions in the place of calls that are short for them.
final class Expansion {
  private Expansion() {}

  /// The body of a function with a call's operands, all at the place of the call.
  ///
  /// @param rewrite what is done to the body before the operands are in it
  static SqlNode of(
      DerivedFunction function,
      SqlParserPos position,
      List<SqlNode> operands,
      UnaryOperator<SqlNode> rewrite) {
    SqlNode body = StatementParser.expression(function.body());
    SqlNode moved = Objects.requireNonNull(body.accept(new Move(position)));
    Map<String, SqlNode> arguments = new HashMap<>();
    for (int i = 0; i < operands.size(); i++) {
      arguments.put(function.parameters().get(i), operands.get(i));
    }
    return Objects.requireNonNull(rewrite.apply(moved).accept(new Substitution(arguments)));
  }

  /// A node with copies of the names in it: the validator changes trees, so that no part may be in
  /// two of them.
  static SqlNode copy(SqlNode node) {
    return Objects.requireNonNull(
        node.accept(
            new SqlShuttle() {
              @Override
              public SqlNode visit(SqlIdentifier name) {
                return name.clone(name.getParserPosition());
              }
            }));
  }

  private static final class Move extends SqlShuttle {
    private final SqlParserPos position;

    Move(SqlParserPos position) {
      this.position = position;
    }

    @Override
    public SqlNode visit(SqlLiteral literal) {
      return literal.clone(position);
    }

    @Override
    public SqlNode visit(SqlIdentifier name) {
      return name.clone(position);
    }

    @Override
    public SqlNode visit(SqlCall call) {
      SqlCall moved = (SqlCall) Objects.requireNonNull(super.visit(call));
      return moved.clone(position);
    }
  }

  private static final class Substitution extends SqlShuttle {
    private final Map<String, SqlNode> arguments;

    Substitution(Map<String, SqlNode> arguments) {
      this.arguments = arguments;
    }

    @Override
    public SqlNode visit(SqlIdentifier name) {
      SqlNode argument =
          name.isSimple() ? arguments.get(name.getSimple().toLowerCase(Locale.ROOT)) : null;
      return argument == null ? name : copy(argument);
    }
  }
}
