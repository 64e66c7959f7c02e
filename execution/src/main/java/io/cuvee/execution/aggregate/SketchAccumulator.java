package io.cuvee.execution.aggregate;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.util.Arrays;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Approximate aggregates: a sketch a group. The state is the sketch in its binary form, NULL for a
/// group without values.
final class SketchAccumulator implements Accumulator {
  private final Supplier<Sketch> fresh;
  private final boolean raw;
  private final ColumnType type;
  private final MemoryBudget budget;
  private @Nullable Sketch[] sketches = new Sketch[0];
  private long[] updates = new long[0];
  private long sketchBytes;

  /// @param raw whether the result is the sketch itself
  /// @param type of the result
  SketchAccumulator(Supplier<Sketch> fresh, boolean raw, ColumnType type, MemoryBudget budget) {
    this.fresh = fresh;
    this.raw = raw;
    this.type = type;
    this.budget = budget;
  }

  @Override
  public void ensureGroups(int groupCount) {
    if (groupCount > sketches.length) {
      int capacity = Capacities.grow(sketches.length, groupCount);
      budget.reserve(16L * (capacity - sketches.length));
      sketches = Arrays.copyOf(sketches, capacity);
      updates = Arrays.copyOf(updates, capacity);
    }
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    Values values = arguments.getFirst();
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && !values.isNull(i)) {
        sketch(groups[i], 1).update(values, i);
      }
    }
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    add(new int[count], count, arguments);
  }

  /// The sketch of a group that is about to take so many more values at most. Sketches grow with
  /// their values up to a bound, by doubling; so is memory charged for them.
  private Sketch sketch(int group, long values) {
    Sketch sketch = sketches[group];
    if (sketch == null) {
      sketch = fresh.get();
      sketches[group] = sketch;
      charge(sketch.freshBytes());
    }
    long before = updates[group];
    updates[group] += values;
    if (Long.highestOneBit(updates[group]) != Long.highestOneBit(before)) {
      long most = sketch.maxBytes();
      charge(
          Math.min(most, 16 * Long.highestOneBit(updates[group]))
              - Math.min(most, 16 * Long.highestOneBit(before)));
    }
    return sketch;
  }

  private void charge(long bytes) {
    budget.reserve(bytes);
    sketchBytes += bytes;
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    BytesValues bytes = (BytesValues) states.getFirst();
    for (int i = 0; i < count; i++) {
      if (groups[i] >= 0 && !bytes.isNull(i)) {
        byte[] state = bytes.bytes(i);
        sketch(groups[i], state.length / 4 + 1).merge(state);
      }
    }
  }

  @Override
  public List<Values> states(int groupCount) {
    BytesValuesBuilder states = new BytesValuesBuilder(groupCount);
    for (int i = 0; i < groupCount; i++) {
      Sketch sketch = sketches[i];
      if (sketch == null) {
        states.appendNull();
      } else {
        states.append(sketch.toBytes());
      }
    }
    return List.of(states.build());
  }

  @Override
  public Values results(int groupCount) {
    if (raw) {
      return states(groupCount).getFirst();
    }
    ValuesBuilder results = ValuesBuilder.of(type, groupCount);
    boolean counts = type.equals(ColumnType.LONG);
    for (int i = 0; i < groupCount; i++) {
      Sketch sketch = sketches[i];
      if (sketch != null) {
        sketch.result(results);
      } else if (counts) {
        results.appendDefault();
      } else {
        results.appendNull();
      }
    }
    return results.build();
  }

  @Override
  public long sizeBytes() {
    return 16L * sketches.length + sketchBytes;
  }
}
