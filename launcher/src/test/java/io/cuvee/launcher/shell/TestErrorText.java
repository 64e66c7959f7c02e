package io.cuvee.launcher.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestErrorText {
  private static String of(String message, String statement) {
    return ErrorText.of("42703", message, statement);
  }

  @Test
  void aCaretStandsUnderThePlace() {
    assertThat(of("Column 'nme' at line 2, column 3 does not exist.", "SELECT id,\n  nme\nFROM t"))
        .isEqualTo(
            """
            ERROR 42703: Column 'nme' at line 2, column 3 does not exist.
                nme
                ^\
            """);
    assertThat(of("Wrong at line 1, column 13.", "SELECT '東京' x"))
        .endsWith("  SELECT '東京' x\n  " + " ".repeat(14) + "^");
  }

  @Test
  void ofLongLinesThePartAroundThePlaceIsShown() {
    String line = "SELECT " + "a, ".repeat(200) + "wrong" + ", b".repeat(200);
    String[] shown = of("Wrong at line 1, column 608.", line).split("\n");
    assertThat(shown[1]).startsWith("  …").endsWith("…").hasSize(104);
    assertThat(shown[1].substring(shown[2].indexOf('^'))).startsWith("wrong");
  }

  @Test
  void withoutAPlaceInTheStatementThereIsNoCaret() {
    assertThat(of("It broke.", "SELECT 1")).isEqualTo("ERROR 42703: It broke.");
    assertThat(of("Wrong at line 3, column 1.", "SELECT 1")).doesNotContain("\n");
    assertThat(of("Wrong at line 1, column 900.", "SELECT 1")).doesNotContain("\n");
    assertThat(of("Wrong at line 0, column 0.", "SELECT 1")).doesNotContain("\n");
    assertThat(of("Wrong at line 1, column 9.", "SELECT 1")).endsWith("SELECT 1\n          ^");
  }
}
