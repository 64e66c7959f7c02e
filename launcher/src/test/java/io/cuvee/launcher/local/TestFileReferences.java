package io.cuvee.launcher.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

class TestFileReferences {
  @Test
  void filesStandAfterFromAndJoinAndBetweenCommas() {
    FileReferences found =
        FileReferences.of(
            "SELECT 'a', x FROM 'a.csv' t, 'b''s.csv' JOIN 'a.csv' ON t.x = 'k' WHERE y IN ('m', 'n') -- FROM 'no'");
    assertThat(found.sql())
        .isEqualTo(
            "SELECT 'a', x FROM \"a\"     t, \"b_s\"      JOIN \"a\"     ON t.x = 'k' WHERE y IN ('m', 'n') -- FROM 'no'");
    assertThat(found.files()).isEqualTo(Map.of("a", "a.csv", "b_s", "b's.csv"));
  }

  @Test
  void literalsOfFunctionsAreNoFiles() {
    assertThat(FileReferences.of("SELECT TRIM(BOTH 'x' FROM 'xax') FROM t").files()).isEmpty();
    assertThat(FileReferences.of("SELECT 1 FROM (SELECT 'x' FROM t WHERE a = 'b') q, u").files())
        .isEmpty();
  }

  @Test
  void tablesHaveTheNamesOfFilesUnlessThoseAreTaken() {
    assertThat(
            FileReferences.of("SELECT trips.x FROM '/data/trips.csv.gz' JOIN 'old/trips.csv' o")
                .files())
        .isEqualTo(Map.of("trips", "/data/trips.csv.gz", "file_2", "old/trips.csv"));
    assertThat(FileReferences.of("WITH t AS (SELECT 1) SELECT * FROM 't.csv', t").files())
        .isEqualTo(Map.of("file_1", "t.csv"));
  }
}
