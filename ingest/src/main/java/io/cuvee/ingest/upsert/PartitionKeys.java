package io.cuvee.ingest.upsert;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.ingest.decode.DecodedRows;
import io.cuvee.segment.live.GrowingLiveRows;
import io.cuvee.segment.live.LiveRows;
import io.cuvee.segment.store.ReadableSegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The keys of one partition: where the row of each is, and so which rows of its segments count. It
/// follows from the rows in their order alone, so all replicas have the same, and so does a server
/// that reads its segments again.
///
/// A row counts if none with its key that came later has at least its comparison value, and none
/// that came before a greater one. A key is forgotten when its comparison value is more than the
/// TTL behind the greatest so far; that is looked at with each row, so it does not depend on when
/// the memory is given back.
///
/// For one thread at a time.
public final class PartitionKeys implements AutoCloseable {
  private static final int STEP = 4096;
  private static final int DELETED_BIT = 31;

  /// The place of a key that was taken back; no segment has that number.
  private static final long TAKEN_BACK = -1;

  private final KeyRules rules;
  private final KeyDigest digest = new KeyDigest();
  private KeyTable table = new KeyTable();

  /// By sequence, the first of them being `base`; null where there is no segment.
  private @Nullable GrowingLiveRows[] segments = {};

  private long base;

  /// The greatest comparison value.
  private long greatest = Long.MIN_VALUE;

  /// That before the rows that are being appended.
  private long greatestBefore = Long.MIN_VALUE;

  /// Hears of rows that cannot be taken.
  @FunctionalInterface
  public interface Refused {
    void refuse(long offset, String reason);
  }

  public PartitionKeys(KeyRules rules) {
    this.rules = rules;
  }

  public KeyRules rules() {
    return rules;
  }

  public long keyCount() {
    return table.size();
  }

  public long memoryBytes() {
    return table.memoryBytes();
  }

  // Places.

  private static long place(long sequence, int doc, boolean isDeleted) {
    return sequence + 1 << 32 | (isDeleted ? 1L << DELETED_BIT : 0) | doc;
  }

  private static long sequence(long place) {
    return (place >>> 32) - 1;
  }

  private static int doc(long place) {
    return (int) place & Integer.MAX_VALUE;
  }

  private static boolean isDeleted(long place) {
    return (place >>> DELETED_BIT & 1) != 0;
  }

  private @Nullable GrowingLiveRows rows(long sequence) {
    long at = sequence - base;
    return at >= 0 && at < segments.length ? segments[(int) at] : null;
  }

  private GrowingLiveRows addRows(long sequence) {
    if (segments.length == 0) {
      base = sequence;
    }
    if (sequence < base) {
      int more = Math.toIntExact(base - sequence);
      @Nullable GrowingLiveRows[] longer = new GrowingLiveRows[segments.length + more];
      System.arraycopy(segments, 0, longer, more, segments.length);
      segments = longer;
      base = sequence;
    }
    int at = Math.toIntExact(sequence - base);
    if (at >= segments.length) {
      segments = Arrays.copyOf(segments, at + 1);
    }
    GrowingLiveRows rows = segments[at];
    if (rows == null) {
      rows = segments[at] = new GrowingLiveRows();
    }
    return rows;
  }

  private boolean isKnown(long comparison, long place) {
    return isKnown(comparison, place, greatest);
  }

  private boolean isKnown(long comparison, long place, long newest) {
    return place != TAKEN_BACK
        && rows(sequence(place)) != null
        && !isBehind(comparison, rules.config().ttl(), newest)
        && !(isDeleted(place) && isBehind(comparison, rules.config().deletedTtl(), newest));
  }

  private static boolean isBehind(long comparison, long ttl, long newest) {
    return ttl > 0 && newest >= Long.MIN_VALUE + ttl && comparison < newest - ttl;
  }

  // Rows that come.

  /// The rows of a batch that go into a segment, with what keys make of them.
  ///
  /// @param room at most so many
  /// @param stored rows that keys have now
  /// @param refused hears of rows without a key, or that cannot be merged
  public KeyedRows take(
      long sequence,
      int firstDoc,
      DecodedRows decoded,
      int room,
      StoredSegments stored,
      Refused refused) {
    greatestBefore = greatest;
    return switch (rules.config().mode()) {
      case FULL -> takeAll(decoded, refused);
      case DEDUP -> takeNew(sequence, firstDoc, decoded, room, refused);
      case PARTIAL -> merged(takeAll(decoded, refused), stored, refused);
    };
  }

  /// Some rows of a batch.
  private static final class Chosen {
    private final DecodedRows decoded;
    private final int[] rows;
    private final long[] high;
    private final long[] low;
    private final long[] comparisons;
    private final boolean[] deleted;
    private int count;

    Chosen(DecodedRows decoded) {
      int most = decoded.page().rowCount();
      this.decoded = decoded;
      this.rows = new int[most];
      this.high = new long[most];
      this.low = new long[most];
      this.comparisons = new long[most];
      this.deleted = new boolean[most];
    }

