package io.cuvee.segment.consuming;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.packing.NarrowInts;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TestGrowingDictionary {
  private static final int BLOCK = 2048;
  private static final Schema SCHEMA =
      new Schema(
          "t",
          List.of(field("text", ColumnType.STRING), field("number", ColumnType.LONG)),
          List.of(),
          List.of());

  private static FieldSpec field(String name, ColumnType type) {
    return new FieldSpec(name, type, FieldSpec.Role.DIMENSION, false, null, null, null);
  }

  private static Random random() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_123);
    System.out.println("seed " + seed + " (replay with -Dcuvee.random.seed=" + seed + ")");
    return new Random(seed);
  }

  private static ConsumingSegment open() {
    return new ConsumingSegment(
        "t_REALTIME",
        "t__0__0",
        SCHEMA,
        new ConsumingOptions(
            new IndexingOptions(List.of(), List.of("number"), List.of()),
            1_000_000,
            new DataSize(1L << 30)));
  }

  private static Page page(List<byte[]> texts, List<Long> numbers, int from, int to) {
    ValuesBuilder ofTexts = ValuesBuilder.of(ColumnType.STRING, to - from);
    ValuesBuilder ofNumbers = ValuesBuilder.of(ColumnType.LONG, to - from);
    for (int i = from; i < to; i++) {
      ofTexts.appendObject(texts.get(i));
      ofNumbers.appendObject(numbers.get(i));
    }
    return new Page(to - from, List.of(ofTexts.build(), ofNumbers.build()));
  }

  /// Of few letters, zeros among them, so that many begin alike.
  private static byte[] bytes(Random random) {
    byte[] bytes = new byte[random.nextInt(20)];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (random.nextInt(8) == 0 ? random.nextInt(3) - 1 : 'a');
    }
    return bytes;
  }

  @Test
  void whatIsBelowABoundIsWhatComparesSo() {
    Random random = random();
    List<byte[]> texts = new ArrayList<>();
    List<Long> numbers = new ArrayList<>();
    for (int i = 0; i < 6000; i++) {
      texts.add(random.nextInt(30) == 0 ? null : bytes(random));
      numbers.add(random.nextInt(30) == 0 ? null : (Long) random.nextLong(-900, 900));
    }
    List<byte[]> bounds = new ArrayList<>(List.of(new byte[0], new byte[] {0}));
    for (int i = 0; i < 30; i++) {
      bounds.add(bytes(random));
    }
    try (ConsumingSegment segment = open()) {
      for (int at = 0; at < texts.size(); ) {
        int part = Math.min(1 + random.nextInt(900), texts.size() - at);
        segment.append(page(texts, numbers, at, at + part));
        at += part;
        try (ConsumingSnapshot snapshot = segment.snapshot().orElseThrow()) {
          Dictionary ofTexts = snapshot.column("text").orElseThrow().dictionary().orElseThrow();
          for (byte[] bound : bounds) {
            check(ofTexts, bound, id -> Arrays.compareUnsigned((byte[]) ofTexts.value(id), bound));
          }
          Dictionary ofNumbers = snapshot.column("number").orElseThrow().dictionary().orElseThrow();
          for (long bound = -901; bound < 901; bound += 53) {
            long one = bound;
            check(ofNumbers, bound, id -> Long.compare((Long) ofNumbers.value(id), one));
          }
        }
      }
    }
  }

  private static void check(Dictionary dictionary, Object bound, IntUnaryOperator order) {
    long[] below = dictionary.below(bound, false);
    long[] notAbove = dictionary.below(bound, true);
    assertThat(below).hasSize(dictionary.size() + 63 >>> 6);
    for (int id = 0; id < dictionary.size(); id++) {
      int wanted = order.applyAsInt(id);
      if ((below[id >>> 6] >>> id & 1) != 0 != wanted < 0
          || (notAbove[id >>> 6] >>> id & 1) != 0 != wanted <= 0) {
        throw new AssertionError("Entry " + id + ", bound " + bound);
      }
    }
  }

  @Test
  void dictIdsAreTheSameInEveryWidth() {
    Random random = random();
    int rows = 100_000;
    try (ConsumingSegment segment = open()) {
      List<byte[]> texts = new ArrayList<>();
      List<Long> numbers = new ArrayList<>();
      for (int i = 0; i < rows; i++) {
        // Ever more different ones.
        long value = i % 5 == 0 ? random.nextInt(1 + i) : i;
        texts.add(i % 11 == 5 ? null : Long.toString(value, 36).getBytes(StandardCharsets.UTF_8));
        numbers.add(i % 13 == 5 ? null : (Long) value);
      }
      List<Integer> laneBits = new ArrayList<>();
      List<ConsumingSnapshot> snapshots = new ArrayList<>();
      for (int at = 0; at < rows; ) {
        int part = Math.min(at < 2000 ? 1 + random.nextInt(400) : 9_999, rows - at);
        segment.append(page(texts, numbers, at, at + part));
        at += part;
        ConsumingSnapshot snapshot = segment.snapshot().orElseThrow();
        snapshots.add(snapshot);
        // Some views are made while the ids are narrow, some when they are wider.
        if (random.nextBoolean()) {
          laneBits.add(laneBits(snapshot));
        }
      }
      for (ConsumingSnapshot snapshot : snapshots) {
        check(snapshot, texts, numbers);
        snapshot.close();
      }
      assertThat(laneBits).contains(8, 16, 32);
    }
  }

  private static int laneBits(ConsumingSnapshot snapshot) {
    return snapshot
        .column("text")
        .orElseThrow()
        .packedDictIds()
        .map(NarrowInts::laneBits)
        .orElse(32);
  }

  private static void check(ConsumingSnapshot snapshot, List<byte[]> texts, List<Long> numbers) {
    int count = snapshot.docCount();
    SegmentColumn text = snapshot.column("text").orElseThrow();
    SegmentColumn number = snapshot.column("number").orElseThrow();
    int[] ids = new int[BLOCK];
    int[] some = new int[BLOCK];
    for (int from = 0; from < count; from += BLOCK) {
      int part = Math.min(BLOCK, count - from);
      text.dictIds(from, part, ids);
      Dictionary dictionary = text.dictionary().orElseThrow();
      int first = from;
      text.dictIds(IntStream.range(0, part).map(i -> first + i).toArray(), part, some);
      byte[] bytes = new byte[BLOCK];
      short[] shorts = new short[BLOCK];
      int bits = laneBits(snapshot);
      if (bits == 8) {
        text.packedDictIds().orElseThrow().bytes(from / BLOCK, bytes);
      } else if (bits == 16) {
        text.packedDictIds().orElseThrow().shorts(from / BLOCK, shorts);
      }
      long[] longs = new long[BLOCK];
      number.longs(from, part, longs);
      for (int i = 0; i < BLOCK; i++) {
        int narrow = bits == 8 ? bytes[i] & 0xFF : bits == 16 ? shorts[i] & 0xFFFF : ids[i];
        if (i >= part) {
          assertThat(bits == 32 ? 0 : narrow).isZero();
          continue;
        }
        byte[] wanted = texts.get(from + i);
        Long wantedNumber = numbers.get(from + i);
        if (narrow != ids[i]
            || some[i] != ids[i]
            || longs[i] != (wantedNumber == null ? 0 : wantedNumber)
            || wanted != null && !Arrays.equals((byte[]) dictionary.value(ids[i]), wanted)) {
          throw new AssertionError("Row " + (from + i) + " of " + count + " in " + bits + " bits");
        }
      }
    }
  }

  @Test
  void readersSeeTheSameRowsWhileTheIdsAreWidened() throws Exception {
    int rows = 80_000;
    try (ConsumingSegment segment = open();
        ExecutorService readers = Executors.newFixedThreadPool(2)) {
      List<byte[]> texts = new ArrayList<>();
      List<Long> numbers = new ArrayList<>();
      for (int i = 0; i < rows; i++) {
        texts.add(Integer.toString(i % 7 == 0 ? i / 2 : i).getBytes(StandardCharsets.UTF_8));
        numbers.add(i % 7 == 0 ? i / 2L : i);
      }
      Callable<Integer> reader =
          () -> {
            int seen = 0;
            while (seen < rows) {
              try (ConsumingSnapshot snapshot = segment.snapshot().orElseThrow()) {
                seen = snapshot.docCount();
                check(snapshot, texts, numbers);
              }
            }
            return seen;
          };
      List<Future<Integer>> ends = List.of(readers.submit(reader), readers.submit(reader));
      for (int at = 0; at < rows; at += 100) {
        segment.append(page(texts, numbers, at, at + 100));
      }
      for (Future<Integer> end : ends) {
        assertThat(end.get(60, TimeUnit.SECONDS)).isEqualTo(rows);
      }
    }
  }
}
