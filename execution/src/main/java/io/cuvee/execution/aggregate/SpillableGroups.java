package io.cuvee.execution.aggregate;

import io.cuvee.common.function.AggregateFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.spill.Spill;
import io.cuvee.execution.spill.SpillPartitions;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Groups with the states of aggregates, in memory as long as the budget is not tight. When it is,
/// all of them go to disk as pages of keys and states, parted by a hash of the key, and the table
/// begins anew. In the end each part is merged on its own, in the same way, so that a part that is
/// too large is parted again; its groups leave before the next part is read. Without keys there is
/// one group, which stays in memory.
///
/// Not thread-safe, but for [#spill(Page)].
public final class SpillableGroups implements AutoCloseable {
  /// Pages of so few rows are merged whole.
  private static final int SMALL_ROWS = 256;

  /// A page that takes more than this part of the memory is merged in pieces.
  private static final int PARTS_OF_MEMORY = 64;

  private final List<ColumnType> keyTypes;
  private final List<AggregateCall> calls;
  private final MemoryBudget budget;
  private final QueryContext context;
  private final int level;
  private final Accumulator[] accumulators;
  private final int[] stateEnds;

  /// What the table and the states are charged to.
  private MemoryBudget held;

  private @Nullable GroupTable table;
  private int[] groups = new int[1];

  private final Object spilling = new Object();

  /// Guarded by `spilling`.
  private @Nullable SpillPartitions spilled;

  public SpillableGroups(
      List<ColumnType> keyTypes,
      List<AggregateCall> calls,
      MemoryBudget budget,
      QueryContext context) {
    this(keyTypes, calls, budget, context, 0);
  }

  private SpillableGroups(
      List<ColumnType> keyTypes,
      List<AggregateCall> calls,
      MemoryBudget budget,
      QueryContext context,
      int level) {
    this.keyTypes = keyTypes;
    this.calls = calls;
    this.budget = budget;
    this.context = context;
    this.level = level;
    this.accumulators = new Accumulator[calls.size()];
    this.stateEnds = new int[calls.size()];
    this.held = child();
    begin();
  }

  private MemoryBudget child() {
    return budget.child("the query", Long.MAX_VALUE, "its memory limit");
  }

  private void begin() {
    for (int i = 0; i < accumulators.length; i++) {
      accumulators[i] = Accumulators.create(calls.get(i), held);
    }
    table = keyTypes.isEmpty() ? null : new GroupTable(keyTypes, held);
    ensureGroups();
  }

  private void ensureGroups() {
    int count = groupCount();
    for (Accumulator accumulator : accumulators) {
      accumulator.ensureGroups(count);
    }
  }

  /// Groups in memory.
  public int groupCount() {
    GroupTable keys = table;
    return keys == null ? 1 : keys.groupCount();
  }

  /// The states of the groups in memory; another one after [#spillIfTight()].
  public Accumulator accumulator(int call) {
    return accumulators[call];
  }

  /// Finds or adds the groups of rows, with room for their states.
  ///
  /// @return the group of each row, in the first `count` places; good until the next call
  public int[] lookup(List<Values> keys, int count) {
    if (groups.length < count) {
      groups = new int[count];
    }
    GroupTable known = table;
    if (known != null) {
      known.lookup(keys, count, groups);
      ensureGroups();
    } else {
      java.util.Arrays.fill(groups, 0, count, 0);
    }
    return groups;
  }

  /// Finds the groups of rows among those in memory, −1 for none.
  ///
  /// @return the group of each row, in the first `count` places; good until the next call
  public int[] find(List<Values> keys, int count) {
    if (groups.length < count) {
      groups = new int[count];
    }
    Objects.requireNonNull(table).find(keys, count, groups);
    return groups;
  }

  /// Adds partial states: keys, then the state columns of each aggregate.
  public void merge(Page page) {
    int rows = page.rowCount();
    if (rows > SMALL_ROWS && budget.spill() != null) {
      // So that one page does not take the table from half of its memory to beyond all of it.
      long parts = page.sizeBytes() / Math.max(1, budget.leastLimitBytes() / PARTS_OF_MEMORY) + 1;
      rows = (int) Math.max(SMALL_ROWS, rows / parts);
    }
    for (int from = 0; from < page.rowCount(); from += rows) {
      mergeRows(page.slice(from, Math.min(rows, page.rowCount() - from)));
      spillIfTight();
    }
  }

