package io.cuvee.execution.aggregate;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.TextForms;
import io.cuvee.execution.page.ValuesBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/// What is read from a [Tally] about how values are spread.
final class Distributions {
  /// The longest text of one group.
  private static final int MAX_TEXT_LENGTH = 1 << 28;

  private Distributions() {}

  /// The median of the distances of the values, which are numbers, to their median.
  static void medianDeviation(Tally tally, ValuesBuilder results) {
    int count = tally.distinctCount();
    Weighted[] values = new Weighted[count];
    for (int i = 0; i < count; i++) {
      values[i] = new Weighted(Quantiles.number(tally.values(), tally.position(i)), tally.count(i));
    }
    long size = tally.size();
    double median = median(values, size);
    for (int i = 0; i < count; i++) {
      values[i] = new Weighted(Math.abs(values[i].value() - median), values[i].count());
    }
    ((ValuesBuilder.Doubles) results).append(median(values, size));
  }

  private record Weighted(double value, long count) {}

  /// @param values is sorted
  private static double median(Weighted[] values, long size) {
    Arrays.sort(values, (a, b) -> Double.compare(a.value(), b.value()));
    double low = atRank(values, (size - 1) / 2);
    double high = atRank(values, size / 2);
    return low == high ? low : low + (high - low) / 2;
  }

  private static double atRank(Weighted[] values, long rank) {
    long before = 0;
    for (Weighted value : values) {
      before += value.count();
      if (before > rank) {
        return value.value();
      }
    }
    throw new IllegalArgumentException("No value at rank " + rank + ".");
  }

  static void entropy(Tally tally, ValuesBuilder results) {
    double size = tally.size();
    double[] parts = new double[tally.distinctCount()];
    for (int i = 0; i < parts.length; i++) {
      double share = tally.count(i) / size;
      parts[i] = -share * Math.log(share) / Math.log(2);
    }
    // So that the sum does not depend on the order in which values came.
    Arrays.sort(parts);
    double sum = 0;
    for (double part : parts) {
      sum += part;
    }
    ((ValuesBuilder.Doubles) results).append(sum);
  }

  /// @param type of the values
  static TallyAccumulator.Reader histogram(ColumnType type) {
    return (tally, results) -> {
      tally.sort();
      StringBuilder text = new StringBuilder("{");
      for (int i = 0; i < tally.distinctCount(); i++) {
        Object value = Objects.requireNonNull(tally.values().get(tally.position(i)));
        text.append(i == 0 ? "\"" : ",\"");
        JsonStringEncoder.getInstance().quoteAsString(TextForms.text(value, type), text);
        text.append("\":").append(tally.count(i));
        if (text.length() > MAX_TEXT_LENGTH) {
          throw new CuveeException(
              ErrorCode.MEMORY_LIMIT,
              "HISTOGRAM would make a text of more than 256 MiB. Group by more columns, or name"
                  + " edges: HISTOGRAM(x, [0, 10, 100]).");
        }
      }
      results.appendObject(text.append('}').toString().getBytes(StandardCharsets.UTF_8));
    };
  }

  static TallyAccumulator.Reader topValues(int count) {
    return (tally, results) -> {
      tally.sortByCount();
      List<Object> values = new ArrayList<>();
      for (int i = 0; i < Math.min(count, tally.distinctCount()); i++) {
        values.add(Objects.requireNonNull(tally.values().get(tally.position(i))));
      }
      results.appendObject(values);
    };
  }
}
