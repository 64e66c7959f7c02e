package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.aggregate.GroupTable;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.HashSet;
import java.util.List;

/// [io.cuvee.common.plan.Lookup]: the value that stands beside a key, by a hash table that is made
/// once.
final class LookupKernel implements Kernel {
  private final Kernel key;
  private final GroupTable table;
  private final Values values;

  private LookupKernel(Kernel key, GroupTable table, Values values) {
    this.key = key;
    this.table = table;
    this.values = values;
  }

  static Kernel create(List<Operand> operands, ColumnType type) {
    if (operands.size() != 3
        || !(operands.get(1).constant() instanceof List<?> keys)
        || !(operands.get(2).constant() instanceof List<?> values)
        || keys.size() != values.size()
        || keys.contains(null)
        || new HashSet<>(keys).size() != keys.size()) {
      throw new CuveeException(
          ErrorCode.INTERNAL, "LOOKUP needs different keys, and a value for each.");
    }
    Operand key = operands.getFirst();
    GroupTable table = new GroupTable(List.of(key.type()), MemoryBudget.unlimited());
    table.lookup(List.of(column(keys, key.type())), keys.size(), new int[keys.size()]);
    return new LookupKernel(key.kernel(), table, column(values, type));
  }

  private static Values column(List<?> items, ColumnType type) {
    ValuesBuilder builder = ValuesBuilder.of(type, items.size());
    items.forEach(builder::appendObject);
    return builder.build();
  }

  @Override
  public Values evaluate(Rows rows) {
    int[] found = new int[rows.count()];
    table.find(List.of(key.evaluate(rows)), rows.count(), found);
    return values.select(found, rows.count());
  }
}
