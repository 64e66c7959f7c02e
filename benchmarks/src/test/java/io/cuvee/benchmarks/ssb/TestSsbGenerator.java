package io.cuvee.benchmarks.ssb;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class TestSsbGenerator {
  private static final SsbGenerator ROWS = new SsbGenerator(new SsbTable(0.005));

  private static List<long[]> rows(int from, int to) {
    List<long[]> rows = new ArrayList<>();
    ROWS.generate(
        from,
        to,
        batch -> {
          for (int i = 0; i < batch.rowCount(); i++) {
            int row = i;
            rows.add(Arrays.stream(batch.values()).mapToLong(column -> column[row]).toArray());
          }
        });
    return rows;
  }

  @Test
  void makesAsManyRowsAsTheScaleSays() {
    assertThat(rows(0, 30_000)).hasSize(30_000);
    assertThat(ROWS.table().rowCount()).isEqualTo(30_000);
  }

  @Test
  void partsAreThoseOfTheWhole() {
    List<long[]> whole = rows(0, 30_000);
    List<long[]> parts = new ArrayList<>();
    for (int from = 0; from < 30_000; from += 7_001) {
      parts.addAll(rows(from, Math.min(30_000, from + 7_001)));
    }
    assertThat(parts).usingRecursiveFieldByFieldElementComparator().isEqualTo(whole);
  }

  @Test
  void rowsAreOrderedByDateAndOrderKeyAndLine() {
    int date = SsbTable.indexOf("lo_orderdate");
    int key = SsbTable.indexOf("lo_orderkey");
    int line = SsbTable.indexOf("lo_linenumber");
    assertThat(rows(0, 30_000))
        .isSortedAccordingTo(
            java.util.Comparator.<long[]>comparingLong(row -> row[date])
                .thenComparingLong(row -> row[key])
                .thenComparingLong(row -> row[line]));
  }

  @Test
  void textsAreWithinTheirLists() {
    for (long[] row : rows(0, 30_000)) {
      for (int column = 0; column < row.length; column++) {
        if (SsbTable.COLUMNS.get(column).kind() == SsbColumn.Kind.TEXT) {
          assertThat(row[column]).isBetween(0L, ROWS.table().texts(column).length - 1L);
        }
      }
    }
  }

  @Test
  void aCityBelongsToItsNationAndRegion() {
    int city = SsbTable.indexOf("c_city");
    int nation = SsbTable.indexOf("c_nation");
    int region = SsbTable.indexOf("c_region");
    for (long[] row : rows(0, 1_000)) {
      assertThat(ROWS.table().texts(city)[(int) row[city]])
          .startsWith(ROWS.table().texts(nation)[(int) row[nation]].substring(0, 4));
      assertThat(row[nation] / 5).isEqualTo(row[region]);
    }
  }

  @Test
  void everyOrderHasItsKey() {
    Set<Long> keys = new HashSet<>();
    rows(0, 30_000).forEach(row -> keys.add(row[SsbTable.indexOf("lo_orderkey")]));
    assertThat(keys).hasSize(ROWS.orderCount());
    for (int order = 0; order < ROWS.orderCount(); order++) {
      assertThat(keys).contains((long) SsbGenerator.orderKey(order));
    }
  }

  @Test
  void theSeedGivesTheseRows() {
    // Figures of different runs compare only as long as this holds.
    assertThat(ROWS.checksum()).isEqualTo(101_594_060_524L);
  }
}
