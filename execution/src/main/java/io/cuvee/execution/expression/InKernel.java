package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// `IN` over constants, by a hash table that is made once. An array is in a list if some element
/// is.
final class InKernel implements Kernel {
  private final Kernel argument;
  private final @Nullable GroupTable table;
  private final Set<BigDecimal> decimals;
  private final boolean hasNull;

  private InKernel(Kernel argument, ColumnType type, List<Object> constants, boolean hasNull) {
    this.argument = argument;
    this.hasNull = hasNull;
    this.decimals = new HashSet<>();
    if (type.dataType().representation() == Representation.DECIMAL) {
      this.table = null;
      constants.forEach(constant -> decimals.add(((BigDecimal) constant).stripTrailingZeros()));
    } else {
      this.table = new GroupTable(List.of(type), MemoryBudget.unlimited());
      ValuesBuilder builder = ValuesBuilder.of(type, constants.size());
      constants.forEach(builder::appendObject);
      table.lookup(List.of(builder.build()), constants.size(), new int[constants.size()]);
    }
  }

  static void register(Map<String, Factory> all) {
    all.put("IN", (arguments, type) -> create(arguments, type));
  }

  /// Constants go into one table; any other item is compared on its own.
  private static Kernel create(List<Operand> operands, ColumnType resultType) {
    Operand argument = operands.getFirst();
    ColumnType elementType = argument.type().elementType();
    List<Object> constants = new ArrayList<>();
    List<Operand> alternatives = new ArrayList<>();
    boolean hasNull = false;
    ColumnType common = elementType;
    for (Operand item : operands.subList(1, operands.size())) {
      if (item.constant() != null) {
        common = Coercion.common(common, item.type(), "IN");
      }
    }
    for (Operand item : operands.subList(1, operands.size())) {
      Object value = item.constant();
      if (item.isConstant() && value == null) {
        hasNull = true;
      } else if (value != null && isConvertible(value, item.type(), common)) {
        constants.add(Conversions.convert(value, item.type(), common));
      } else {
        Kernel equal = ComparisonKernels.create(ComparisonKernels.Comparison.EQ, argument, item);
        alternatives.add(new Operand(equal, resultType, null, false));
      }
    }
    ColumnType argumentType =
        argument.type().isArray() ? ColumnType.arrayOf(common.dataType()) : common;
    Kernel ofConstants =
        new InKernel(Coercion.to(argument, argumentType), common, constants, hasNull);
    if (alternatives.isEmpty()) {
      return ofConstants;
    }
    alternatives.addFirst(new Operand(ofConstants, resultType, null, false));
    return LogicKernels.junction(alternatives, 1);
  }

  /// A constant that has no value in the common type fails for the rows that are compared with it,
  /// not here.
  private static boolean isConvertible(Object value, ColumnType from, ColumnType to) {
    try {
      Conversions.convert(value, from, to);
      return true;
    } catch (CuveeException fails) {
      return false;
    }
  }

  @Override
  public Values evaluate(Rows rows) {
    Values values = argument.evaluate(rows);
    if (values instanceof ArrayValues arrays) {
      Values elements = ArrayKernels.elements(arrays);
      LongValues each = contains(elements, elements.count());
      return withNulls(ArrayKernels.reduce(each, arrays, arrays.validity(), false));
    }
    return withNulls(contains(values, rows.count()));
  }

  private LongValues contains(Values values, int count) {
    long[] out = new long[count];
    if (table != null) {
      int[] found = new int[count];
      table.find(List.of(values), count, found);
      for (int i = 0; i < count; i++) {
        out[i] = found[i] >= 0 ? 1 : 0;
      }
    } else {
      BigDecimal[] numbers = ((DecimalValues) values).values();
      for (int i = 0; i < count; i++) {
        out[i] = !values.isNull(i) && decimals.contains(numbers[i].stripTrailingZeros()) ? 1 : 0;
      }
    }
    return Truths.of(out, count, values.validity());
  }

  /// Where nothing is equal, a NULL in the list makes the outcome unknown.
  private LongValues withNulls(LongValues found) {
    if (!hasNull) {
      return found;
    }
    long[] words = new long[Validity.wordCount(found.count())];
    for (int i = 0; i < found.count(); i++) {
      if (found.values()[i] != 0 && !found.isNull(i)) {
        Truths.setValid(words, i);
      }
    }
    return new LongValues(found.values(), found.count(), new Validity(words));
  }
}
