package io.cuvee.execution.aggregate;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.TextForms;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What ARRAY_AGG and STRING_AGG make of the values of a group; NULL of none.
final class Joiners {
  /// The largest text of one group.
  private static final int MAX_TEXT_BYTES = 1 << 30;

  private Joiners() {}

  static Values arrays(Values values, int[] offsets, int groupCount) {
    return new ArrayValues(values, offsets, groupCount, nonEmpty(offsets, groupCount));
  }

  private static @Nullable Validity nonEmpty(int[] offsets, int groupCount) {
    long[] counts = new long[groupCount];
    for (int g = 0; g < groupCount; g++) {
      counts[g] = (long) offsets[g + 1] - offsets[g];
    }
    return Groups.validity(counts, groupCount);
  }

  /// @param type of the values
  static CollectAccumulator.Joiner texts(byte[] separator, ColumnType type) {
    return (values, offsets, groupCount) -> {
      BytesValuesBuilder texts = new BytesValuesBuilder(groupCount);
      for (int g = 0; g < groupCount; g++) {
        if (offsets[g] == offsets[g + 1]) {
          texts.appendNull();
        } else {
          texts.append(text(values, offsets[g], offsets[g + 1], separator, type));
        }
      }
      return texts.build();
    };
  }

  private static byte[] text(Values values, int from, int to, byte[] separator, ColumnType type) {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    for (int i = from; i < to; i++) {
      if (i > from) {
        text.writeBytes(separator);
      }
      if (values instanceof BytesValues bytes && type.dataType().isText()) {
        text.write(bytes.bytes(), bytes.offsets()[i], bytes.length(i));
      } else {
        text.writeBytes(
            TextForms.text(Objects.requireNonNull(values.get(i)), type)
                .getBytes(StandardCharsets.UTF_8));
      }
      if (text.size() > MAX_TEXT_BYTES) {
        throw new CuveeException(
            ErrorCode.MEMORY_LIMIT,
            "STRING_AGG would make a text of more than 1 GiB. Group by more columns, or filter more.");
      }
    }
    return text.toByteArray();
  }
}
