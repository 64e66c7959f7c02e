package io.cuvee.execution.operator;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.PlanNode.JoinKind;
import io.cuvee.execution.aggregate.KeyHashes;
import io.cuvee.execution.expression.Filter;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.spill.SpillPartitions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Joins: holds the right input, streams the left. Pairs whose keys are equal, or all pairs if
/// there are no keys, are made in batches, tested by the residual condition and passed on. If the
/// right input does not fit and there are keys, both inputs are parted on disk.
///
/// Where the keys of one input come straight from a scan, that input is opened after the other has
/// been read, and reads only rows with its keys: the left one if all its rows need a match; else
/// the right one, if the left turns out to be short.
final class JoinOperator implements PageSource {
  /// What a row takes for finding it by key, roughly.
  private static final long KEY_BYTES = 48;

  /// A left input with more rows is not held.
  private static final long SHORT_ROWS = 400_000;

  private final Function<PlanNode, PageSource> opener;
  private @Nullable PageSource left;
  private @Nullable PageSource right;
  private final PlanNode.Join node;
  private final JoinKind kind;
  private final @Nullable Filter residual;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final Held rightRows;
  private final Held leftRows;
  private final JoinKeys keys;
  private final int level;
  private final int[] pairLeft = new int[Page.TARGET_ROWS];
  private final int[] pairRight = new int[Page.TARGET_ROWS];

  private @Nullable JoinMatches matches;
  private @Nullable PartedJoin parted;
  private Page rightPage;
  private boolean[] rightMatched = new boolean[0];

  /// The left page in work, the row in it, and the next candidate of that row.
  private @Nullable Page leftPage;

  private boolean[] leftMatched = new boolean[0];
  private int leftRow;
  private int candidate;
  private boolean leftDone;
  private boolean finished;

  /// @param opener opens the inputs, now or when their rows are needed
  static JoinOperator of(
      Function<PlanNode, PageSource> opener,
      PlanNode.Join node,
      QueryContext context,
      MemoryBudget memory) {
    boolean narrowsLeft =
        switch (node.kind()) {
          case INNER, RIGHT ->
              KeyFilter.reaches(node.left(), node.leftKeys(), node.right(), node.rightKeys());
          case LEFT, FULL, SEMI, ANTI -> false;
        };
    boolean narrowsRight =
        switch (node.kind()) {
          case LEFT, SEMI, ANTI ->
              KeyFilter.reaches(node.right(), node.rightKeys(), node.left(), node.leftKeys());
          case INNER, RIGHT, FULL -> false;
        };
    PageSource left = narrowsLeft ? null : opener.apply(node.left());
    PageSource right = narrowsRight ? null : opener.apply(node.right());
    return new JoinOperator(opener, left, right, node, 0, context, memory);
  }

  /// @param left null if it is opened when the right one has been read
  /// @param right null if it is opened when the left one turns out to be short, or not
  /// @param level how often the inputs have been parted by their keys
  JoinOperator(
      Function<PlanNode, PageSource> opener,
      @Nullable PageSource left,
      @Nullable PageSource right,
      PlanNode.Join node,
      int level,
      QueryContext context,
      MemoryBudget memory) {
    this.opener = opener;
    this.left = left;
    this.right = right;
    this.node = node;
    this.kind = node.kind();
    this.keys = new JoinKeys(node);
    this.level = level;
    Expression condition = node.residual();
    this.residual = condition == null ? null : Filter.compile(condition);
    this.context = context;
    this.memory = memory.child("the query", Long.MAX_VALUE, "its memory limit");
    this.rightRows = new Held(node.right().types(), this.memory);
    this.leftRows = new Held(node.left().types(), this.memory);
    this.rightPage = Page.empty(node.right().types());
  }

