package io.cuvee.broker.result;

import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import java.util.List;

/// Writes the rows of pages as JSON arrays, without making objects of them.
public final class RowsJson {
  /// Which clients read the values.
  public enum Style {
    /// As Pinot: times and decimals as text, bytes in hexadecimal.
    REST,
    /// As Avatica: times as numbers, decimals as numbers, bytes in Base64.
    AVATICA
  }

  private final DataType[] types;
  private final boolean[] arrays;
  private final Style style;

  public RowsJson(List<OutputColumn> columns, Style style) {
    this.types = new DataType[columns.size()];
    this.arrays = new boolean[columns.size()];
    for (int i = 0; i < types.length; i++) {
      ColumnType type = columns.get(i).type();
      types[i] = type.dataType();
      arrays[i] = type.isArray();
    }
    this.style = style;
  }

  /// Writes the rows `[from, to)`, with commas between them.
  public void write(JsonOut out, Page page, int from, int to) {
    Values[] columns = page.columns().toArray(new Values[0]);
    for (int row = from; row < to; row++) {
      out.raw(row == from ? '[' : ',');
      if (row > from) {
        out.raw('[');
      }
      for (int i = 0; i < columns.length; i++) {
        if (i > 0) {
          out.raw(',');
        }
        writeCell(out, i, columns[i], row);
      }
      out.raw(']');
    }
  }

  private void writeCell(JsonOut out, int column, Values values, int row) {
    if (values.isNull(row)) {
      out.writeNull();
    } else if (arrays[column]) {
      ArrayValues array = (ArrayValues) values;
      out.raw('[');
      int end = array.offsets()[row + 1];
      for (int i = array.offsets()[row]; i < end; i++) {
        if (i > array.offsets()[row]) {
          out.raw(',');
        }
        writeScalar(out, types[column], array.elements(), i);
      }
      out.raw(']');
    } else {
      writeScalar(out, types[column], values, row);
    }
  }

  private void writeScalar(JsonOut out, DataType type, Values values, int row) {
    switch (type) {
      case INT, LONG -> out.number(((LongValues) values).values()[row]);
      case FLOAT -> out.number((float) ((DoubleValues) values).values()[row]);
      case DOUBLE -> out.number(((DoubleValues) values).values()[row]);
      case BOOLEAN -> out.bool(((LongValues) values).values()[row] != 0);
      case STRING, JSON -> {
        BytesValues text = (BytesValues) values;
        out.string(text.bytes(), text.offsets()[row], text.length(row));
      }
      case TIMESTAMP -> {
        long millis = ((LongValues) values).values()[row];
        switch (style) {
          case REST -> TimeText.timestamp(out, millis);
          case AVATICA -> out.number(millis);
        }
      }
      case DATE -> {
        long days = ((LongValues) values).values()[row];
        switch (style) {
          case REST -> TimeText.date(out, days);
          case AVATICA -> out.number(days);
        }
      }
      case TIME -> {
        long millis = ((LongValues) values).values()[row];
        switch (style) {
          case REST -> TimeText.time(out, millis);
          case AVATICA -> out.number(millis);
        }
      }
      case BIG_DECIMAL -> {
        String text = ((DecimalValues) values).values()[row].toPlainString();
        switch (style) {
          case REST -> out.raw('"').raw(text).raw('"');
          case AVATICA -> out.raw(text);
        }
      }
      case UUID -> {
        BytesValues bytes = (BytesValues) values;
        out.uuid(bytes.bytes(), bytes.offsets()[row]);
      }
      case BYTES -> {
        BytesValues bytes = (BytesValues) values;
        int from = bytes.offsets()[row];
        switch (style) {
          case REST -> out.hex(bytes.bytes(), from, bytes.length(row));
          case AVATICA -> out.base64(bytes.bytes(), from, bytes.length(row));
        }
      }
    }
  }
}
