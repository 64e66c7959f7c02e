package io.cuvee.segment.consuming;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.SortableDoubles;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.column.ZoneMap;
import io.cuvee.segment.consuming.GrowingZones.Zone;
import io.cuvee.segment.memory.NativeMemory;
import org.jspecify.annotations.Nullable;

/// One column of a consuming segment: the writer appends to it, and readers see it through views of
/// its first documents.
final class GrowingColumn {
  private final ColumnType type;
  private final String name;
  private final GrowingNulls nulls;
  private final GrowingValues values;

  /// Of arrays: where the elements of each document begin, and those of the last one end.
  private final @Nullable Chunks offsets;

  private final GrowingZones zones = new GrowingZones();

  /// The zone of some documents after a full block, which the next query that needs a few more
  /// begins with.
  private volatile Tail lastTail = new Tail(0, 0, Zone.NONE);

  private record Tail(int from, int to, Zone zone) {}

  GrowingColumn(FieldSpec field, IndexingOptions indexing, GrowingMemory memory) {
    this.name = field.name();
    this.type = field.type();
    this.nulls = new GrowingNulls(memory);
    this.offsets = type.isArray() ? new Chunks(memory, Integer.BYTES) : null;
    if (offsets != null) {
      NativeMemory.putInt(offsets.place(0), 0);
    }
    this.values = values(field, indexing, memory);
  }

  /// Texts and all arrays are filtered and grouped by their dictIds; single numbers get a
  /// dictionary only for the sake of an inverted index.
  private static GrowingValues values(
      FieldSpec field, IndexingOptions indexing, GrowingMemory memory) {
    DataType type = field.type().dataType();
    boolean inverted = indexing.invertedIndexColumns().contains(field.name());
    boolean raw = indexing.noDictionaryColumns().contains(field.name());
    GrowingPostings postings = inverted ? new GrowingPostings(memory) : null;
    return switch (type.representation()) {
      case LONG ->
          !raw && (inverted || field.type().isArray())
              ? new GrowingDictIds(memory, new GrowingLongDictionary(memory), postings)
              : new GrowingLongs(memory, type == DataType.LONG || type == DataType.TIMESTAMP);
      case DOUBLE -> new GrowingDoubles(memory, type == DataType.DOUBLE);
      case DECIMAL -> new GrowingRanges(memory, true);
      case BYTES ->
          raw || type == DataType.JSON && !inverted
              ? new GrowingRanges(memory, false)
              : new GrowingDictIds(memory, new GrowingBytesDictionary(memory), postings);
    };
  }

  String name() {
    return name;
  }

  ColumnType type() {
    return type;
  }

  GrowingNulls nulls() {
    return nulls;
  }

  GrowingValues values() {
    return values;
  }

  GrowingZones zones() {
    return zones;
  }

  /// The column as of its first `docCount` documents.
  SegmentColumn view(int docCount) {
    return type.isArray() ? new ArrayView(this, docCount) : new ScalarView(this, docCount);
  }

  /// For the writer: how many values there are with those of the first `docCount` documents.
  int valueCount(int docCount) {
    return offsets == null ? docCount : NativeMemory.intAt(offsets.address(docCount));
  }

  /// For the writer: appends rows `[from, from + count)`, the first as document `doc`, none of
  /// which crosses a block.
  void append(Values source, int from, int count, int doc) {
    boolean hasNulls = source.mayHaveNulls();
    for (int i = 0; hasNulls && i < count; i++) {
      if (source.isNull(from + i)) {
        nulls.setNull(doc + i);
      }
    }
    if (offsets == null) {
      values.append(source, from, count, doc);
    } else {
      appendArrays((ArrayValues) source, from, count, doc, offsets);
    }
    if (values instanceof GrowingDictIds ids && ids.postings() != null) {
      addPostings(ids, ids.postings(), doc, count);
    }
    int end = doc + count;
    if (end % ZoneMap.BLOCK_ROWS == 0) {
      zones.set(end / ZoneMap.BLOCK_ROWS - 1, zone(end - ZoneMap.BLOCK_ROWS, end));
    }
  }

