package io.cuvee.execution.aggregate;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import org.apache.datasketches.hll.HllSketch;
import org.apache.datasketches.hll.HllUnion;
import org.apache.datasketches.hll.TgtHllType;
import org.apache.datasketches.kll.KllDoublesSketch;
import org.apache.datasketches.kll.KllSketch;
import org.apache.datasketches.quantilescommon.QuantileSearchCriteria;
import org.apache.datasketches.theta.ThetaSetOperation;
import org.apache.datasketches.theta.ThetaUnion;

/// A sketch of DataSketches that takes values and other sketches. Its bytes are in the library's
/// own form, which its other implementations read too. Not thread-safe.
sealed interface Sketch {
  /// Adds a value that is not NULL.
  void update(Values values, int row);

  /// Adds a sketch in its binary form.
  void merge(byte[] bytes);

  byte[] toBytes();

  /// The bytes that it takes without values, roughly.
  long freshBytes();

  /// The most bytes that the sketch takes.
  long maxBytes();

  /// Appends what is read from the sketch.
  void result(ValuesBuilder results);

  /// A state that no sketch of this kind wrote.
  private static CuveeException damaged(RuntimeException cause) {
    return new CuveeException(
        ErrorCode.PROTOCOL, "Damaged message: bytes that are no such sketch.", cause);
  }

  /// The bytes by which equal decimals are equal.
  private static byte[] decimal(DecimalValues decimals, int row) {
    return decimals
        .values()[row]
        .stripTrailingZeros()
        .toPlainString()
        .getBytes(StandardCharsets.UTF_8);
  }

  /// What stands for the empty text, which sketches leave out.
  long EMPTY = 0x6375_7665_652D_3030L;

  /// Distinct values by HyperLogLog. The estimate is the one that does not depend on the order of
  /// values.
  final class Hll implements Sketch {
    private final HllUnion union;

    Hll(int lgK) {
      union = new HllUnion(lgK);
    }

    @Override
    public void update(Values values, int row) {
      switch (values) {
        case LongValues longs -> union.update(longs.values()[row]);
        case DoubleValues doubles -> union.update(doubles.values()[row]);
        case DecimalValues decimals -> union.update(decimal(decimals, row));
        case BytesValues bytes -> {
          if (bytes.length(row) == 0) {
            union.update(EMPTY);
          } else {
            union.update(bytes.bytes(row));
          }
        }
        default -> throw new IllegalStateException("Not a scalar: " + values.getClass());
      }
    }

    @Override
    public void merge(byte[] bytes) {
      try {
        union.update(HllSketch.heapify(bytes));
      } catch (RuntimeException e) {
        throw damaged(e);
      }
    }

    @Override
    public byte[] toBytes() {
      return union.getResult(TgtHllType.HLL_8).toCompactByteArray();
    }

    @Override
    public long freshBytes() {
      return 256;
    }

    @Override
    public long maxBytes() {
      return HllUnion.getMaxSerializationBytes(union.getLgConfigK());
    }

    @Override
    public void result(ValuesBuilder results) {
      ((ValuesBuilder.Longs) results).append(Math.round(union.getCompositeEstimate()));
    }
  }

  /// Distinct values by a theta sketch. What is read is always cut to the nominal number of
  /// entries, so that it does not depend on the order of values.
  final class Theta implements Sketch {
    private final ThetaUnion union;

    Theta(int nominalEntries) {
      union = ThetaSetOperation.builder().setNominalEntries(nominalEntries).buildUnion();
    }

    @Override
    public void update(Values values, int row) {
      switch (values) {
        case LongValues longs -> union.update(longs.values()[row]);
        case DoubleValues doubles -> union.update(doubles.values()[row]);
        case DecimalValues decimals -> union.update(decimal(decimals, row));
        case BytesValues bytes -> {
          if (bytes.length(row) == 0) {
            union.update(EMPTY);
          } else {
            union.update(bytes.bytes(row));
          }
        }
        default -> throw new IllegalStateException("Not a scalar: " + values.getClass());
      }
    }

    @Override
    public void merge(byte[] bytes) {
      try {
        union.union(MemorySegment.ofArray(bytes));
      } catch (RuntimeException e) {
        throw damaged(e);
      }
    }

    @Override
    public byte[] toBytes() {
      return union.getResult().toByteArray();
    }

    @Override
    public long freshBytes() {
      return 1536;
    }

    @Override
    public long maxBytes() {
      return union.getMaxUnionBytes();
    }

    @Override
    public void result(ValuesBuilder results) {
      ((ValuesBuilder.Longs) results).append(Math.round(union.getResult().getEstimate()));
    }
  }

  /// Quantiles of numbers by KLL. NaN is left out. Which values the sketch keeps of many is left to
  /// chance, within its error.
  final class Kll implements Sketch {
    private final KllDoublesSketch sketch;
    private final double fraction;

    /// @param fraction from 0 to 1, of the quantile that is read
    Kll(int k, double fraction) {
      this.sketch = KllDoublesSketch.newHeapInstance(k);
      this.fraction = fraction;
    }

    @Override
    public void update(Values values, int row) {
      sketch.update(
          switch (values) {
            case LongValues longs -> longs.values()[row];
            case DoubleValues doubles -> doubles.values()[row];
            case DecimalValues decimals -> decimals.values()[row].doubleValue();
            default -> throw new IllegalStateException("Not numeric: " + values.getClass());
          });
    }

    @Override
    public void merge(byte[] bytes) {
      try {
        sketch.merge(KllDoublesSketch.heapify(MemorySegment.ofArray(bytes)));
      } catch (RuntimeException e) {
        throw damaged(e);
      }
    }

    @Override
    public byte[] toBytes() {
      return sketch.toByteArray();
    }

    @Override
    public long freshBytes() {
      return 256 + 8L * sketch.getK();
    }

    @Override
    public long maxBytes() {
      return KllSketch.getMaxSerializedSizeBytes(
          sketch.getK(), 1L << 40, KllSketch.SketchType.KLL_DOUBLES_SKETCH, true);
    }

    @Override
    public void result(ValuesBuilder results) {
      if (sketch.isEmpty()) {
        results.appendNull();
      } else {
        ((ValuesBuilder.Doubles) results)
            .append(sketch.getQuantile(fraction, QuantileSearchCriteria.INCLUSIVE));
      }
    }
  }
}
