package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.execution.expression.Kernel.Factory;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/// The kernels of all functions of [io.cuvee.common.function.ScalarFunctions], by canonical name.
final class Kernels {
  private static final Map<String, Factory> BY_NAME = register();

  private Kernels() {}

  static Factory find(String function) {
    Factory factory = BY_NAME.get(function);
    if (factory == null) {
      throw new CuveeException(
          ErrorCode.FUNCTION_NOT_FOUND,
          "Unknown function "
              + function
              + "."
              + Suggestions.didYouMean(function, BY_NAME.keySet()));
    }
    return factory;
  }

  static Set<String> names() {
    return BY_NAME.keySet();
  }

  private static Map<String, Factory> register() {
    Map<String, Factory> all = new HashMap<>();
    LogicKernels.register(all);
    ComparisonKernels.register(all);
    InKernel.register(all);
    PatternKernels.register(all);
    ArithmeticKernels.register(all);
    MathKernels.register(all);
    ChoiceKernels.register(all);
    TextKernels.register(all);
    TimeKernels.register(all);
    ArrayKernels.register(all);
    JsonKernels.register(all);
    RegexKernels.register(all);
    EncodingKernels.register(all);
    WordKernels.register(all);
    NumberKernels.register(all);
    DisplayKernels.register(all);
    PathKernels.register(all);
    CalendarKernels.register(all);
    ArraySetKernels.register(all);
    GeoKernels.register(all);
    all.put(
        "TYPEOF",
        (operands, type) ->
            new Constant(
                operands.getFirst().type().sqlName().getBytes(StandardCharsets.UTF_8), type));
    return Map.copyOf(all);
  }
}
