package io.cuvee.jdbc;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A column as it lies in the bytes of a frame, of which nothing is copied. The broker's class
/// `ColumnFrameRows` specifies the bytes; [ColumnFrame] reads and checks them.
abstract class ColumnCells extends Cells {
  static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
  static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.LITTLE_ENDIAN);

  /// Which rows have a value; null if all have.
  private final @Nullable Validity validity;

  ColumnCells(@Nullable Validity validity) {
    this.validity = validity;
  }

  @Override
  final boolean isNull(int row) {
    return validity != null && !validity.isSet(row);
  }

  static final class Validity {
    private final byte[] bytes;
    private final int start;

    Validity(byte[] bytes, int start) {
      this.bytes = bytes;
      this.start = start;
    }

    boolean isSet(int row) {
      return (bytes[start + (row >> 3)] >> (row & 7) & 1) != 0;
    }
  }

  /// Whole numbers, each in the same number of bytes, as differences from the smallest.
  static final class Wholes {
    private final byte[] bytes;
    private final int start;
    private final int width;
    private final long base;

    Wholes(byte[] bytes, int start, int width, long base) {
      this.bytes = bytes;
      this.start = start;
      this.width = width;
      this.base = base;
    }

    long get(int row) {
      switch (width) {
        case 0:
          return base;
        case 1:
          return base + (bytes[start + row] & 0xff);
        case 2:
          return base + ((short) SHORT.get(bytes, start + 2 * row) & 0xffff);
        case 4:
          return base + ((int) INT.get(bytes, start + 4 * row) & 0xffff_ffffL);
        default:
          return base + (long) LONG.get(bytes, start + 8 * row);
      }
    }
  }

  /// Runs of bytes, one after the other.
  static final class Ranges {
    final byte[] bytes;

    /// One more than there are runs.
    private final int[] offsets;

    Ranges(byte[] bytes, int[] offsets) {
      this.bytes = bytes;
      this.offsets = offsets;
    }

    int count() {
      return offsets.length - 1;
    }

    int start(int row) {
      return offsets[row];
    }

    int length(int row) {
      return offsets[row + 1] - offsets[row];
    }

    byte[] copy(int row) {
      return Arrays.copyOfRange(bytes, offsets[row], offsets[row + 1]);
    }

    String text(int row) {
      return new String(bytes, offsets[row], length(row), StandardCharsets.UTF_8);
    }
  }

  /// INTEGER and BIGINT, and times as their numbers.
  static final class OfWholes extends ColumnCells {
    private final Wholes wholes;

    OfWholes(@Nullable Validity validity, Wholes wholes) {
      super(validity);
      this.wholes = wholes;
    }

    @Override
    Object get(int row) {
      return wholes.get(row);
    }

    @Override
    long toLong(int row, Column column) {
      return wholes.get(row);
    }

    @Override
    double toDouble(int row, Column column) {
      return wholes.get(row);
    }

    @Override
    boolean toBoolean(int row, Column column) {
      return wholes.get(row) != 0;
    }

    @Override
    String toText(int row, Column column) throws SQLException {
      return column.kind == Column.Kind.INTEGER
          ? Long.toString(wholes.get(row))
          : super.toText(row, column);
    }
  }

  static final class OfBooleans extends ColumnCells {
    private final Wholes wholes;

    OfBooleans(@Nullable Validity validity, Wholes wholes) {
      super(validity);
      this.wholes = wholes;
    }

    @Override
    Object get(int row) {
      return wholes.get(row) != 0;
    }

    @Override
    boolean toBoolean(int row, Column column) {
      return wholes.get(row) != 0;
    }
  }

  static final class OfDoubles extends ColumnCells {
    private final byte[] bytes;
    private final int start;

    OfDoubles(@Nullable Validity validity, byte[] bytes, int start) {
      super(validity);
      this.bytes = bytes;
      this.start = start;
    }

    private double at(int row) {
      return Double.longBitsToDouble((long) LONG.get(bytes, start + 8 * row));
    }

    @Override
    Object get(int row) {
      return at(row);
    }

    @Override
    double toDouble(int row, Column column) {
      return at(row);
    }
  }

  static final class OfFloats extends ColumnCells {
    private final byte[] bytes;
    private final int start;

    OfFloats(@Nullable Validity validity, byte[] bytes, int start) {
      super(validity);
      this.bytes = bytes;
      this.start = start;
    }

    private float at(int row) {
      return Float.intBitsToFloat((int) INT.get(bytes, start + 4 * row));
    }

    /// The double that reads like the float, as it comes from JSON: 0.1, not 0.10000000149.
    @Override
    Object get(int row) {
      return Double.parseDouble(Float.toString(at(row)));
    }

    @Override
    float toFloat(int row, Column column) {
      return at(row);
    }

    @Override
    String toText(int row, Column column) {
      return Float.toString(at(row));
    }
  }

  static final class OfTexts extends ColumnCells {
    private final Ranges ranges;

    OfTexts(@Nullable Validity validity, Ranges ranges) {
      super(validity);
      this.ranges = ranges;
    }

    @Override
    Object get(int row) {
      return ranges.text(row);
    }

    @Override
    String toText(int row, Column column) {
      return ranges.text(row);
    }
  }

  /// Texts of which many are equal: each different one is made once.
  static final class OfRepeatedTexts extends ColumnCells {
    private final Ranges dictionary;
    private final @Nullable String[] texts;
    private final Wholes positions;

    OfRepeatedTexts(@Nullable Validity validity, Ranges dictionary, Wholes positions) {
      super(validity);
      this.dictionary = dictionary;
      this.texts = new String[dictionary.count()];
      this.positions = positions;
    }

    @Override
    Object get(int row) {
      int position = (int) positions.get(row);
      String known = texts[position];
      if (known == null) {
        known = dictionary.text(position);
        texts[position] = known;
      }
      return known;
    }

    @Override
    String toText(int row, Column column) {
      return (String) get(row);
    }
  }

  static final class OfBinaries extends ColumnCells {
    private final Ranges ranges;

    OfBinaries(@Nullable Validity validity, Ranges ranges) {
      super(validity);
      this.ranges = ranges;
    }

    @Override
    Object get(int row) {
      return ranges.copy(row);
    }
  }

  static final class OfUuids extends ColumnCells {
    private static final VarHandle BIG_ENDIAN =
        MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private final Ranges ranges;

    OfUuids(@Nullable Validity validity, Ranges ranges, int count) throws IOException {
      super(validity);
      this.ranges = ranges;
      for (int row = 0; row < count; row++) {
        if (!isNull(row) && ranges.length(row) != 16) {
          throw new IOException("a UUID has " + ranges.length(row) + " bytes");
        }
      }
    }

    @Override
    Object get(int row) {
      int start = ranges.start(row);
      return new UUID(
          (long) BIG_ENDIAN.get(ranges.bytes, start),
          (long) BIG_ENDIAN.get(ranges.bytes, start + 8));
    }
  }

  static final class OfSmallDecimals extends ColumnCells {
    private final Wholes scales;
    private final Wholes unscaled;

    OfSmallDecimals(@Nullable Validity validity, Wholes scales, Wholes unscaled) {
      super(validity);
      this.scales = scales;
      this.unscaled = unscaled;
    }

    @Override
    Object get(int row) {
      return BigDecimal.valueOf(unscaled.get(row), (int) scales.get(row));
    }
  }

  static final class OfBigDecimals extends ColumnCells {
    private final Wholes scales;
    private final Ranges unscaled;

    OfBigDecimals(@Nullable Validity validity, Wholes scales, Ranges unscaled, int count)
        throws IOException {
      super(validity);
      this.scales = scales;
      this.unscaled = unscaled;
      for (int row = 0; row < count; row++) {
        if (!isNull(row) && unscaled.length(row) == 0) {
          throw new IOException("a decimal has no digits");
        }
      }
    }

    @Override
    Object get(int row) {
      return new BigDecimal(
          new BigInteger(unscaled.bytes, unscaled.start(row), unscaled.length(row)),
          (int) scales.get(row));
    }
  }

  static final class OfArrays extends ColumnCells {
    private final int[] offsets;
    private final Cells elements;

    OfArrays(@Nullable Validity validity, int[] offsets, Cells elements) {
      super(validity);
      this.offsets = offsets;
      this.elements = elements;
    }

    @Override
    Object get(int row) {
      List<@Nullable Object> list = new ArrayList<>(offsets[row + 1] - offsets[row]);
      for (int i = offsets[row]; i < offsets[row + 1]; i++) {
        list.add(elements.isNull(i) ? null : elements.get(i));
      }
      return list;
    }
  }
}
