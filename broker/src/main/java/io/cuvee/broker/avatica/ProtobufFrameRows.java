package io.cuvee.broker.avatica;

import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.type.DataType;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.apache.calcite.avatica.proto.Common.Rep;

/// The rows of a frame in protobuf, field 3 of Avatica's `Frame`, written straight from columns.
/// Avatica's own writer makes several objects a cell and writes each scalar twice, for clients of
/// before 2015.
final class ProtobufFrameRows implements FrameRows {
  private static final int FRAME_ROW = 3 << 3 | 2;
  private static final int ROW_VALUE = 1 << 3 | 2;
  private static final int COLUMN_ARRAY = 2 << 3 | 2;
  private static final int COLUMN_HAS_ARRAY = 3 << 3;
  private static final int COLUMN_SCALAR = 4 << 3 | 2;
  private static final int TYPED_TYPE = 1 << 3;
  private static final int TYPED_BOOL = 2 << 3;
  private static final int TYPED_STRING = 3 << 3 | 2;
  private static final int TYPED_NUMBER = 4 << 3;
  private static final int TYPED_BYTES = 5 << 3 | 2;
  private static final int TYPED_DOUBLE = 6 << 3 | 1;
  private static final int TYPED_NULL = 7 << 3;

  private final DataType[] types;
  private final boolean[] arrays;
  private final ByteWriter out = new ByteWriter(4096);

  ProtobufFrameRows(List<OutputColumn> columns) {
    types = new DataType[columns.size()];
    arrays = new boolean[columns.size()];
    for (int i = 0; i < types.length; i++) {
      types[i] = columns.get(i).type().dataType();
      arrays[i] = columns.get(i).type().isArray();
    }
  }

  @Override
  public int maxRows() {
    return Cursor.MAX_ROWS_BY_ROW;
  }

  @Override
  public int sizeBytes() {
    return out.size();
  }

  ByteWriter out() {
    return out;
  }

  @Override
  public void add(Page page, int from, int to) {
    Values[] columns = page.columns().toArray(new Values[0]);
    ByteWriter row = new ByteWriter(256);
    ByteWriter cell = new ByteWriter(64);
    ByteWriter value = new ByteWriter(64);
    for (int i = from; i < to; i++) {
      row.clear();
      for (int column = 0; column < columns.length; column++) {
        cell.clear();
        writeCell(cell, value, column, columns[column], i);
        nested(row, ROW_VALUE, cell);
      }
      nested(out, FRAME_ROW, row);
    }
  }

  private static void nested(ByteWriter target, int tag, ByteWriter content) {
    target.writeByte(tag).writeVarInt(content.size()).writeRaw(content.array(), 0, content.size());
  }

  private void writeCell(ByteWriter cell, ByteWriter value, int column, Values values, int row) {
    if (arrays[column] && !values.isNull(row)) {
      ArrayValues array = (ArrayValues) values;
      for (int i = array.offsets()[row]; i < array.offsets()[row + 1]; i++) {
        value.clear();
        writeScalar(value, types[column], array.elements(), i);
        nested(cell, COLUMN_ARRAY, value);
      }
      cell.writeByte(COLUMN_HAS_ARRAY).writeByte(1);
      return;
    }
    value.clear();
    if (values.isNull(row)) {
      type(value, Rep.NULL).writeByte(TYPED_NULL).writeByte(1);
    } else {
      writeScalar(value, types[column], values, row);
    }
    nested(cell, COLUMN_SCALAR, value);
  }

  private static ByteWriter type(ByteWriter value, Rep rep) {
    return value.writeByte(TYPED_TYPE).writeByte(rep.getNumber());
  }

  private static void number(ByteWriter value, Rep rep, long number) {
    // Zigzag, so that small negative numbers are short too.
    type(value, rep).writeByte(TYPED_NUMBER).writeVarLong(number << 1 ^ number >> 63);
  }

  private void writeScalar(ByteWriter value, DataType type, Values values, int row) {
    switch (type) {
      case INT, DATE, TIME -> number(value, Rep.INTEGER, ((LongValues) values).values()[row]);
      case LONG, TIMESTAMP -> number(value, Rep.LONG, ((LongValues) values).values()[row]);
      case FLOAT ->
          number(
              value,
              Rep.FLOAT,
              Float.floatToIntBits((float) ((DoubleValues) values).values()[row]));
      case DOUBLE ->
          type(value, Rep.DOUBLE)
              .writeByte(TYPED_DOUBLE)
              .writeDouble(((DoubleValues) values).values()[row]);
      case BOOLEAN ->
          type(value, Rep.BOOLEAN)
              .writeByte(TYPED_BOOL)
              .writeByte(((LongValues) values).values()[row] == 0 ? 0 : 1);
      case BIG_DECIMAL ->
          text(value, Rep.BIG_DECIMAL, ((DecimalValues) values).values()[row].toPlainString());
      case STRING, JSON -> {
        BytesValues bytes = (BytesValues) values;
        type(value, Rep.STRING)
            .writeByte(TYPED_STRING)
            .writeVarInt(bytes.length(row))
            .writeRaw(bytes.bytes(), bytes.offsets()[row], bytes.length(row));
      }
      case UUID -> text(value, Rep.STRING, uuid((BytesValues) values, row));
      case BYTES -> {
        BytesValues bytes = (BytesValues) values;
        // Both forms: clients before 1.10 read the text.
        text(value, Rep.BYTE_STRING, base64(bytes, row));
        value
            .writeByte(TYPED_BYTES)
            .writeVarInt(bytes.length(row))
            .writeRaw(bytes.bytes(), bytes.offsets()[row], bytes.length(row));
      }
    }
  }

  private static void text(ByteWriter value, Rep rep, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    type(value, rep)
        .writeByte(TYPED_STRING)
        .writeVarInt(utf8.length)
        .writeRaw(utf8, 0, utf8.length);
  }

  private static String base64(BytesValues bytes, int row) {
    return Base64.getEncoder().encodeToString(bytes.bytes(row));
  }

  private static String uuid(BytesValues bytes, int row) {
    java.nio.ByteBuffer buffer = java.nio.ByteBuffer.wrap(bytes.bytes(), bytes.offsets()[row], 16);
    return new UUID(buffer.getLong(), buffer.getLong()).toString();
  }
}