  private void appendArrays(ArrayValues source, int from, int count, int doc, Chunks ends) {
    int position = NativeMemory.intAt(ends.address(doc));
    for (int i = 0; i < count; i++) {
      int row = from + i;
      int length = source.isNull(row) ? 0 : source.length(row);
      values.append(source.elements(), source.offsets()[row], length, position);
      position += length;
      NativeMemory.putInt(ends.place(doc + i + 1), position);
    }
  }

  private void addPostings(GrowingDictIds ids, GrowingPostings postings, int from, int count) {
    for (int doc = from; doc < from + count; doc++) {
      if (offsets == null) {
        if (!nulls.isNull(doc)) {
          postings.add(ids.dictId(doc), doc);
        }
      } else {
        int end = start(doc + 1);
        for (int i = start(doc); i < end; i++) {
          postings.add(ids.dictId(i), doc);
        }
      }
    }
  }

  /// Of arrays: where the elements of a document begin.
  int start(int doc) {
    return NativeMemory.intAt(offsets().address(doc));
  }

  void starts(int fromDoc, int count, int[] out) {
    for (int at = 0; at < count; ) {
      int part = Chunks.within(fromDoc + at, count - at);
      NativeMemory.copy(offsets().address(fromDoc + at), out, at, part);
      at += part;
    }
  }

  private Chunks offsets() {
    Chunks known = offsets;
    if (known == null) {
      throw new IllegalStateException("Column '" + name + "' is not an array.");
    }
    return known;
  }

  /// The zone of the documents after the last full block of the first `docCount`.
  Zone tail(int docCount) {
    int from = docCount / ZoneMap.BLOCK_ROWS * ZoneMap.BLOCK_ROWS;
    Tail known = lastTail;
    if (known.from != from || known.to > docCount) {
      known = new Tail(from, from, Zone.NONE);
    }
    if (known.to < docCount) {
      known = new Tail(from, docCount, known.zone.with(zone(known.to, docCount)));
      lastTail = known;
    }
    return known.zone;
  }

  /// The zone of documents of one block, read from the values.
  Zone zone(int from, int to) {
    if (from == to) {
      return Zone.NONE;
    }
    long[] valid = new long[Validity.wordCount(to - from)];
    nulls.validity(from, to - from, valid);
    int nullCount = to - from - new Validity(valid).count(to - from);
    int first = offsets == null ? from : start(from);
    int end = offsets == null ? to : start(to);
    boolean checks = offsets == null && nullCount > 0;
    long min = Long.MAX_VALUE;
    long max = Long.MIN_VALUE;
    long[] read = new long[GrowingValues.SCRATCH];
    for (int at = first; at < end && !(values instanceof GrowingRanges); at += read.length) {
      int count = Math.min(read.length, end - at);
      readSortable(at, count, read);
      for (int i = 0; i < count; i++) {
        if (!checks || (valid[at - first + i >>> 6] >>> at - first + i & 1) != 0) {
          min = Math.min(min, read[i]);
          max = Math.max(max, read[i]);
        }
      }
    }
    return new Zone(min, max, nullCount);
  }

  /// Reads values, or their dictIds, as longs that order as they do.
  private void readSortable(int from, int count, long[] out) {
    switch (values) {
      case GrowingLongs longs -> longs.longs(from, count, out);
      case GrowingDictIds ids -> {
        int[] read = new int[count];
        ids.dictIds(from, count, read);
        for (int i = 0; i < count; i++) {
          out[i] = read[i];
        }
      }
      case GrowingDoubles doubles -> {
        double[] read = new double[count];
        doubles.doubles(from, count, read);
        for (int i = 0; i < count; i++) {
          out[i] = SortableDoubles.toLong(read[i]);
        }
      }
      case GrowingRanges _ -> throw new IllegalStateException("Byte ranges are no longs.");
    }
  }
}
