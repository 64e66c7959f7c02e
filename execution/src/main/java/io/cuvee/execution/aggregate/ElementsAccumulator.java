package io.cuvee.execution.aggregate;

import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Values;
import java.util.List;

/// An aggregate of an array column: each element counts as a row.
final class ElementsAccumulator implements Accumulator {
  private final Accumulator elements;
  private int[] elementGroups = new int[0];

  ElementsAccumulator(Accumulator elements) {
    this.elements = elements;
  }

  @Override
  public void ensureGroups(int groupCount) {
    elements.ensureGroups(groupCount);
  }

  @Override
  public void add(int[] groups, int count, List<Values> arguments) {
    ArrayValues arrays = (ArrayValues) arguments.getFirst();
    int first = arrays.offsets()[0];
    int last = arrays.offsets()[count];
    if (elementGroups.length < last - first) {
      elementGroups = new int[last - first];
    }
    for (int i = 0; i < count; i++) {
      int group = arrays.isNull(i) ? -1 : groups[i];
      for (int j = arrays.offsets()[i]; j < arrays.offsets()[i + 1]; j++) {
        elementGroups[j - first] = group;
      }
    }
    Values values = first == 0 ? arrays.elements() : arrays.elements().slice(first, last - first);
    elements.add(elementGroups, last - first, List.of(values));
  }

  @Override
  public void addAll(int count, List<Values> arguments) {
    add(new int[count], count, arguments);
  }

  @Override
  public void merge(int[] groups, int count, List<Values> states) {
    elements.merge(groups, count, states);
  }

  @Override
  public List<Values> states(int groupCount) {
    return elements.states(groupCount);
  }

  @Override
  public Values results(int groupCount) {
    return elements.results(groupCount);
  }

  @Override
  public long sizeBytes() {
    return elements.sizeBytes() + 4L * elementGroups.length;
  }
}
