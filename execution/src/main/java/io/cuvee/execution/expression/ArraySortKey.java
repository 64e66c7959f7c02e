package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.List;

/// Writes arrays as bytes that compare as the arrays do, element by element: 1 before each element,
/// 0 behind the last. Numbers take eight bytes; of texts each zero byte is followed by 255, and two
/// zeros end them.
final class ArraySortKey {
  private ArraySortKey() {}

  static byte[] of(List<Object> elements) {
    ByteArrayOutputStream key = new ByteArrayOutputStream(16 * elements.size() + 1);
    for (Object element : elements) {
      key.write(1);
      switch (element) {
        case Long number -> key.writeBytes(bytes(number ^ Long.MIN_VALUE));
        case Double number -> {
          long bits = Double.doubleToLongBits(number == 0 ? 0.0 : number);
          key.writeBytes(bytes(bits < 0 ? ~bits : bits ^ Long.MIN_VALUE));
        }
        case byte[] text -> {
          for (byte b : text) {
            key.write(b);
            if (b == 0) {
              key.write(255);
            }
          }
          key.write(0);
          key.write(0);
        }
        default ->
            throw new CuveeException(
                ErrorCode.FEATURE_NOT_SUPPORTED,
                "Arrays of DECIMAL are not put in order. Cast them to arrays of DOUBLE.");
      }
    }
    key.write(0);
    return key.toByteArray();
  }

  private static byte[] bytes(long value) {
    return ByteBuffer.allocate(Long.BYTES).putLong(value).array();
  }
}
