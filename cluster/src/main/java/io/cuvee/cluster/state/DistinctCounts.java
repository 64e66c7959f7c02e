package io.cuvee.cluster.state;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// How many values each of some columns has, small: there is one for every segment, and those of a
/// table share the names of their columns. Immutable.
public final class DistinctCounts extends AbstractMap<String, Long> {
  private static final int[] NO_SMALL = {};
  private static final long[] NO_COUNTS = {};

  private static final DistinctCounts EMPTY = new DistinctCounts(List.of(), NO_SMALL, NO_COUNTS);

  /// Lists of names that are in use; begun anew when there are too many.
  private static final Map<List<String>, List<String>> NAMES = new ConcurrentHashMap<>();

  private static final int MAX_NAMES = 10_000;

  private final List<String> columns;

  /// The counts, if all of them are small enough; else there are none here.
  private final int[] small;

  private final long[] large;

  private DistinctCounts(List<String> columns, int[] small, long[] large) {
    this.columns = columns;
    this.small = small;
    this.large = large;
  }

  static DistinctCounts copyOf(Map<String, Long> counts) {
    if (counts instanceof DistinctCounts same) {
      return same;
    }
    if (counts.isEmpty()) {
      return EMPTY;
    }
    Map<String, Long> sorted = new TreeMap<>(counts);
    if (NAMES.size() > MAX_NAMES) {
      NAMES.clear();
    }
    List<String> columns = NAMES.computeIfAbsent(List.copyOf(sorted.keySet()), names -> names);
    long[] all = sorted.values().stream().mapToLong(Long::longValue).toArray();
    return Arrays.stream(all).allMatch(count -> count == (int) count)
        ? new DistinctCounts(
            columns, Arrays.stream(all).mapToInt(Math::toIntExact).toArray(), NO_COUNTS)
        : new DistinctCounts(columns, NO_SMALL, all);
  }

  /// The names, sorted; mostly the same object for all segments of a table.
  public List<String> columns() {
    return columns;
  }

  /// @param index of the column in [#columns()]
  public long count(int index) {
    return large.length == 0 ? small[index] : large[index];
  }

  @Override
  public @Nullable Long get(@Nullable Object column) {
    int index = columns.indexOf(column);
    return index < 0 ? null : Long.valueOf(count(index));
  }

  @Override
  public boolean containsKey(@Nullable Object column) {
    return columns.contains(column);
  }

  @Override
  public Set<Entry<String, Long>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return columns.size();
      }

      @Override
      public Iterator<Entry<String, Long>> iterator() {
        return IntStream.range(0, columns.size())
            .mapToObj(index -> Map.entry(columns.get(index), count(index)))
            .iterator();
      }
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof DistinctCounts known
        ? columns.equals(known.columns)
            && Arrays.equals(small, known.small)
            && Arrays.equals(large, known.large)
        : super.equals(other);
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
