package io.cuvee.engine.filter;

import io.cuvee.execution.json.JsonFilter;
import io.cuvee.segment.column.JsonIndex;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/// Finds in a JSON index the documents that may pass a condition.
final class JsonLookup {
  /// A condition that more keys satisfy is not looked up.
  private static final int MAX_KEYS = 4096;

  /// More keys of a path are not looked through.
  private static final int MAX_SEEN = 1 << 16;

  private final int slot;
  private final JsonIndex index;
  private final int docCount;
  private int nextIndex;
  private boolean exact = true;

  JsonLookup(int slot, JsonIndex index, int docCount, int firstIndex) {
    this.slot = slot;
    this.index = index;
    this.docCount = docCount;
    this.nextIndex = firstIndex;
  }

  /// The number that a further condition on an index would get.
  int nextIndex() {
    return nextIndex;
  }

  /// Whether exactly the documents that were found pass.
  boolean isExact() {
    return exact;
  }

  /// All documents that pass, and maybe others.
  FilterNode candidates(JsonFilter.Node node) {
    return switch (node) {
      case JsonFilter.And and -> {
        // Each part may hold within another record.
        exact = false;
        yield Conjunction.of(and.parts().stream().map(this::candidates).toList());
      }
      case JsonFilter.Or or -> Disjunction.of(or.parts().stream().map(this::candidates).toList());
      case JsonFilter.Test test -> candidates(test);
    };
  }

  private FilterNode candidates(JsonFilter.Test test) {
    exact &= !test.path().hasIndexes() && test.test() == null;
    Set<String> values = test.values();
    List<Integer> keys = new ArrayList<>();
    if (values != null) {
      for (String value : values) {
        exact &= !index.isCut(value) && value.indexOf('\0') < 0;
        keys.add(index.find(test.pattern(), value));
      }
    } else if (test.test() == null) {
      keys.add(index.find(test.pattern()));
    } else {
      int from = index.firstOfValues(test.pattern());
      int to = index.endOfValues(test.pattern());
      if (to - from > MAX_SEEN) {
        return AllRows.INSTANCE;
      }
      IntStream.range(from, to)
          .filter(key -> {
            String value = index.value(key, test.pattern());
            return index.isCut(value) || test.accepts(value);
          })
          .forEach(keys::add);
    }
    int[] found = keys.stream().mapToInt(Integer::intValue).filter(key -> key >= 0).toArray();
    if (found.length == 0) {
      return NoRows.INSTANCE;
    }
    if (found.length > MAX_KEYS) {
      exact = false;
      return AllRows.INSTANCE;
    }
    return new IndexCondition(
        slot, nextIndex++, index.documents(), "json", found, docCount, found.length == 1);
  }
}
