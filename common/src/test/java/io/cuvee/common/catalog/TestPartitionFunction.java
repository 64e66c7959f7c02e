package io.cuvee.common.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.catalog.PartitionFunction.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.apache.kafka.common.utils.Utils;
import org.junit.jupiter.api.Test;

class TestPartitionFunction {
  private static final long SEED = Long.getLong("cuvee.random.seed", 20261122);

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// The values are those of Kafka's own tests.
  @Test
  void murmurIsThatOfKafka() {
    assertThat(PartitionFunction.murmur2(utf8("21"))).isEqualTo(-973932308);
    assertThat(PartitionFunction.murmur2(utf8("foobar"))).isEqualTo(-790332482);
    assertThat(PartitionFunction.murmur2(utf8("a-little-bit-long-string"))).isEqualTo(-985981536);
    assertThat(PartitionFunction.murmur2(utf8("a-little-bit-longer-string")))
        .isEqualTo(-1486304829);
    assertThat(PartitionFunction.murmur2(utf8("abc"))).isEqualTo(479470107);
  }

  @Test
  void partitionsAreThoseThatProducersChoose() {
    Random random = new Random(SEED);
    for (int round = 0; round < 5_000; round++) {
      StringBuilder key = new StringBuilder();
      int length = random.nextInt(40);
      for (int i = 0; i < length; i++) {
        int range = random.nextInt(4);
        key.appendCodePoint(range == 0 ? 0x1F600 + random.nextInt(60) : 1 + random.nextInt(0x2000));
      }
      byte[] bytes = utf8(key.toString());
      int count = 1 + random.nextInt(1000);
      String what = "seed " + SEED + ", round " + round;
      assertThat(PartitionFunction.murmur2(bytes)).as(what).isEqualTo(Utils.murmur2(bytes));
      assertThat(new PartitionFunction(Kind.MURMUR, count).partition(bytes))
          .as(what)
          .isEqualTo(Utils.toPositive(Utils.murmur2(bytes)) % count);
    }
  }

  @Test
  void numbersAndTheirTextsAreOfOnePartition() {
    for (Kind kind : Kind.values()) {
      PartitionFunction function = new PartitionFunction(kind, 7);
      for (long value : new long[] {0, 1, -1, 6, 7, -8, Long.MAX_VALUE, Long.MIN_VALUE}) {
        int partition = function.partition(value);
        assertThat(partition).as("%s of %d", kind, value).isBetween(0, 6);
        assertThat(function.partition(utf8(Long.toString(value)))).isEqualTo(partition);
      }
    }
  }

  @Test
  void moduloIsNeverNegative() {
    PartitionFunction function = new PartitionFunction(Kind.MODULO, 5);
    assertThat(function.partition(-3L)).isEqualTo(2);
    assertThat(function.partition(-5L)).isZero();
    assertThat(function.partition(13L)).isEqualTo(3);
  }

  @Test
  void hashesAreThoseOfJava() {
    assertThat("Zürich".hashCode()).isEqualTo(-1482116162);
    assertThat(new PartitionFunction(Kind.HASH_CODE, 10).partition(utf8("Zürich"))).isEqualTo(2);
    // Its hash is Integer.MIN_VALUE, which has no absolute value.
    assertThat(new PartitionFunction(Kind.HASH_CODE, 10).partition(utf8("polygenelubricants")))
        .isZero();
    assertThat(Arrays.hashCode(utf8("ü"))).isEqualTo(-998);
    assertThat(new PartitionFunction(Kind.BYTE_ARRAY, 10).partition(utf8("ü"))).isEqualTo(8);
  }

  @Test
  void namesAreFoundInAnyCase() {
    assertThat(Kind.find("murmur2")).contains(Kind.MURMUR);
    assertThat(Kind.find("hashcode")).contains(Kind.HASH_CODE);
    assertThat(Kind.find("Murmur3")).isEmpty();
  }
}
