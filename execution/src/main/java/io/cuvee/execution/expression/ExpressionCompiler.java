package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.ScalarFunctions;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.Lookup;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;

/// Makes kernels of expressions. What has no columns is computed here, once, unless that fails:
/// then it fails for the rows that need it.
final class ExpressionCompiler {
  private ExpressionCompiler() {}

  static boolean isRandom(Expression expression) {
    return expression instanceof Expression.Call call
        && (ScalarFunctions.RANDOM.contains(call.function())
            || call.arguments().stream().anyMatch(ExpressionCompiler::isRandom));
  }

  static Operand compile(Expression expression) {
    return switch (expression) {
      case Expression.Column column -> {
        int index = column.index();
        yield new Operand(rows -> rows.column(index), column.type(), null, false);
      }
      case Expression.Literal literal ->
          new Operand(
              new Constant(literal.value(), literal.type()), literal.type(), literal.value(), true);
      case Expression.Parameter parameter ->
          throw new CuveeException(
              ErrorCode.INTERNAL, "Parameter " + parameter.index() + " was not bound to a value.");
      case Expression.Call call -> compileCall(call);
    };
  }

  private static Operand compileCall(Expression.Call call) {
    Factory factory =
        call.function().equals(Lookup.FUNCTION)
            ? LookupKernel::create
            : Kernels.find(call.function());
    List<Operand> arguments = new ArrayList<>(call.arguments().size());
    boolean constant = !ScalarFunctions.RANDOM.contains(call.function());
    for (Expression argument : call.arguments()) {
      Operand operand = compile(argument);
      arguments.add(operand);
      constant &= operand.isConstant();
    }
    Kernel kernel = factory.create(arguments, call.type());
    if (constant) {
      Object value;
      try {
        Values values = kernel.evaluate(Rows.ofCount(1));
        value = values.get(0);
      } catch (CuveeException fails) {
        return new Operand(kernel, call.type(), null, false);
      }
      return new Operand(new Constant(value, call.type()), call.type(), value, true);
    }
    return new Operand(kernel, call.type(), null, false);
  }
}
