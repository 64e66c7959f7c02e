package io.cuvee.engine.filter;

import io.cuvee.common.plan.Expression;
import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.IndexedRows;
import io.cuvee.engine.scan.Kernels;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.live.LiveRows;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
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

  /// As [#FEW_LISTED] where indexes alone say which rows pass.
  private static final double FEW_FOUND = 1.0 / 32;

  /// Looking at so many rows one by one costs as much as filtering the block that they are in.
  private static final int FEW_PER_BLOCK = 96;

  /// If more rows of a block pass, its columns are better decoded whole.
  private static final int FEW_LEFT_PER_BLOCK = Block.ROWS / 64;

  /// @param filter absent lets all rows pass
  /// @param columns of the segment, as the query numbers them
  /// @param firstIndex number of the first condition that reads an index; conditions of one query
  ///   on one segment are numbered apart
  public static FilterPlan compile(
      @Nullable Expression filter, List<SegmentColumn> columns, int docCount, int firstIndex) {
    return compile(filter, columns, docCount, firstIndex, Optional.empty());
  }

  /// As [#compile(Expression, List, int, int)], of those rows that count.
  ///
  /// @param live absent if all do
  public static FilterPlan compile(
      @Nullable Expression filter,
      List<SegmentColumn> columns,
      int docCount,
      int firstIndex,
      Optional<LiveRows> live) {
    if (live.isPresent() && live.get().count() == 0) {
      return new FilterPlan(0, 0, null, 0);
    }
    boolean allLive = live.isEmpty() || live.get().count() == docCount;
    if (filter == null) {
      return allLive
          ? new FilterPlan(0, docCount, null, 0)
          : new FilterPlan(0, docCount, live(live.get(), firstIndex, docCount), 1);
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
    if (!allLive) {
      node = Conjunction.of(List.of(node, live(live.get(), firstIndex + indexes, docCount)));
      indexes++;
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

  private static FilterNode live(LiveRows rows, int index, int docCount) {
    return new IndexCondition(
        IndexCondition.NO_COLUMN, index, rows, "live rows", new int[] {0}, docCount, true);
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

  /// How long one thread takes to find them, roughly.
  public double likelyNanos() {
    return Math.max(0, to - from) * (condition == null ? 0 : condition.cost());
  }

  /// Whether indexes list so few rows of a morsel that [#list] finds the ones that pass faster than
  /// [#select], which has work to do for each block that is touched.
  ///
  /// @param doc any of the morsel
  public boolean listsDocs(int doc) {
    List<FilterNode> parts = parts();
    if (parts.isEmpty() || !(parts.getFirst() instanceof IndexCondition listing)) {
      return false;
    }
    double listed = 1;
    double others = 1;
    boolean onlyIndexes = true;
    for (int i = 0; i < parts.size(); i++) {
      FilterNode part = parts.get(i);
      if (!part.keepsDocs()) {
        return false;
      }
      boolean isIndex = part instanceof IndexCondition;
      onlyIndexes &= isIndex;
      listed *= isIndex ? part.passRate() : 1;
      others *= i > 0 ? part.passRate() : 1;
    }
    if (listed <= (onlyIndexes ? FEW_FOUND : FEW_LISTED)) {
      return true;
    }
    int scattered = listing.rowsPerBlock(doc);
    return scattered <= FEW_PER_BLOCK && scattered * others <= FEW_LEFT_PER_BLOCK;
  }

  private List<FilterNode> parts() {
    return switch (condition) {
      case null -> List.of();
      case Conjunction all -> all.parts;
      default -> List.of(condition);
    };
  }

  /// Finds rows among the first documents of `[first, end)`, all of one morsel, that indexes list;
  /// only if the plan [#listsDocs(int)].
  ///
  /// @param out as long as a block
  /// @return how many; [IndexedRows#listedTo()] says how far that goes
  public int list(Block block, int first, int end, int[] out) {
    List<FilterNode> parts = parts();
    IndexCondition listing = (IndexCondition) parts.getFirst();
    IndexedRows rows = block.indexed();
    int next = 1;
    long[] others = null;
    if (listing.rowsPerBlock(first) > 0) {
      for (; next < parts.size() && parts.get(next) instanceof IndexCondition other; next++) {
        long[] listed = other.listed(block, first);
        if (listed == null) {
          return rows.listNone(end);
        }
        others = others == null ? listed : rows.common(others, listed, first, end);
      }
    }
    int count = listing.list(block, others, first, end, out);
    for (int i = next; i < parts.size() && count > 0; i++) {
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
