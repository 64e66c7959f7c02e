package io.cuvee.segment.alp;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.cuvee.segment.WrittenBuffers;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.packing.FramedLongs;
import io.cuvee.segment.packing.PackedFormat;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Doubles and floats come back bit by bit, decoded by blocks as one by one.
final class TestAlp {
  private static final double[] ODD = {
    -0.0,
    0.0,
    Double.NaN,
    Double.longBitsToDouble(0x7ff8_0000_dead_beefL),
    Double.POSITIVE_INFINITY,
    Double.NEGATIVE_INFINITY,
    Double.MIN_VALUE,
    -Double.MIN_NORMAL / 3,
    Double.MAX_VALUE,
    0x1p51,
    0x1p51 + 1,
    -1e22,
    1e300,
    -0x1p53,
    1e18,
    1e-18,
    Math.PI
  };

  private final long seed = Long.getLong("cuvee.random.seed", 20_261_122);
  private final Random random = new Random(seed);

  @TempDir private Path temp;

  private double decimal(long most, int digits) {
    return Double.parseDouble(random.nextLong(-most, most) + "e-" + digits);
  }

  @Test
  void everyKindOfValuesComesBack() throws IOException {
    List<DoubleSupplier> kinds = new ArrayList<>();
    for (int digits = 0; digits <= 18; digits += 3) {
      int d = digits;
      kinds.add(() -> decimal(1_000, d));
      kinds.add(() -> decimal(1L << 40, d));
    }
    kinds.add(() -> decimal(1L << 60, 4));
    kinds.add(() -> random.nextInt(100) * 1e12);
    kinds.add(() -> 0.1);
    kinds.add(() -> ODD[random.nextInt(ODD.length)]);
    kinds.add(() -> random.nextInt(9) == 0 ? ODD[random.nextInt(ODD.length)] : decimal(999, 2));
    kinds.add(() -> random.nextBoolean() ? decimal(1 << 20, 2) : random.nextGaussian());
    for (DoubleSupplier kind : kinds) {
      for (int size : new int[] {1, 65, 2048, 2049, 7000}) {
        double[] values = new double[size];
        Arrays.setAll(values, i -> kind.getAsDouble());
        check(values, false);
        Arrays.setAll(values, i -> (float) values[i]);
        check(values, true);
      }
    }
  }

  @Test
  void blocksOfOneColumnMayDiffer() throws IOException {
    double[] values = new double[20 * 2048];
    Arrays.setAll(
        values,
        i ->
            switch (i / 2048 % 5) {
              case 0 -> decimal(1_000, 2);
              case 1 -> decimal(1L << 45, 6);
              case 2 -> random.nextGaussian();
              case 3 -> i;
              default -> ODD[i % ODD.length];
            });
    check(values, false);
  }

  @Test
  void floatsOfAnyBitsComeBack() throws IOException {
    double[] values = new double[5000];
    // NaNs have one pattern in every column of floats.
    Arrays.setAll(
        values,
        i -> i < 3000 ? decimal(500, 1) : Float.intBitsToFloat(random.nextInt() & 0xff7f_ffff));
    Arrays.setAll(values, i -> (float) values[i]);
    check(values, true);
  }

  @Test
  void decimalsHaveHardlyAnyExceptions() {
    for (int digits = 0; digits <= 4; digits++) {
      double[] values = new double[50_000];
      int d = digits;
      Arrays.setAll(values, i -> decimal(10_000_000, d));
      AlpWriter writer = AlpWriter.of(i -> values[i], values.length, false).orElseThrow();
      assertThat(writer.exceptionCount()).as("%d digits", d).isLessThan(values.length / 100);
      assertThat(writer.sizeBytes()).isLessThan(writer.plainBytes() * 45 / 100);
    }
  }

  @Test
  void noiseIsLeftAlone() {
    double[] values = random.doubles(10_000).toArray();
    assertThat(AlpWriter.of(i -> values[i], values.length, false)).isEmpty();
  }

  @Test
  void decodingAllocatesNothing() throws IOException {
    double[] values = new double[300 * 2048];
    Arrays.setAll(values, i -> i % 100 == 0 ? Math.PI * i : decimal(1_000_000, 2));
    AlpWriter writer = AlpWriter.of(i -> values[i], values.length, false).orElseThrow();
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    double[] out = new double[2048];
    long least = Long.MAX_VALUE;
    try (WrittenBuffers buffers = WrittenBuffers.of(temp, file -> writer.write(file, "column"))) {
      AlpDoubles doubles = open(buffers, values.length, false);
      // Until kernels are compiled, vectors are objects; the best of many rounds is what stays.
      for (int round = 0; round < 60 && least > 0; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int from = 0; from < values.length; from += out.length) {
          doubles.doubles(from, out.length, out);
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
    }
    assertThat(least / 300).isLessThan(64);
  }

  private static AlpDoubles open(WrittenBuffers buffers, int count, boolean isFloat) {
    return new AlpDoubles(
        new FramedLongs(
            buffers.address(BufferKind.FRAMES), buffers.address(BufferKind.PACKED_VALUES), count),
        buffers.address(BufferKind.ALP_BLOCKS),
        PackedFormat.blockCount(count),
        buffers.address(BufferKind.ALP_EXCEPTIONS),
        isFloat);
  }

  private void check(double[] values, boolean isFloat) throws IOException {
    Optional<AlpWriter> writer = AlpWriter.of(i -> values[i], values.length, isFloat);
    if (writer.isEmpty()) {
      return;
    }
    try (WrittenBuffers buffers =
        WrittenBuffers.of(temp, out -> writer.get().write(out, "column"))) {
      AlpDoubles doubles = open(buffers, values.length, isFloat);
      double[] out = new double[values.length];
      doubles.doubles(0, values.length, out);
      assertSame(out, values);
      Arrays.setAll(out, doubles::get);
      assertSame(out, values);
      int from = random.nextInt(values.length);
      double[] part = new double[random.nextInt(values.length - from + 1)];
      doubles.doubles(from, part.length, part);
      assertSame(part, Arrays.copyOfRange(values, from, from + part.length));
      int[] positions = random.ints(300, 0, values.length).sorted().toArray();
      double[] found = new double[positions.length];
      doubles.doubles(positions, positions.length, found);
      assertSame(found, Arrays.stream(positions).mapToDouble(i -> values[i]).toArray());
    }
  }

  private void assertSame(double[] found, double[] expected) {
    assertThat(Arrays.stream(found).mapToLong(Double::doubleToRawLongBits).toArray())
        .as("seed %d", seed)
        .isEqualTo(Arrays.stream(expected).mapToLong(Double::doubleToRawLongBits).toArray());
  }
}
