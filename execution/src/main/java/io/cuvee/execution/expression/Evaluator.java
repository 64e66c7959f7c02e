package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;

/// Computes an expression for all rows of a page. Immutable and thread-safe.
///
/// Whatever fails, fails only if a row needs it: the branches of CASE and COALESCE are computed for
/// the rows that take them, the later arguments of AND and OR for the rows that the earlier ones
/// left open.
public final class Evaluator {
  private final Kernel kernel;
  private final ColumnType type;

  private Evaluator(Kernel kernel, ColumnType type) {
    this.kernel = kernel;
    this.type = type;
  }

  /// @param expression without parameters; its columns are those of the pages
  /// @throws CuveeException `FUNCTION_NOT_FOUND` or `TYPE_MISMATCH` if there is no kernel for it
  public static Evaluator compile(Expression expression) {
    return new Evaluator(ExpressionCompiler.compile(expression).kernel(), expression.type());
  }

  /// Whether an expression has another value for each row, whatever the row holds.
  public static boolean isRandom(Expression expression) {
    return ExpressionCompiler.isRandom(expression);
  }

  /// The value of an expression without columns and parameters.
  ///
  /// @throws CuveeException if computing it fails
  public static Expression.Literal constant(Expression expression) {
    if (expression instanceof Expression.Literal literal) {
      return literal;
    }
    Values value = ExpressionCompiler.compile(expression).evaluate(Rows.ofCount(1));
    return new Expression.Literal(value.get(0), expression.type());
  }

  public ColumnType type() {
    return type;
  }

  /// One value for each row of `page`.
  ///
  /// @throws CuveeException `DATA_EXCEPTION`, `DIVISION_BY_ZERO` or `NUMERIC_OVERFLOW` if a row's
  ///   value does not exist
  public Values evaluate(Page page) {
    return kernel.evaluate(Rows.of(page));
  }
}