    void add(int row, KeyDigest key, long comparison, boolean isDeleted) {
      rows[count] = row;
      high[count] = key.high();
      low[count] = key.low();
      comparisons[count] = comparison;
      deleted[count++] = isDeleted;
    }

    KeyedRows build() {
      if (count == rows.length) {
        return new KeyedRows(decoded.page(), decoded.offsets(), high, low, comparisons, deleted);
      }
      long[] offsets = new long[count];
      for (int i = 0; i < count; i++) {
        offsets[i] = decoded.offsets()[rows[i]];
      }
      return new KeyedRows(
          decoded.page().select(rows, count), offsets, high, low, comparisons, deleted);
    }
  }

  private static void refuseNull(DecodedRows decoded, int row, Refused refused) {
    refused.refuse(decoded.offsets()[row], "A column of the primary key is NULL.");
  }

  private KeyedRows takeAll(DecodedRows decoded, Refused refused) {
    KeyRules.Columns columns = rules.columns(decoded.page()::column);
    Chosen chosen = new Chosen(decoded);
    for (int row = 0; row < decoded.page().rowCount(); row++) {
      if (digest.take(columns.keys(), row)) {
        chosen.add(row, digest, columns.comparison(row), columns.isDeleted(row));
      } else {
        refuseNull(decoded, row, refused);
      }
    }
    return chosen.build();
  }

  /// The first row of each key; the keys are noted at once, to tell those of the same batch.
  private KeyedRows takeNew(
      long sequence, int firstDoc, DecodedRows decoded, int room, Refused refused) {
    KeyRules.Columns columns = rules.columns(decoded.page()::column);
    Chosen chosen = new Chosen(decoded);
    var _ = addRows(sequence);
    for (int row = 0; row < decoded.page().rowCount() && chosen.count < room; row++) {
      if (!digest.take(columns.keys(), row)) {
        refuseNull(decoded, row, refused);
        continue;
      }
      long time = columns.comparison(row);
      long newest = Math.max(greatest, time);
      boolean found = table.find(digest.high(), digest.low());
      if (!found || !isKnown(table.comparison(), table.place(), newest)) {
        greatest = newest;
        table.set(time, place(sequence, firstDoc + chosen.count, false), this::isKnown);
        chosen.add(row, digest, time, false);
      }
    }
    return chosen.build();
  }

  private record Key(long high, long low) {}

  /// Each row with what its key had before, be it a row of the same batch.
  private KeyedRows merged(KeyedRows rows, StoredSegments stored, Refused refused) {
    int count = rows.page().rowCount();
    List<@Nullable Object[]> merged = new ArrayList<>(count);
    Map<Key, Integer> pending = new HashMap<>();
    long newest = greatest;
    for (int row = 0; row < count; row++) {
      long comparison = rows.comparisons()[row];
      long newestHere = Math.max(newest, comparison);
      Key key = new Key(rows.high()[row], rows.low()[row]);
      Before before = before(key, rows, pending.get(key), newestHere);
      boolean counts = !before.isKnown() || comparison >= before.comparison();
      boolean merges = before.isKnown() && counts && !before.isDeleted() && !rows.deleted()[row];
      try {
        merged.add(merges ? merged(rows.page(), row, merged, before, stored) : values(rows, row));
      } catch (CuveeException unfit) {
        if (unfit.code() != ErrorCode.INVALID_INPUT) {
          throw unfit;
        }
        refused.refuse(rows.offsets()[row], String.valueOf(unfit.getMessage()));
        continue;
      }
      newest = newestHere;
      int to = merged.size() - 1;
      rows.offsets()[to] = rows.offsets()[row];
      rows.high()[to] = key.high();
      rows.low()[to] = key.low();
      rows.comparisons()[to] = comparison;
      rows.deleted()[to] = rows.deleted()[row];
      if (counts) {
        pending.put(key, to);
      }
    }
    return new KeyedRows(
        page(merged),
        Arrays.copyOf(rows.offsets(), merged.size()),
        rows.high(),
        rows.low(),
        rows.comparisons(),
        rows.deleted());
  }

  /// What a key had.
  ///
  /// @param row of the batch, or -1 if it is at `place`
  private record Before(boolean isKnown, long comparison, boolean isDeleted, int row, long place) {}

  private Before before(Key key, KeyedRows rows, @Nullable Integer row, long newest) {
    if (row != null) {
      long comparison = rows.comparisons()[row];
      boolean isDeleted = rows.deleted()[row];
      boolean isKnown =
          !isBehind(comparison, rules.config().ttl(), newest)
              && !(isDeleted && isBehind(comparison, rules.config().deletedTtl(), newest));
      return new Before(isKnown, comparison, isDeleted, row, KeyTable.ABSENT);
    }
    if (!table.find(key.high(), key.low())) {
      return new Before(false, 0, false, -1, KeyTable.ABSENT);
    }
    long place = table.place();
    return new Before(
        isKnown(table.comparison(), place, newest),
        table.comparison(),
        isDeleted(place),
        -1,
        place);
  }

