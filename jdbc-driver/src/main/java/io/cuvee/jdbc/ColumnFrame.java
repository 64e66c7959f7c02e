package io.cuvee.jdbc;

import io.cuvee.jdbc.http.Json;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// Reads an answer whose rows come by column. Everything is checked against the length of the
/// answer before a value is read: a damaged answer is an [IOException], never a wrong value and
/// never a failure later.
final class ColumnFrame {
  /// What a request's header `Accept` says to have its rows by column.
  static final String MEDIA_TYPE = "application/vnd.cuvee.columns-v1";

  private static final int VERSION = 1;
  private static final int HEAD_BYTES = 12;
  private static final int MAX_ARRAY_DEPTH = 8;
  private static final int MAX_SCALE = 1 << 16;

  /// Values that are all equal take no bytes, so the answer's length alone is no bound.
  private static final int MAX_VALUES = 1 << 27;

  private final byte[] bytes;
  private int position;

  private ColumnFrame(byte[] bytes) {
    this.bytes = bytes;
  }

  static boolean isOne(byte[] body) {
    return body.length > 3 && body[0] == 'C' && body[1] == 'V' && body[2] == 'C';
  }

  /// @param columns of the rows, if the answer does not say
  /// @throws IOException if the answer is damaged, or of another version
  static AvaticaAnswer read(byte[] body, List<Column> columns, Signatures signatures)
      throws IOException {
    return new ColumnFrame(body).read(columns, signatures);
  }

  private AvaticaAnswer read(List<Column> known, Signatures signatures) throws IOException {
    if (bytes.length < HEAD_BYTES) {
      throw damaged("it has only " + bytes.length + " bytes");
    }
    if (bytes[3] != VERSION) {
      throw new IOException(
          "the rows are in version "
              + bytes[3]
              + " of the form by column, of which this driver knows 1; use the driver of the"
              + " broker's version");
    }
    position = 4;
    int length = readInt();
    if (length != bytes.length - HEAD_BYTES) {
      throw damaged("it has " + (bytes.length - HEAD_BYTES) + " bytes instead of " + length);
    }
    int checksum = readInt();
    CRC32C sum = new CRC32C();
    sum.update(bytes, HEAD_BYTES, length);
    if ((int) sum.getValue() != checksum) {
      throw damaged("its checksum is wrong");
    }
    boolean isLast = readByte() != 0;
    int signatureLength = readLength(1);
    Signature signature = null;
    if (signatureLength > 0) {
      signature = signatures.of(bytes, position, signatureLength);
      position += signatureLength;
    }
    int rowCount = readInt();
    int columnCount = readInt();
    List<Column> columns = signature == null ? known : signature.columns();
    boolean isPossible = rowCount >= 0 && rowCount <= MAX_VALUES && columnCount >= 0;
    if (!isPossible || columnCount != columns.size() && rowCount > 0) {
      throw damaged(
          "it has " + rowCount + " rows of " + columnCount + " columns, not " + columns.size());
    }
    Cells[] cells = new Cells[Math.min(columnCount, columns.size())];
    for (int i = 0; i < cells.length; i++) {
      cells[i] = readColumn(columns.get(i), rowCount, 0);
    }
    if (position != bytes.length) {
      throw damaged(bytes.length - position + " bytes are left");
    }
    return AvaticaAnswer.of(signature, new Frame(rowCount, cells, isLast));
  }

  private static IOException damaged(String what) {
    return new IOException("the rows were damaged on their way: " + what);
  }

  private Cells readColumn(Column column, int count, int depth) throws IOException {
    int form = readByte();
    if (formsOf(column.kind).indexOf(form) < 0) {
      throw damaged("column '" + column.label + "', " + column.typeName + ", has form " + form);
    }
    ColumnCells.Validity validity = null;
    if (readByte() != 0) {
      int start = skip((count + 7L) / 8);
      validity = new ColumnCells.Validity(bytes, start);
    }
    switch (form) {
      case 'i':
        ColumnCells.Wholes wholes = readWholes(count);
        return column.kind == Column.Kind.BOOLEAN
            ? new ColumnCells.OfBooleans(validity, wholes)
            : new ColumnCells.OfWholes(validity, wholes);
      case 'f':
        return new ColumnCells.OfFloats(validity, bytes, skip(4L * count));
      case 'd':
        return new ColumnCells.OfDoubles(validity, bytes, skip(8L * count));
      case 'b':
        ColumnCells.Ranges ranges = readRanges(count);
        switch (column.kind) {
          case BINARY:
            return new ColumnCells.OfBinaries(validity, ranges);
          case UUID:
            return new ColumnCells.OfUuids(validity, ranges, count);
          default:
            return new ColumnCells.OfTexts(validity, ranges);
        }
      case 'r':
        ColumnCells.Ranges dictionary = readRanges(readLength(0));
        return new ColumnCells.OfRepeatedTexts(
            validity, dictionary, readNumbers(count, dictionary.count() - 1));
      case 's':
        ColumnCells.Wholes scales = readNumbers(count, MAX_SCALE);
        return new ColumnCells.OfSmallDecimals(validity, scales, readWholes(count));
      case 'l':
        ColumnCells.Wholes manyScales = readNumbers(count, MAX_SCALE);
        return new ColumnCells.OfBigDecimals(validity, manyScales, readRanges(count), count);
      case 'a':
        if (column.element == null || depth == MAX_ARRAY_DEPTH) {
          throw damaged("arrays of column '" + column.label + "' have no type");
        }
        int[] offsets = readOffsets(count);
        if (offsets[count] > MAX_VALUES) {
          throw damaged(offsets[count] + " elements of arrays");
        }
        return new ColumnCells.OfArrays(
            validity, offsets, readColumn(column.element, offsets[count], depth + 1));
      default:
        throw new AssertionError(form);
    }
  }

