package io.cuvee.benchmarks.pinot;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.benchmarks.ssb.SsbGenerator;
import io.cuvee.benchmarks.ssb.SsbQueries;
import io.cuvee.benchmarks.ssb.SsbTable;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestPinotEngine {
  private static final SsbGenerator ROWS = new SsbGenerator(new SsbTable(0.002));

  @TempDir Path directory;

  private PinotEngine open(String variant) throws Exception {
    PinotEngine engine = new PinotEngine(variant);
    Path store = directory.resolve("store" + variant);
    engine.build(ROWS, store, 1);
    engine.open(store, 1);
    return engine;
  }

  @Test
  void pinotSeesTheRowsOfTheGenerator() throws Exception {
    try (PinotEngine engine = open("")) {
      Object[] row =
          engine.query("SELECT COUNT(*), SUM(lo_revenue) FROM " + SsbTable.NAME).getFirst();
      assertThat(row).containsExactly((long) ROWS.table().rowCount(), (double) ROWS.checksum());
    }
  }

  @Test
  void starTreesGiveTheSameAnswers() throws Exception {
    try (PinotEngine plain = open("");
        PinotEngine star = open("star")) {
      for (String sql : SsbQueries.flights().values()) {
        assertThat(star.query(sql).toArray(Object[][]::new))
            .as(sql)
            .isDeepEqualTo(plain.query(sql).toArray(Object[][]::new));
      }
    }
  }
}