  private static @Nullable Object[] values(KeyedRows rows, int row) {
    return rows.page().columns().stream().map(column -> column.get(row)).toArray();
  }

  private @Nullable Object[] merged(
      Page page, int row, List<@Nullable Object[]> earlier, Before before, StoredSegments stored) {
    List<FieldSpec> fields = rules.schema().fields();
    @Nullable Object[] values = new Object[fields.size()];
    for (int i = 0; i < values.length; i++) {
      Object older =
          before.row() >= 0
              ? earlier.get(before.row())[i]
              : stored
                  .segment(sequence(before.place()))
                  .column(fields.get(i).name())
                  .map(column -> column.values(new int[] {doc(before.place())}, 1).get(0))
                  .orElse(null);
      values[i] = RowMerge.merge(fields.get(i), rules.strategy(i), older, page.column(i).get(row));
    }
    return values;
  }

  private Page page(List<@Nullable Object[]> rows) {
    List<Values> columns = new ArrayList<>();
    for (int i = 0; i < rules.schema().fields().size(); i++) {
      ValuesBuilder builder = ValuesBuilder.of(rules.schema().fields().get(i).type(), rows.size());
      for (@Nullable Object[] row : rows) {
        builder.appendObject(row[i]);
      }
      columns.add(builder.build());
    }
    return new Page(rows.size(), columns);
  }

  /// Makes the first rows of a batch count, which are in the segment now; the others come again.
  public void appended(long sequence, int firstDoc, KeyedRows rows, int count) {
    GrowingLiveRows live = addRows(sequence);
    if (rules.replaces()) {
      for (int i = 0; i < count; i++) {
        apply(
            sequence,
            live,
            firstDoc + i,
            rows.high()[i],
            rows.low()[i],
            rows.comparisons()[i],
            rows.deleted()[i]);
      }
      return;
    }
    int taken = rows.page().rowCount();
    if (count < taken) {
      greatest = greatestBefore;
      for (int i = 0; i < taken; i++) {
        if (i < count) {
          greatest = Math.max(greatest, rows.comparisons()[i]);
        } else if (table.find(rows.high()[i], rows.low()[i])) {
          table.set(table.comparison(), TAKEN_BACK, this::isKnown);
        }
      }
    }
  }

  private void apply(
      long sequence,
      GrowingLiveRows live,
      int doc,
      long high,
      long low,
      long comparison,
      boolean isDeleted) {
    greatest = Math.max(greatest, comparison);
    if (table.find(high, low) && isKnown(table.comparison(), table.place())) {
      if (comparison < table.comparison()) {
        return;
      }
      long before = table.place();
      GrowingLiveRows rows = rows(sequence(before));
      if (rows != null) {
        rows.remove(doc(before));
      }
    }
    table.set(comparison, place(sequence, doc, isDeleted), this::isKnown);
    if (!isDeleted) {
      live.add(doc);
    }
  }

  // Rows that are stored.

  /// Takes the rows of a segment that follows those that are known.
  ///
  /// @param count only the first rows of it
  public void load(long sequence, ReadableSegment segment, int count) {
    segment.check(rules.names());
    GrowingLiveRows live = addRows(sequence);
    for (int from = 0; from < count; from += STEP) {
      int first = from;
      int step = Math.min(STEP, count - from);
      KeyRules.Columns columns =
          rules.columns(
              position -> values(segment, rules.schema().fields().get(position), first, step));
      for (int row = 0; row < step; row++) {
        int doc = from + row;
        if (!digest.take(columns.keys(), row)) {
          // From before the table had keys.
          live.add(doc);
        } else if (rules.replaces()) {
          apply(
              sequence,
              live,
              doc,
              digest.high(),
              digest.low(),
              columns.comparison(row),
              columns.isDeleted(row));
        } else {
          greatest = Math.max(greatest, columns.comparison(row));
          var _ = table.find(digest.high(), digest.low());
          table.set(columns.comparison(row), place(sequence, doc, false), this::isKnown);
        }
      }
    }
  }

  private static Values values(ReadableSegment segment, FieldSpec field, int from, int count) {
    return segment
        .column(field.name())
        .map(column -> column.values(from, count))
        .orElseGet(() -> {
          ValuesBuilder nulls = ValuesBuilder.of(field.type(), count);
          for (int i = 0; i < count; i++) {
            nulls.appendNull();
          }
          return nulls.build();
        });
  }

  /// The rows of a segment that count now.
  public LiveRows live(long sequence) {
    GrowingLiveRows rows = rows(sequence);
    return rows == null ? LiveRows.NONE : rows.snapshot();
  }

  /// Forgets a segment; keys whose row is in it are new again.
  public void remove(long sequence) {
    if (rows(sequence) != null) {
      segments[(int) (sequence - base)] = null;
    }
  }

  /// Begins anew.
  public void clear() {
    table.close();
    table = new KeyTable();
    segments = new GrowingLiveRows[0];
    base = 0;
    greatest = Long.MIN_VALUE;
    greatestBefore = Long.MIN_VALUE;
  }

  @Override
  public void close() {
    table.close();
  }
}
