package io.cuvee.execution.operator;

import io.cuvee.common.function.WindowFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.util.List;

/// The window functions with IGNORE NULLS, which look at the rows whose value is not NULL alone.
final class WindowNonNulls {
  private final Values values;
  private final WindowFrames frames;

  /// The rows whose value is not NULL, and for each row how many of them come before it.
  private final int[] rows;

  private final int[] before;

  private WindowNonNulls(Values values, WindowFrames frames) {
    this.values = values;
    this.frames = frames;
    int rowCount = frames.rowCount();
    rows = new int[rowCount];
    before = new int[rowCount + 1];
    for (int row = 0; row < rowCount; row++) {
      int count = before[row];
      if (!values.isNull(row)) {
        rows[count++] = row;
      }
      before[row + 1] = count;
    }
  }

  static Values compute(AggregateCall call, List<Values> arguments, WindowFrames frames) {
    return new WindowNonNulls(arguments.getFirst(), frames).compute(call, arguments);
  }

  private Values compute(AggregateCall call, List<Values> arguments) {
    int rowCount = frames.rowCount();
    LongValues number = arguments.size() > 1 ? (LongValues) arguments.get(1) : null;
    boolean hasDefault = arguments.size() > 2;
    int[] positions = new int[rowCount];
    String function = WindowFunctions.plainName(call.function());
    for (int row = 0; row < rowCount; row++) {
      if (number != null && number.isNull(row)) {
        positions[row] = -1;
        continue;
      }
      long n = number == null ? 1 : number.values()[row];
      positions[row] =
          switch (function) {
            case WindowFunctions.LAG -> shifted(row, n, hasDefault);
            case WindowFunctions.LEAD -> shifted(row, n == Long.MIN_VALUE ? n : -n, hasDefault);
            case WindowFunctions.LAST_VALUE -> ofFrame(row, -1);
            case WindowFunctions.NTH_VALUE ->
                ofFrame(row, WindowRanks.position((LongValues) arguments.get(1), row));
            default -> ofFrame(row, 1);
          };
    }
    return WindowRanks.selected(call, arguments, positions);
  }

  /// The `n`th row before this one in the partition, or after it if `n` is negative.
  private int shifted(int row, long n, boolean hasDefault) {
    if (n == 0) {
      return row;
    }
    long bounded = Math.max(-(long) Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, n));
    long target = n > 0 ? before[row] - bounded : before[row + 1] - 1 - bounded;
    boolean inside =
        target >= before[frames.partitionStart(row)] && target < before[frames.partitionEnd(row)];
    return inside ? rows[(int) target] : hasDefault ? values.count() + row : -1;
  }

  /// The `n`th row of the frame, from 1; the last if `n` is negative.
  private int ofFrame(int row, long n) {
    int start = frames.frameStart(row);
    int end = frames.frameEnd(row);
    if (start >= end) {
      return -1;
    }
    int afterGap = before[frames.gapEnd(row)];
    int inFront = before[frames.gapStart(row)] - before[start];
    int current = frames.keepsCurrent(row) && !values.isNull(row) ? 1 : 0;
    int count = inFront + current + before[end] - afterGap;
    long target = n < 0 ? count - 1L : Math.min(n, Integer.MAX_VALUE) - 1;
    if (target < 0 || target >= count) {
      return -1;
    }
    if (target < inFront) {
      return rows[before[start] + (int) target];
    }
    int behind = (int) target - inFront - current;
    return behind < 0 ? row : rows[afterGap + behind];
  }
}