  @Override
  public @Nullable Page next() {
    JoinMatches built = matches;
    if (built == null && parted == null && !readRight(rightInput())) {
      parted =
          new PartedJoin(
              leftInput(node.left()),
              Objects.requireNonNull(right),
              rightRows,
              keys,
              node,
              level,
              context,
              memory);
    }
    if (parted != null) {
      return parted.next();
    }
    if (built == null) {
      built = build();
      matches = built;
    }
    while (!finished) {
      context.check();
      if (leftPage == null && !openLeftPage(built)) {
        finished = true;
        return outerRight();
      }
      Page page = advance(java.util.Objects.requireNonNull(leftPage), built);
      if (page != null && page.rowCount() > 0) {
        return page;
      }
    }
    return null;
  }

  private PageSource leftInput(PlanNode plan) {
    PageSource opened = left;
    if (opened == null) {
      opened = opener.apply(plan);
      left = opened;
    }
    return opened;
  }

  /// The right input, opened if it was not: with the keys of the left rows, if these are few.
  private PageSource rightInput() {
    PageSource opened = right;
    if (opened != null) {
      return opened;
    }
    PageSource source = leftInput(node.left());
    PlanNode plan = node.right();
    Page page = source.next();
    while (page != null && leftRows.rowCount() < SHORT_ROWS && !memory.isTight()) {
      context.check();
      leftRows.add(page);
      page = source.next();
    }
    List<PageSource> parts = new ArrayList<>();
    parts.add(PageSource.of(leftRows.pages()));
    if (page == null) {
      plan =
          KeyFilter.apply(
              plan,
              node.rightKeys(),
              leftRows.pages(),
              node.leftKeys(),
              node.left().types(),
              memory);
    } else {
      parts.add(PageSource.of(List.of(page)));
    }
    parts.add(source);
    left = new Concatenation(parts);
    opened = opener.apply(plan);
    right = opened;
    return opened;
  }

  /// @return whether all rows are held; else they have to be parted
  private boolean readRight(PageSource right) {
    boolean divisible =
        memory.spill() != null && !keys.types().isEmpty() && level < SpillPartitions.LEVELS;
    boolean differ = level == 0;
    long firstHash = 0;
    for (Page page = right.next(); page != null; page = right.next()) {
      context.check();
      if (divisible && !differ && page.rowCount() > 0) {
        long[] hashes = KeyHashes.of(keys.ofRight(page), page.rowCount());
        firstHash = rightRows.rowCount() == 0 ? hashes[0] : firstHash;
        for (long hash : hashes) {
          differ |= hash != firstHash;
        }
      }
      rightRows.add(page);
      // Rows are put together, and numbered by key.
      long more = rightRows.sizeBytes() + KEY_BYTES * rightRows.rowCount();
      if (divisible && differ && memory.isTight(more)) {
        return false;
      }
    }
    right.close();
    return true;
  }

  private JoinMatches build() {
    rightPage = rightRows.all();
    if (kind == JoinKind.RIGHT || kind == JoinKind.FULL) {
      memory.reserve(rightPage.rowCount());
      rightMatched = new boolean[rightPage.rowCount()];
    }
    return new JoinMatches(keys, rightPage, memory);
  }

  private boolean openLeftPage(JoinMatches built) {
    boolean needsRight = kind == JoinKind.INNER || kind == JoinKind.SEMI || kind == JoinKind.RIGHT;
    if (leftDone || needsRight && rightPage.rowCount() == 0) {
      closeLeft();
      return false;
    }
    PageSource source = left;
    if (source == null) {
      source =
          leftInput(
              KeyFilter.apply(
                  node.left(),
                  node.leftKeys(),
                  rightRows.pages(),
                  node.rightKeys(),
                  node.right().types(),
                  memory));
    }
    Page page = source.next();
    if (page == null) {
      leftDone = true;
      closeLeft();
      return false;
    }
    leftPage = page;
    leftRow = 0;
    leftMatched = new boolean[page.rowCount()];
    built.probe(page);
    candidate = page.rowCount() == 0 ? -1 : built.first(0);
    return true;
  }

