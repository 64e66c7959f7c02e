package io.cuvee.segment.fsst;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.segment.WrittenBuffers;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsFormat;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.packing.FramedLongs;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Byte ranges come back from their codes.
final class TestFsst {
  private final long seed = Long.getLong("cuvee.random.seed", 20_261_122);
  private final Random random = new Random(seed);

  @TempDir private Path temp;

  @Test
  void everyKindOfRangesComesBack() throws IOException {
    List<Supplier<byte[]>> kinds = new ArrayList<>();
    kinds.add(() -> new byte[0]);
    kinds.add(() -> new byte[random.nextInt(40)]);
    kinds.add(() -> noise(random.nextInt(40)));
    kinds.add(() -> noise(random.nextInt(3)));
    kinds.add(() -> noise(random.nextInt(20) == 0 ? random.nextInt(30_000) : 0));
    kinds.add(this::url);
    kinds.add(() -> utf8("aaaaaaaaaa".repeat(random.nextInt(30))));
    kinds.add(() -> utf8("{\"id\":" + random.nextInt() + ",\"名前\":\"東京\",\"ok\":true}"));
    kinds.add(() -> random.nextInt(500) == 0 ? noise(200) : url());
    for (Supplier<byte[]> kind : kinds) {
      for (int size : new int[] {1, 2, 2047, 2048, 5000}) {
        List<byte[]> values = new ArrayList<>();
        for (int i = 0; i < size; i++) {
          values.add(kind.get());
        }
        check(values);
      }
    }
  }

  @Test
  void whatTheSampleDoesNotShowComesBack() throws IOException {
    List<byte[]> values = new ArrayList<>();
    for (int i = 0; i < 4000; i++) {
      values.add(utf8("abcdefgh"));
    }
    values.set(1, noise(5000));
    values.set(3999, noise(7));
    check(values);
  }

  @Test
  void textsBecomeLessThanHalf() {
    List<byte[]> values = new ArrayList<>();
    for (int i = 0; i < 10_000; i++) {
      values.add(url());
    }
    long total = values.stream().mapToLong(value -> value.length).sum();
    assertThat(new FsstWriter(source(values)).expectedBytes(total)).isLessThan(total / 2);
  }

  @Test
  void theSameValuesGiveTheSameSymbols() throws IOException {
    List<byte[]> values = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      values.add(url());
    }
    Path other = Files.createDirectory(temp.resolve("other"));
    Files.createDirectory(temp.resolve("one"));
    byte[] first = bytes(temp.resolve("one"), values);
    assertThat(bytes(other, values)).isEqualTo(first);
  }

  private static byte[] bytes(Path directory, List<byte[]> values) throws IOException {
    try (ColumnsWriter out = ColumnsWriter.create(directory)) {
      new FsstWriter(source(values)).write(out, "column");
      out.finish(0);
    }
    return Files.readAllBytes(directory.resolve(ColumnsFormat.FILE));
  }

  private byte[] noise(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private byte[] url() {
    return utf8(
        "https://www.example.org/shop/item?id="
            + random.nextInt(1_000_000)
            + "&lang="
            + (random.nextBoolean() ? "de" : "en"));
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static FsstWriter.Source source(List<byte[]> values) {
    return new FsstWriter.Source() {
      @Override
      public int count() {
        return values.size();
      }

      @Override
      public int length(int index) {
        return values.get(index).length;
      }

      @Override
      public void copy(int index, byte[] target) {
        System.arraycopy(values.get(index), 0, target, 0, values.get(index).length);
      }
    };
  }

  private void check(List<byte[]> values) throws IOException {
    try (WrittenBuffers buffers =
        WrittenBuffers.of(temp, out -> new FsstWriter(source(values)).write(out, "column"))) {
      FsstRanges ranges =
          new FsstRanges(
              buffers.address(BufferKind.FSST_SYMBOLS),
              buffers.address(BufferKind.BYTES),
              new FramedLongs(
                  buffers.address(BufferKind.FRAMES),
                  buffers.address(BufferKind.PACKED_VALUES),
                  values.size() + 1));
      int[] ends = new int[values.size() + 1];
      byte[] all = ranges.decode(0, values.size(), ends);
      for (int i = 0; i < values.size(); i++) {
        assertSame(all, ends, i, values.get(i));
      }
      int[] positions = random.ints(100, 0, values.size()).sorted().toArray();
      int[] someEnds = new int[positions.length + 1];
      byte[] some = ranges.decode(positions, positions.length, someEnds);
      for (int i = 0; i < positions.length; i++) {
        assertSame(some, someEnds, i, values.get(positions[i]));
      }
    }
  }

  private void assertSame(byte[] bytes, int[] ends, int index, byte[] expected) {
    assertThat(Arrays.copyOfRange(bytes, ends[index], ends[index + 1]))
        .as("value %d, seed %d", index, seed)
        .isEqualTo(expected);
  }
}
