package io.cuvee.ingest.upsert;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.DecimalValues;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.math.BigDecimal;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TestKeyTable {
  private record Key(long high, long low) {}

  @Test
  void keysAreFoundAsInAMap() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    System.out.println("seed " + seed + " (replay with -Dcuvee.random.seed=" + seed + ")");
    Random random = new Random(seed);
    Map<Key, Long> expected = new HashMap<>();
    try (KeyTable table = new KeyTable()) {
      for (int i = 0; i < 200_000; i++) {
        // Few different bits, so that slots collide.
        Key key = new Key(random.nextInt(300) * 64L, (long) random.nextInt(300) << 40);
        boolean found = table.find(key.high(), key.low());
        assertThat(found).isEqualTo(expected.containsKey(key));
        if (found) {
          assertThat(table.place()).isEqualTo(expected.get(key));
          assertThat(table.comparison()).isEqualTo(-expected.get(key));
        }
        if (random.nextBoolean()) {
          long place = 1L + random.nextInt(1000);
          table.set(-place, place, (_, _) -> true);
          expected.put(key, place);
        }
      }
      assertThat(table.size()).isEqualTo(expected.size());
    }
  }

  @Test
  void whatNeedNotBeKeptGoesWhenItGrows() {
    try (KeyTable table = new KeyTable()) {
      for (long key = 1; key <= 100_000; key++) {
        var _ = table.find(key, 0);
        long least = key - 1_000;
        table.set(key, key, (comparison, _) -> comparison >= least);
      }
      assertThat(table.size()).isLessThan(20_000);
      assertThat(table.find(100_000, 0)).isTrue();
      assertThat(table.memoryBytes()).isLessThan(2_000_000);
    }
  }

  @Test
  void aMillionKeysTakeAboutSixtyFourBytesEachAtMost() {
    try (KeyTable table = new KeyTable()) {
      for (long key = 1; key <= 1_000_000; key++) {
        var _ = table.find(key, ~key);
        table.set(key, key, (_, _) -> true);
      }
      assertThat(table.memoryBytes()).isLessThan(80_000_000);
    }
  }

  private static Key key(List<Values> columns, int row) {
    KeyDigest digest = new KeyDigest();
    assertThat(digest.take(columns, row)).isTrue();
    return new Key(digest.high(), digest.low());
  }

  @Test
  void differentKeysAreToldApart() {
    Set<Key> keys = new HashSet<>();
    String[][] texts = {
      {"", ""},
      {"a", ""},
      {"", "a"},
      {"ab", "c"},
      {"a", "bc"},
      {"\0", ""},
      {"", "\0"},
      {"", "\0\0"},
      {"0123456789012", "3"},
      {"012345678901", "23"},
      {"a long text that is hashed", "b"},
      {"a long text that is hashe", "db"},
      {"é", "ü"}
    };
    for (String[] pair : texts) {
      keys.add(key(List.of(BytesValues.of(pair[0]), BytesValues.of(pair[1])), 0));
    }
    assertThat(keys).hasSize(texts.length);
    keys.clear();
    long[] numbers = {0, 1, -1, 64, -64, Long.MAX_VALUE, Long.MIN_VALUE, 1L << 35};
    for (long number : numbers) {
      keys.add(key(List.of(LongValues.of(number), LongValues.of(-number)), 0));
    }
    assertThat(keys).hasSize(numbers.length);
  }

  @Test
  void equalValuesAreOneKey() {
    List<Values> doubles = List.of(DoubleValues.of(0.0, -0.0));
    assertThat(key(doubles, 0)).isEqualTo(key(doubles, 1));
    List<Values> decimals =
        List.of(DecimalValues.of(new BigDecimal("1.0"), new BigDecimal("1.00"), BigDecimal.ONE));
    assertThat(key(decimals, 0)).isEqualTo(key(decimals, 1)).isEqualTo(key(decimals, 2));
    String longText = "x".repeat(1_000);
    List<Values> texts = List.of(BytesValues.of(longText, longText));
    assertThat(key(texts, 0)).isEqualTo(key(texts, 1));
  }

  @Test
  void aKeyWithoutAValueIsNone() {
    Values values = new LongValues(new long[] {1, 0}, 2, new Validity(new long[] {1}));
    assertThat(new KeyDigest().take(List.of(values), 0)).isTrue();
    assertThat(new KeyDigest().take(List.of(values), 1)).isFalse();
  }
}
