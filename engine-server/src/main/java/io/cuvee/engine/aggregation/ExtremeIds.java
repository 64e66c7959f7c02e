package io.cuvee.engine.aggregation;

import io.cuvee.engine.scan.Kernels;
import io.cuvee.engine.scan.Selection;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.column.Dictionary;
import java.util.Arrays;
import java.util.List;

/// MIN or MAX of a dictionary column: of its dictIds, which order as the values do.
final class ExtremeIds extends States {
  private static final int NONE = -1;

  private final int slot;
  private final boolean max;
  private final Dictionary dictionary;
  private int[] ids = {NONE};

  ExtremeIds(int slot, boolean max, Dictionary dictionary) {
    this.slot = slot;
    this.max = max;
    this.dictionary = dictionary;
  }

  @Override
  void ensureGroups(int groupCount) {
    int before = ids.length;
    if (groupCount > before) {
      ids = Arrays.copyOf(ids, groupCount);
      Arrays.fill(ids, before, groupCount, NONE);
    }
  }

  @Override
  boolean canFollow(States before) {
    return before instanceof ExtremeIds other && other.dictionary.isSame(dictionary);
  }

  @Override
  void follow(States before) {
    ids = ((ExtremeIds) before).ids;
  }

  @Override
  void add(Selection rows, int[] groups) {
    if (dictionary.size() == 0 || isOne(groups) && ids[0] == last()) {
      return;
    }
    int[] dictIds = rows.dictIds(slot);
    long[] validity = rows.validity(slot);
    int count = rows.count();
    if (isOne(groups) && validity == null) {
      if (max) {
        ids[0] = Math.max(ids[0], Kernels.max(dictIds, count));
      } else if (count > 0) {
        int least = Kernels.min(dictIds, count);
        ids[0] = ids[0] == NONE ? least : Math.min(ids[0], least);
      }
      return;
    }
    boolean one = isOne(groups);
    for (int i = 0; i < count; i++) {
      if (validity != null && (validity[i >>> 6] >>> i & 1) == 0) {
        continue;
      }
      int group = one ? 0 : groups[i];
      int best = ids[group];
      int id = dictIds[i];
      if (best == NONE || (max ? id > best : id < best)) {
        ids[group] = id;
      }
    }
  }

  /// The dictId that no other can better.
  private int last() {
    return max ? dictionary.size() - 1 : 0;
  }

  @Override
  List<Values> states(int[] groups, int count, long[] rowCounts) {
    int[] selected = new int[count];
    for (int i = 0; i < count; i++) {
      selected[i] = ids[groups[i]];
    }
    return List.of(KeyColumn.dictionaryValues(dictionary, selected, count));
  }

  @Override
  boolean needsRowCounts() {
    return false;
  }

  @Override
  long bytesPerGroup() {
    return 4;
  }
}
