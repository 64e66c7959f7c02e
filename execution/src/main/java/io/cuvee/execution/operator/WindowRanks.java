package io.cuvee.execution.operator;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.WindowFunctions;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.execution.expression.Conversions;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Pages;
import io.cuvee.execution.page.Values;
import java.util.List;

/// The functions that only windows have.
final class WindowRanks {
  private WindowRanks() {}

  static Values compute(AggregateCall call, List<Values> arguments, WindowFrames frames) {
    if (call.function().endsWith(WindowFunctions.IGNORE_NULLS)) {
      return WindowNonNulls.compute(call, arguments, frames);
    }
    return switch (call.function()) {
      case WindowFunctions.ROW_NUMBER ->
          numbers(call, frames, row -> row - frames.partitionStart(row) + 1);
      case WindowFunctions.RANK ->
          numbers(call, frames, row -> frames.peerStart(row) - frames.partitionStart(row) + 1);
      case WindowFunctions.DENSE_RANK -> denseRank(call, frames);
      case WindowFunctions.PERCENT_RANK -> shares(call, frames, false);
      case WindowFunctions.CUME_DIST -> shares(call, frames, true);
      case WindowFunctions.NTILE -> buckets(call, (LongValues) arguments.getFirst(), frames);
      case WindowFunctions.LAG -> shifted(call, arguments, frames, -1);
      case WindowFunctions.LEAD -> shifted(call, arguments, frames, 1);
      case WindowFunctions.FIRST_VALUE ->
          arguments.getFirst().select(framePositions(frames, false), frames.rowCount());
      case WindowFunctions.LAST_VALUE ->
          arguments.getFirst().select(framePositions(frames, true), frames.rowCount());
      case WindowFunctions.NTH_VALUE -> nth(arguments, frames);
      default ->
          throw new CuveeException(
              ErrorCode.FUNCTION_NOT_FOUND, "Unknown window function " + call.function() + ".");
    };
  }

  private interface OfRow {
    long apply(int row);
  }

  private static Values numbers(AggregateCall call, WindowFrames frames, OfRow function) {
    long[] out = new long[frames.rowCount()];
    for (int i = 0; i < out.length; i++) {
      out[i] = function.apply(i);
    }
    return as(new LongValues(out, out.length, null), ColumnType.LONG, call.type());
  }

  /// The planner may have stated another type.
  private static Values as(Values values, ColumnType from, ColumnType to) {
    boolean same = from.dataType().representation() == to.dataType().representation();
    return same && from.dataType().representation() == Representation.LONG
        ? values
        : Conversions.convert(values, from, to);
  }

  private static Values denseRank(AggregateCall call, WindowFrames frames) {
    long[] out = new long[frames.rowCount()];
    for (int i = 0; i < out.length; i++) {
      if (frames.partitionStart(i) == i) {
        out[i] = 1;
      } else {
        out[i] = out[i - 1] + (frames.peerStart(i) == i ? 1 : 0);
      }
    }
    return as(new LongValues(out, out.length, null), ColumnType.LONG, call.type());
  }

  private static Values shares(AggregateCall call, WindowFrames frames, boolean cumulative) {
    double[] out = new double[frames.rowCount()];
    for (int i = 0; i < out.length; i++) {
      int start = frames.partitionStart(i);
      double size = frames.partitionEnd(i) - start;
      if (cumulative) {
        out[i] = (frames.peerEnd(i) - start) / size;
      } else {
        out[i] = size == 1 ? 0 : (frames.peerStart(i) - start) / (size - 1);
      }
    }
    return as(new DoubleValues(out, out.length, null), ColumnType.DOUBLE, call.type());
  }

  /// The first rows of a partition of `size` rows get one more in each bucket if it does not divide
  /// evenly.
  private static Values buckets(AggregateCall call, LongValues counts, WindowFrames frames) {
    for (int i = 0; i < frames.rowCount(); i++) {
      if (counts.isNull(i) || counts.values()[i] < 1) {
        throw new CuveeException(
            ErrorCode.INVALID_PARAMETER,
            "NTILE takes a number of buckets from 1, not " + counts.get(i) + ".");
      }
    }
    return numbers(
        call,
        frames,
        row -> {
          long buckets = counts.values()[row];
          long index = (long) row - frames.partitionStart(row);
          long size = (long) frames.partitionEnd(row) - frames.partitionStart(row);
          long small = size / buckets;
          long larger = size % buckets;
          long inLarger = larger * (small + 1);
          return index < inLarger
              ? index / (small + 1) + 1
              : larger + (index - inLarger) / Math.max(1, small) + 1;
        });
  }

  private static Values shifted(
      AggregateCall call, List<Values> arguments, WindowFrames frames, int direction) {
    int rowCount = frames.rowCount();
    LongValues offsets = arguments.size() > 1 ? (LongValues) arguments.get(1) : null;
    boolean hasDefault = arguments.size() > 2;
    int[] positions = new int[rowCount];
    for (int i = 0; i < rowCount; i++) {
      if (offsets != null && offsets.isNull(i)) {
        positions[i] = -1;
        continue;
      }
      long offset = offsets == null ? 1 : offsets.values()[i];
      long bounded = Math.max(-(long) Integer.MAX_VALUE, Math.min(Integer.MAX_VALUE, offset));
      long target = i + direction * bounded;
      boolean inside = target >= frames.partitionStart(i) && target < frames.partitionEnd(i);
      positions[i] = inside ? (int) target : hasDefault ? rowCount + i : -1;
    }
    return selected(call, arguments, positions);
  }

  /// The first argument at the positions; those beyond its end are of the default, the third.
  static Values selected(AggregateCall call, List<Values> arguments, int[] positions) {
    Values values = arguments.getFirst();
    if (arguments.size() < 3) {
      return values.select(positions, positions.length);
    }
    ColumnType valueType = call.arguments().get(0).type();
    Values defaults =
        Conversions.convert(arguments.get(2), call.arguments().get(2).type(), valueType);
    return Pages.concatValues(valueType, List.of(values, defaults))
        .select(positions, positions.length);
  }

  private static int[] framePositions(WindowFrames frames, boolean last) {
    int[] positions = new int[frames.rowCount()];
    for (int i = 0; i < positions.length; i++) {
      int size = frames.frameSize(i);
      positions[i] = size == 0 ? -1 : frames.frameRow(i, last ? size - 1 : 0);
    }
    return positions;
  }

  /// The position that NTH_VALUE is asked for.
  static long position(LongValues wanted, int row) {
    long n = wanted.values()[row];
    if (!wanted.isNull(row) && n < 1) {
      throw new CuveeException(
          ErrorCode.INVALID_PARAMETER, "NTH_VALUE takes a position from 1, not " + n + ".");
    }
    return n;
  }

  private static Values nth(List<Values> arguments, WindowFrames frames) {
    LongValues wanted = (LongValues) arguments.get(1);
    int[] positions = new int[frames.rowCount()];
    for (int i = 0; i < positions.length; i++) {
      long n = position(wanted, i);
      boolean exists = !wanted.isNull(i) && n <= frames.frameSize(i);
      positions[i] = exists ? frames.frameRow(i, (int) n - 1) : -1;
    }
    return arguments.get(0).select(positions, positions.length);
  }
}
