package io.cuvee.execution.page;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Binary form of pages. Layout: row count and column count as varints; for each column one byte
/// that says whether a validity bitmap follows (its 64-bit words), then by form: longs or doubles,
/// 8 bytes each; byte ranges and arrays, `rows + 1` 32-bit offsets that begin with 0, then the
/// bytes or the elements (their count, then their values); decimals, scale and unscaled bytes each.
/// All little-endian. The types are not in the message: both sides know them from the plan.
public final class PageCodec {
  private PageCodec() {}

  public static void write(ByteWriter out, Page page) {
    out.writeVarInt(page.rowCount()).writeVarInt(page.columns().size());
    for (Values column : page.columns()) {
      writeValues(out, column);
    }
  }

  /// @throws CuveeException `PROTOCOL` if the bytes are not such a page
  public static Page read(ByteReader in, List<ColumnType> types) {
    int rows = in.readVarInt();
    int columns = in.readVarInt();
    if (rows < 0 || columns != types.size()) {
      throw new CuveeException(
          ErrorCode.PROTOCOL,
          "Damaged page: "
              + columns
              + " columns and "
              + rows
              + " rows, where the plan has "
              + types.size()
              + " columns.");
    }
    List<Values> values = new ArrayList<>(columns);
    for (ColumnType type : types) {
      values.add(readValues(in, type, rows));
    }
    return new Page(rows, values);
  }

  private static void writeValues(ByteWriter out, Values values) {
    Validity validity = values.validity();
    out.writeBoolean(validity != null);
    if (validity != null) {
      out.writeLongs(validity.words(), Validity.wordCount(values.count()));
    }
    switch (values) {
      case LongValues longs -> out.writeLongs(longs.values(), longs.count());
      case DoubleValues doubles -> out.writeDoubles(doubles.values(), doubles.count());
      case DecimalValues decimals -> {
        for (int i = 0; i < decimals.count(); i++) {
          BigDecimal value = decimals.isNull(i) ? BigDecimal.ZERO : decimals.values()[i];
          out.writeDecimal(value);
        }
      }
      case BytesValues bytes -> {
        writeOffsets(out, bytes.offsets(), bytes.count());
        int start = bytes.offsets()[0];
        out.writeRaw(bytes.bytes(), start, bytes.offsets()[bytes.count()] - start);
      }
      case ArrayValues arrays -> {
        writeOffsets(out, arrays.offsets(), arrays.count());
        int start = arrays.offsets()[0];
        writeValues(out, arrays.elements().slice(start, arrays.offsets()[arrays.count()] - start));
      }
    }
  }

  private static Values readValues(ByteReader in, ColumnType type, int rows) {
    @Nullable Validity validity =
        in.readBoolean() ? new Validity(in.readLongs(Validity.wordCount(rows))) : null;
    if (type.isArray()) {
      int[] offsets = readOffsets(in, rows);
      return new ArrayValues(
          readValues(in, type.elementType(), offsets[rows]), offsets, rows, validity);
    }
    return switch (type.dataType().representation()) {
      case LONG -> new LongValues(in.readLongs(rows), rows, validity);
      case DOUBLE -> new DoubleValues(in.readDoubles(rows), rows, validity);
      case DECIMAL -> {
        if (rows > in.remaining()) {
          throw new CuveeException(
              ErrorCode.PROTOCOL,
              "Damaged page: " + rows + " decimals in " + in.remaining() + " bytes.");
        }
        BigDecimal[] values = new BigDecimal[rows];
        for (int i = 0; i < rows; i++) {
          values[i] = in.readDecimal();
        }
        yield new DecimalValues(values, rows, validity);
      }
      case BYTES -> {
        int[] offsets = readOffsets(in, rows);
        yield new BytesValues(in.readRaw(offsets[rows]), offsets, rows, validity);
      }
    };
  }

  private static void writeOffsets(ByteWriter out, int[] offsets, int count) {
    int start = offsets[0];
    if (start == 0) {
      out.writeInts(offsets, count + 1);
    } else {
      for (int i = 0; i <= count; i++) {
        out.writeInt(offsets[i] - start);
      }
    }
  }

  private static int[] readOffsets(ByteReader in, int rows) {
    int[] offsets = in.readInts(Math.addExact(rows, 1));
    for (int i = 0; i < rows; i++) {
      if (offsets[i] > offsets[i + 1]) {
        throw new CuveeException(ErrorCode.PROTOCOL, "Damaged page: offsets that do not ascend.");
      }
    }
    if (offsets[0] != 0) {
      throw new CuveeException(ErrorCode.PROTOCOL, "Damaged page: offsets that do not begin at 0.");
    }
    return offsets;
  }
}
