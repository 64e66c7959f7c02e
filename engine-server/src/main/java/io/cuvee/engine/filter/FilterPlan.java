package io.cuvee.engine.filter;

import io.cuvee.common.plan.Expression;
import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.Kernels;
import io.cuvee.segment.column.SegmentColumn;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// How one segment finds the rows that pass: only documents in `[from, to)`, of those the ones that
/// pass `condition`. Immutable and thread-safe.
///
/// @param condition absent if all of the range pass
/// @param indexCount how many conditions read an inverted or a range index
public record FilterPlan(int from, int to, @Nullable FilterNode condition, int indexCount) {
  /// For `firstIndex`: no such index is read. A condition that changes while a segment is scanned
  /// must not, because what indexes say is kept for a morsel.
  public static final int WITHOUT_INDEXES = -1;

  /// The share of rows up to which they are taken from an index one by one.
  private static final double FEW_LISTED = 1.0 / 128;

  /// @param filter absent lets all rows pass
  /// @param columns of the segment, as the query numbers them
  /// @param firstIndex number of the first condition that reads an index; conditions of one query
  ///   on one segment are numbered apart
  public static FilterPlan compile(
      @Nullable Expression filter, List<SegmentColumn> columns, int docCount, int firstIndex) {
    if (filter == null) {
      return new FilterPlan(0, docCount, null, 0);
    }
    if (new SegmentPruning(columns).excludes(filter)) {
      return new FilterPlan(0, 0, null, 0);
    }
    FilterCompiler compiler = new FilterCompiler(columns, docCount, firstIndex);
    FilterNode node = compiler.compile(filter, true);
    int indexes = 0;
    if (firstIndex != WITHOUT_INDEXES) {
      RangeIndexChoice ranges = new RangeIndexChoice(columns, compiler.nextIndex());
      node = ranges.apply(node);
      indexes = ranges.nextIndex() - firstIndex;
    }
    if (node instanceof AllRows) {
      return new FilterPlan(0, docCount, null, indexes);
    }
    if (node instanceof NoRows) {
      return new FilterPlan(0, 0, null, indexes);
    }
    if (node instanceof DocRange docs) {
      return new FilterPlan(docs.from, docs.to, null, indexes);
    }
    if (node instanceof Conjunction all) {
      List<FilterNode> rest = new ArrayList<>(all.parts);
      for (FilterNode part : all.parts) {
        if (part instanceof DocRange docs) {
          rest.remove(docs);
          return new FilterPlan(docs.from, docs.to, Conjunction.of(rest), indexes);
        }
      }
    }
    return new FilterPlan(0, docCount, node, indexes);
  }

  /// Whether no row can pass.
  public boolean isEmpty() {
    return from >= to;
  }

  /// Whether every row of a segment of `docCount` rows passes.
  public boolean isAll(int docCount) {
    return condition == null && from == 0 && to == docCount;
  }

  /// How many rows pass, where that is known without looking at any.
  public OptionalLong knownCount(int docCount) {
    if (condition == null) {
      return OptionalLong.of(Math.max(0, to - from));
    }
    return condition instanceof IndexCondition index
            && from == 0
            && to == docCount
            && index.isExact()
        ? OptionalLong.of(index.rowCount())
        : OptionalLong.empty();
  }

  /// How many rows pass, roughly.
  public double likelyCount() {
    return Math.max(0, to - from) * (condition == null ? 1 : condition.passRate());
  }

  /// How many rows are looked at to find them, roughly.
  public double likelyReads() {
    int rows = Math.max(0, to - from);
    FilterNode first = condition instanceof Conjunction all ? all.parts.getFirst() : condition;
    return first instanceof IndexCondition index ? rows * index.likelyReads() : rows;
  }

  /// Whether one index, or two together, list so few rows that [#list] finds the ones that pass
  /// faster than [#select].
  public boolean listsDocs() {
    List<FilterNode> parts = parts();
    double rate = 1;
    for (int i = 0; i < listing(parts); i++) {
      rate *= parts.get(i).passRate();
    }
    return rate <= FEW_LISTED && parts.stream().allMatch(FilterNode::keepsDocs);
  }

  private List<FilterNode> parts() {
    return switch (condition) {
      case null -> List.of();
      case Conjunction all -> all.parts;
      default -> List.of(condition);
    };
  }

  /// How many of the first conditions read indexes, at most 2.
  private static int listing(List<FilterNode> parts) {
    int count = 0;
    while (count < Math.min(2, parts.size()) && parts.get(count) instanceof IndexCondition) {
      count++;
    }
    return count;
  }

  /// Finds rows among the first documents of `[first, end)`, all of one morsel, that indexes list;
  /// only if the plan [#listsDocs()].
  ///
  /// @param out as long as a block
  /// @return how many; [Block#listedTo()] says how far that goes
  public int list(Block block, int first, int end, int[] out) {
    List<FilterNode> parts = parts();
    int listing = listing(parts);
    long[] words = ((IndexCondition) parts.getFirst()).listed(block, first);
    long[] others =
        listing == 2 && words != null ? ((IndexCondition) parts.get(1)).listed(block, first) : null;
    if (words == null || listing == 2 && others == null) {
      return block.listNone(end);
    }
    int count = block.list(words, others, first, end, out);
    for (int i = listing; i < parts.size() && count > 0; i++) {
      count = parts.get(i).keep(block, out, count);
    }
    return count;
  }

  /// The first document in `[first, end)`, all of one morsel, that may pass, as far as can be told
  /// without looking at rows; `end` if none does.
  public int next(Block block, int first, int end) {
    return condition == null ? first : condition.next(block, first, end);
  }

  /// Sets the bits of the block's rows that pass.
  ///
  /// @return how many do
  public int select(Block block, long[] mask) {
    Kernels.fill(mask, block.count());
    narrow(block, mask);
    return Kernels.bitCount(mask, block.wordCount());
  }

  /// Clears the bits of rows that do not pass.
  public void narrow(Block block, long[] mask) {
    int blockFrom = block.fromDoc();
    if (blockFrom < from || blockFrom + block.count() > to) {
      Kernels.narrowPositions(mask, block.wordCount(), from - blockFrom, to - blockFrom);
    }
    if (condition != null) {
      condition.narrow(block, mask);
    }
  }

  @Override
  public String toString() {
    return "docs " + from + ".." + to + (condition == null ? "" : ", " + condition);
  }
}