  private void mergeRows(Page page) {
    int[] found = lookup(page.columns().subList(0, keyTypes.size()), page.rowCount());
    int start = keyTypes.size();
    for (int i = 0; i < accumulators.length; i++) {
      int end = stateEnd(i);
      accumulators[i].merge(found, page.rowCount(), page.columns().subList(start, end));
      start = end;
    }
  }

  private int stateEnd(int call) {
    if (stateEnds[call] == 0) {
      int end = keyTypes.size();
      for (int i = 0; i < stateEnds.length; i++) {
        end += AggregateFunctions.stateTypes(calls.get(i)).size();
        stateEnds[i] = end;
      }
    }
    return stateEnds[call];
  }

  /// Whether groups could be told apart on disk and their states be written.
  private boolean isDivisible() {
    if (table == null || level == SpillPartitions.LEVELS || groupCount() < 2) {
      return false;
    }
    for (AggregateCall call : calls) {
      boolean distinct = call.distinct() && !AggregateFunctions.ignoresDuplicates(call.function());
      if (distinct && AggregateFunctions.columnCount(call) != 1) {
        return false;
      }
    }
    return true;
  }

  /// Moves the groups in memory to disk if memory is tight.
  public void spillIfTight() {
    if (held.isTight() && isDivisible()) {
      spillAll();
    }
  }

  private void spillAll() {
    if (groupCount() > 0) {
      spill(page(false));
    }
    held.close();
    held = child();
    begin();
  }

  /// Puts groups on disk that are in no table here. Thread-safe.
  ///
  /// @param page keys, then states
  public void spill(Page page) {
    long[] hashes = KeyHashes.of(page.columns().subList(0, keyTypes.size()), page.rowCount());
    synchronized (spilling) {
      SpillPartitions parts = spilled;
      if (parts == null) {
        Spill place = Objects.requireNonNull(budget.spill());
        parts = new SpillPartitions(place, stateTypes(), level);
        spilled = parts;
      }
      parts.add(page, hashes);
    }
  }

  /// Whether groups are on disk.
  public boolean isSpilled() {
    synchronized (spilling) {
      return spilled != null;
    }
  }

  private List<ColumnType> stateTypes() {
    List<ColumnType> types = new ArrayList<>(keyTypes);
    for (AggregateCall call : calls) {
      types.addAll(AggregateFunctions.stateTypes(call));
    }
    return types;
  }

  /// All groups with the results of the aggregates. Ends adding.
  public PageSource results() {
    return finish(true);
  }

  /// All groups with their states. Ends adding.
  public PageSource states() {
    return finish(false);
  }

  private PageSource finish(boolean results) {
    if (!isSpilled()) {
      return PageSource.of(List.of(page(results)));
    }
    spillAll();
    return new Parts(results);
  }

  private Page page(boolean results) {
    int count = groupCount();
    List<Values> columns = new ArrayList<>(keyTypes.size() + accumulators.length);
    GroupTable known = table;
    if (known != null) {
      columns.addAll(known.keys());
    }
    for (Accumulator accumulator : accumulators) {
      if (results) {
        columns.add(accumulator.results(count));
      } else {
        columns.addAll(accumulator.states(count));
      }
    }
    return new Page(count, columns);
  }

  /// The groups on disk, merged part by part.
  private final class Parts implements PageSource {
    private final boolean results;
    private int next;
    private @Nullable SpillableGroups groups;
    private @Nullable PageSource pages;

    Parts(boolean results) {
      this.results = results;
    }

    @Override
    public @Nullable Page next() {
      while (true) {
        context.check();
        Page page = pages == null ? null : pages.next();
        if (page != null) {
          return page;
        }
        close();
        SpillPartitions parts = Objects.requireNonNull(spilled);
        if (next == SpillPartitions.COUNT) {
          parts.close();
          return null;
        }
        open(parts.read(next++));
      }
    }

    private void open(PageSource part) {
      SpillableGroups merged = new SpillableGroups(keyTypes, calls, budget, context, level + 1);
      groups = merged;
      for (Page page = part.next(); page != null; page = part.next()) {
        context.check();
        merged.merge(page);
      }
      pages = merged.finish(results);
    }

    @Override
    public void close() {
      if (groups != null) {
        groups.close();
        groups = null;
        pages = null;
      }
    }
  }

  /// Gives back memory and disk.
  @Override
  public void close() {
    held.close();
    synchronized (spilling) {
      if (spilled != null) {
        spilled.close();
      }
    }
  }
}
