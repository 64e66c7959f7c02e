package io.cuvee.launcher.shell;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class TestSqlScript {
  @Test
  void statementsEndAtSemicolonsOutsideQuotesAndComments() {
    assertThat(
            SqlScript.statements(
                """
                SELECT ';', "a;b" -- not; here
                ; /* nor; here */ SELECT 'it''s; ok';
                -- the end;
                """))
        .containsExactly("SELECT ';', \"a;b\" -- not; here", "/* nor; here */ SELECT 'it''s; ok'");
  }

  @Test
  void commentsMayHoldOthersAndStringsEscapes() {
    assertThat(
            SqlScript.statements(
                "SELECT /* a; /* b; */ c; */ 1; SELECT E'it\\'s;', 'c:\\'; SELECT 2"))
        .containsExactly("SELECT /* a; /* b; */ c; */ 1", "SELECT E'it\\'s;', 'c:\\'", "SELECT 2");
  }

  @Test
  void theLastStatementNeedsNoSemicolon() {
    assertThat(SqlScript.statements("SELECT 1;;\n SELECT 2"))
        .containsExactly("SELECT 1", "SELECT 2");
    assertThat(SqlScript.statements(" ; -- nothing\n")).isEmpty();
    assertThat(SqlScript.statements("SELECT 'open")).containsExactly("SELECT 'open");
  }

  @Test
  void commandsBeginWithABackslashAndEndWithTheirLine() {
    assertThat(SqlScript.statements("\\d flights\nSELECT '\\'\n\\x;\n -- first\n  \\q \nSELECT 2"))
        .containsExactly("\\d flights", "SELECT '\\'\n\\x", "\\q", "SELECT 2");
  }

  @Test
  void aTextIsCompleteAfterASemicolonOrACommand() {
    assertThat(SqlScript.isComplete("")).isTrue();
    assertThat(SqlScript.isComplete("SELECT 1;")).isTrue();
    assertThat(SqlScript.isComplete("SELECT 1; -- done")).isTrue();
    assertThat(SqlScript.isComplete("\\dt")).isTrue();
    assertThat(SqlScript.isComplete("SELECT 1")).isFalse();
    assertThat(SqlScript.isComplete("SELECT 1; SELECT")).isFalse();
    assertThat(SqlScript.isComplete("SELECT ';")).isFalse();
    assertThat(SqlScript.isComplete("SELECT 1; /* and")).isFalse();
  }
}
