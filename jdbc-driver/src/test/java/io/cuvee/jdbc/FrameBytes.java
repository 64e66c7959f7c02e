package io.cuvee.jdbc;

import io.cuvee.jdbc.http.Json;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.zip.CRC32C;

/// Writes answers by column byte for byte, as the broker's `ColumnFrameRows` specifies them.
final class FrameBytes {
  private final ByteArrayOutputStream out = new ByteArrayOutputStream();

  /// An answer from its parts.
  static byte[] answer(boolean isLast, byte[] signature, int rows, int columns, byte[] content) {
    FrameBytes body = new FrameBytes();
    body.raw(isLast ? 1 : 0).number(signature.length, 4).raw(signature);
    body.number(rows, 4).number(columns, 4).raw(content);
    return withHead(body.bytes());
  }

  /// The head with the right length and checksum before anything.
  static byte[] withHead(byte[] body) {
    CRC32C sum = new CRC32C();
    sum.update(body, 0, body.length);
    FrameBytes answer = new FrameBytes();
    answer.raw('C', 'V', 'C', 1).number(body.length, 4).number(sum.getValue(), 4).raw(body);
    return answer.bytes();
  }

  /// A signature of columns, each a label, a JDBC type and its name; arrays have a component.
  static byte[] signature(List<Map<String, Object>> columns) {
    return Json.write(Map.of("columns", columns, "parameters", List.of()));
  }

  static Map<String, Object> column(String label, int type, String name) {
    return Map.of("label", label, "columnName", label, "type", Map.of("id", type, "name", name));
  }

  static Map<String, Object> arrayColumn(String label, int type, String name) {
    Map<String, Object> element = Map.of("id", type, "name", name);
    Map<String, Object> array =
        Map.of("id", java.sql.Types.ARRAY, "name", name + " ARRAY", "component", element);
    return Map.of("label", label, "columnName", label, "type", array);
  }

  FrameBytes raw(int... bytes) {
    for (int b : bytes) {
      out.write(b);
    }
    return this;
  }

  FrameBytes raw(byte[] bytes) {
    out.write(bytes, 0, bytes.length);
    return this;
  }

  FrameBytes number(long value, int width) {
    byte[] bytes = ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array();
    out.write(bytes, 0, width);
    return this;
  }

  /// Whole numbers in a width, from a smallest value.
  FrameBytes wholes(int width, long base, long... values) {
    raw(width).number(base, 8);
    for (long value : values) {
      number(value - base, width);
    }
    return this;
  }

  FrameBytes ranges(byte[]... ranges) {
    List<byte[]> all = new ArrayList<>(List.of(ranges));
    wholes(4, 0, all.stream().mapToLong(range -> range.length).toArray());
    all.forEach(this::raw);
    return this;
  }

  FrameBytes texts(String... texts) {
    byte[][] ranges = new byte[texts.length][];
    for (int i = 0; i < texts.length; i++) {
      ranges[i] = texts[i].getBytes(StandardCharsets.UTF_8);
    }
    return ranges(ranges);
  }

  /// A column of values in their form in JSON.
  FrameBytes column(Column column, List<?> values) throws SQLException {
    raw(form(column.kind));
    BitSet present = new BitSet();
    for (int i = 0; i < values.size(); i++) {
      present.set(i, values.get(i) != null);
    }
    raw(1).raw(Arrays.copyOf(present.toByteArray(), (values.size() + 7) / 8));
    return column.kind == Column.Kind.ARRAY
        ? arrays(column.element, values)
        : scalars(column, values);
  }

  private static char form(Column.Kind kind) {
    switch (kind) {
      case FLOAT:
        return 'f';
      case DOUBLE:
        return 'd';
      case DECIMAL:
        return 'l';
      case TEXT:
      case BINARY:
      case UUID:
      case OTHER:
        return 'b';
      case ARRAY:
        return 'a';
      default:
        return 'i';
    }
  }

  private FrameBytes arrays(Column element, List<?> values) throws SQLException {
    List<Object> elements = new ArrayList<>();
    long[] lengths = new long[values.size()];
    for (int i = 0; i < lengths.length; i++) {
      List<?> array = values.get(i) == null ? List.of() : (List<?>) values.get(i);
      lengths[i] = array.size();
      elements.addAll(array);
    }
    return wholes(4, 0, lengths).column(element, elements);
  }

  private FrameBytes scalars(Column column, List<?> values) throws SQLException {
    long[] numbers = new long[values.size()];
    byte[][] ranges = new byte[values.size()][];
    Arrays.fill(ranges, new byte[] {0});
    for (int i = 0; i < numbers.length; i++) {
      Object value = values.get(i);
      if (value == null) {
        continue;
      }
      switch (column.kind) {
        case FLOAT:
          numbers[i] = Float.floatToIntBits((float) Values.toDouble(value, column));
          break;
        case DOUBLE:
          numbers[i] = Double.doubleToLongBits(Values.toDouble(value, column));
          break;
        case DECIMAL:
          numbers[i] = Values.toDecimal(value, column).scale();
          ranges[i] = Values.toDecimal(value, column).unscaledValue().toByteArray();
          break;
        case BINARY:
          ranges[i] = Values.toBytes(value, column);
          break;
        case UUID:
          UUID id = Values.toUuid(value, column);
          ranges[i] =
              ByteBuffer.allocate(16)
                  .putLong(id.getMostSignificantBits())
                  .putLong(id.getLeastSignificantBits())
                  .array();
          break;
        case TEXT:
        case OTHER:
          ranges[i] = value.toString().getBytes(StandardCharsets.UTF_8);
          break;
        default:
          numbers[i] = Values.toLong(value, column);
      }
    }
    switch (column.kind) {
      case FLOAT:
      case DOUBLE:
        for (long number : numbers) {
          number(number, column.kind == Column.Kind.FLOAT ? 4 : 8);
        }
        return this;
      case DECIMAL:
        return wholes(8, 0, numbers).ranges(ranges);
      case BINARY:
      case UUID:
      case TEXT:
      case OTHER:
        return ranges(ranges);
      default:
        return wholes(8, 0, numbers);
    }
  }

  byte[] bytes() {
    return out.toByteArray();
  }
}
