package io.cuvee.execution.aggregate;

import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.util.List;

/// Hashes of whole keys, the same for keys that [GroupTable] takes for equal. All 64 bits are good.
public final class KeyHashes {
  private static final long NULL = 0x6A09_E667_F3BC_C908L;

  private KeyHashes() {}

  /// The hash of each row.
  ///
  /// @param keys each with at least `count` rows
  public static long[] of(List<Values> keys, int count) {
    long[] hashes = new long[count];
    for (Values column : keys) {
      Validity validity = column.validity();
      for (int i = 0; i < count; i++) {
        boolean isNull = validity != null && !validity.isSet(i);
        hashes[i] = mix(hashes[i] + (isNull ? NULL : hash(column, i)));
      }
    }
    return hashes;
  }

  private static long hash(Values values, int row) {
    return switch (values) {
      case LongValues longs -> longs.values()[row];
      case DoubleValues doubles -> Hashing.bits(doubles.values()[row]);
      case DecimalValues decimals -> decimals.values()[row].stripTrailingZeros().hashCode();
      case BytesValues bytes ->
          Hashing.wideHash(bytes.bytes(), bytes.offsets()[row], bytes.length(row));
      case ArrayValues arrays -> {
        long hash = arrays.length(row);
        for (int i = arrays.offsets()[row]; i < arrays.offsets()[row + 1]; i++) {
          hash = mix(hash + hash(arrays.elements(), i));
        }
        yield hash;
      }
    };
  }

  /// After Stafford's variant 13 of the finalizer of MurmurHash3.
  private static long mix(long value) {
    long mixed = value + 0x9E37_79B9_7F4A_7C15L;
    mixed = (mixed ^ mixed >>> 30) * 0xBF58_476D_1CE4_E5B9L;
    mixed = (mixed ^ mixed >>> 27) * 0x94D0_49BB_1331_11EBL;
    return mixed ^ mixed >>> 31;
  }
}