  /// Makes the next batch of pairs; after the last batch of the page, what the page still owes.
  private @Nullable Page advance(Page page, JoinMatches built) {
    int count = 0;
    while (leftRow < page.rowCount() && count < pairLeft.length) {
      boolean decided = leftMatched[leftRow] && (kind == JoinKind.SEMI || kind == JoinKind.ANTI);
      if (candidate < 0 || decided) {
        leftRow++;
        candidate = leftRow < page.rowCount() ? built.first(leftRow) : -1;
        continue;
      }
      pairLeft[count] = leftRow;
      pairRight[count++] = candidate;
      candidate = built.next(candidate);
      if (residual == null && (kind == JoinKind.SEMI || kind == JoinKind.ANTI)) {
        leftMatched[leftRow] = true;
      }
    }
    if (count > 0) {
      return joined(page, count);
    }
    leftPage = null;
    return switch (kind) {
      case SEMI -> marked(page, true);
      case ANTI -> marked(page, false);
      case LEFT, FULL -> withRight(marked(page, false), null, 0);
      case INNER, RIGHT -> null;
    };
  }

  /// The pairs that pass the residual condition; marks their rows.
  private @Nullable Page joined(Page page, int pairCount) {
    boolean rowsOnly = kind == JoinKind.SEMI || kind == JoinKind.ANTI;
    Filter condition = residual;
    if (condition == null) {
      mark(null, pairCount);
      return rowsOnly ? null : withRight(page.select(pairLeft, pairCount), pairRight, pairCount);
    }
    Page pairs = withRight(page.select(pairLeft, pairCount), pairRight, pairCount);
    int[] passed = new int[pairCount];
    int passedCount = condition.select(pairs, passed);
    mark(passed, passedCount);
    if (rowsOnly) {
      return null;
    }
    return passedCount == pairCount ? pairs : pairs.select(passed, passedCount);
  }

  private void mark(int @Nullable [] passed, int count) {
    for (int i = 0; i < count; i++) {
      int pair = passed == null ? i : passed[i];
      leftMatched[pairLeft[pair]] = true;
      if (rightMatched.length > 0) {
        rightMatched[pairRight[pair]] = true;
      }
    }
  }

  private Page marked(Page page, boolean wanted) {
    int[] rows = new int[page.rowCount()];
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      if (leftMatched[i] == wanted) {
        rows[count++] = i;
      }
    }
    return count == rows.length ? page : page.select(rows, count);
  }

  /// The left columns followed by the right ones at `rows`, or by NULLs if absent.
  private Page withRight(Page leftPart, int @Nullable [] rows, int count) {
    int[] positions = rows;
    int rowCount = count;
    if (positions == null) {
      rowCount = leftPart.rowCount();
      positions = new int[rowCount];
      Arrays.fill(positions, -1);
    }
    List<Values> columns = new ArrayList<>(leftPart.columns());
    for (Values column : rightPage.columns()) {
      columns.add(column.select(positions, rowCount));
    }
    return new Page(rowCount, columns);
  }

  /// The right rows that no left row matched, with NULLs for the left columns.
  private @Nullable Page outerRight() {
    if (kind != JoinKind.RIGHT && kind != JoinKind.FULL) {
      return null;
    }
    int[] rows = new int[rightPage.rowCount()];
    int count = 0;
    for (int i = 0; i < rows.length; i++) {
      if (!rightMatched[i]) {
        rows[count++] = i;
      }
    }
    int[] none = new int[count];
    Arrays.fill(none, -1);
    List<Values> columns = new ArrayList<>(node.types().size());
    for (Values column : Page.empty(node.left().types()).columns()) {
      columns.add(column.select(none, count));
    }
    for (Values column : rightPage.columns()) {
      columns.add(column.select(rows, count));
    }
    return new Page(count, columns);
  }

  private void closeLeft() {
    if (left != null) {
      left.close();
    }
  }

  @Override
  public void close() {
    closeLeft();
    if (right != null) {
      right.close();
    }
    if (parted != null) {
      parted.close();
    }
    memory.close();
  }
}