  /// The forms in which values of a kind may come.
  private static String formsOf(Column.Kind kind) {
    switch (kind) {
      case BOOLEAN:
      case INTEGER:
      case DATE:
      case TIME:
      case TIMESTAMP:
        return "i";
      case FLOAT:
        return "f";
      case DOUBLE:
        return "d";
      case DECIMAL:
        return "sl";
      case BINARY:
      case UUID:
        return "b";
      case TEXT:
      case OTHER:
        return "br";
      case ARRAY:
        return "a";
    }
    throw new AssertionError(kind);
  }

  private ColumnCells.Wholes readWholes(int count) throws IOException {
    int width = readByte();
    if (width != 0 && width != 1 && width != 2 && width != 4 && width != 8) {
      throw damaged("numbers of " + width + " bytes");
    }
    long base = (long) ColumnCells.LONG.get(bytes, skip(8));
    return new ColumnCells.Wholes(bytes, skip((long) width * count), width, base);
  }

  /// Scales, or positions in a dictionary.
  private ColumnCells.Wholes readNumbers(int count, int max) throws IOException {
    ColumnCells.Wholes numbers = readWholes(count);
    for (int i = 0; i < count; i++) {
      long number = numbers.get(i);
      if (number < 0 || number > max) {
        throw damaged("a number of " + number + " where " + max + " is the largest");
      }
    }
    return numbers;
  }

  /// The sums of lengths, from 0 on.
  private int[] readOffsets(int count) throws IOException {
    ColumnCells.Wholes lengths = readWholes(count);
    int[] offsets = new int[count + 1];
    long offset = 0;
    for (int i = 0; i < count; i++) {
      long length = lengths.get(i);
      offset += length;
      if (length < 0 || length > Integer.MAX_VALUE || offset > Integer.MAX_VALUE - 8) {
        throw damaged("a length of " + length);
      }
      offsets[i + 1] = (int) offset;
    }
    return offsets;
  }

  private ColumnCells.Ranges readRanges(int count) throws IOException {
    int[] offsets = readOffsets(count);
    int start = skip(offsets[count]);
    for (int i = 0; i <= count; i++) {
      offsets[i] += start;
    }
    return new ColumnCells.Ranges(bytes, offsets);
  }

  private int readByte() throws IOException {
    return bytes[skip(1)];
  }

  private int readInt() throws IOException {
    return (int) ColumnCells.INT.get(bytes, skip(4));
  }

  /// A number of things of which each takes at least so many of the bytes that follow.
  private int readLength(int bytesEach) throws IOException {
    int length = readInt();
    if (length < 0 || length > MAX_VALUES || (long) length * bytesEach > bytes.length - position) {
      throw damaged("a length of " + length);
    }
    return length;
  }

  /// Moves on by so many bytes, if there are so many.
  ///
  /// @return where they begin
  private int skip(long count) throws IOException {
    if (count > bytes.length - position) {
      throw damaged("it ends early");
    }
    int start = position;
    position += (int) count;
    return start;
  }

  /// The signatures of the last statements, so that one that is executed again need not be read
  /// again. Thread-safe.
  static final class Signatures {
    private static final int MAX_COUNT = 100;

    private final Map<Key, Signature> known =
        new LinkedHashMap<>(16, 0.75f, true) {
          private static final long serialVersionUID = 1;

          @Override
          protected boolean removeEldestEntry(Map.Entry<Key, Signature> eldest) {
            return size() > MAX_COUNT;
          }
        };

    Signature of(byte[] body, int start, int length) throws IOException {
      CRC32C sum = new CRC32C();
      sum.update(body, start, length);
      int hash = (int) sum.getValue();
      synchronized (this) {
        Signature same = known.get(new Key(body, start, start + length, hash));
        if (same != null) {
          return same;
        }
      }
      byte[] json = Arrays.copyOfRange(body, start, start + length);
      Signature signature = Signature.of(Json.readObject(json));
      synchronized (this) {
        known.put(new Key(json, 0, length, hash), signature);
      }
      return signature;
    }

    private static final class Key {
      private final byte[] bytes;
      private final int start;
      private final int end;
      private final int hash;

      Key(byte[] bytes, int start, int end, int hash) {
        this.bytes = bytes;
        this.start = start;
        this.end = end;
        this.hash = hash;
      }

      @Override
      public boolean equals(@Nullable Object other) {
        return other instanceof Key
            && Arrays.equals(
                bytes, start, end, ((Key) other).bytes, ((Key) other).start, ((Key) other).end);
      }

      @Override
      public int hashCode() {
        return hash;
      }
    }
  }
}
