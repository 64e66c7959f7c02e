package io.cuvee.sqltests.logic;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/// No query of SQLite's logic tests that was ever answered rightly is answered wrongly or refused.
/// `docs/building.md` says how to run all of them and how the score is raised.
class TestSqlLogic {
  private static final Path SCORES =
      Path.of(
          System.getProperty("cuvee.root", ".."), "sql-tests/src/test/resources/logic/scores.csv");

  /// Of the files in folders every 50th query is asked, beginning with one that follows from the
  /// file's name.
  static final int STRIDE = 50;

  private static final int FILES_ASKED = 20;

  @Test
  void selectFilesPassAsBefore() throws Exception {
    for (String name : LogicScores.read(SCORES).lines().keySet()) {
      if (isWhole(name)) {
        check(name);
      }
    }
  }

  @Test
  void aPartOfTheOtherFilesPassesAsBefore() throws Exception {
    List<String> names = new ArrayList<>(LogicScores.read(SCORES).lines().keySet());
    names.removeIf(TestSqlLogic::isWhole);
    Collections.shuffle(names, new Random(Long.getLong("cuvee.random.seed", 20_261_122)));
    for (String name : names.subList(0, Math.min(FILES_ASKED, names.size()))) {
      check(name);
    }
  }

  private static void check(String name) throws Exception {
    LogicScores.Line before = LogicScores.read(SCORES).lines().get(name);
    LogicRun run = run(name, STRIDE);
    LogicScores.Line now = LogicScores.Line.of(run);
    assertThat(now.asked()).as("queries of %s", name).isEqualTo(before.asked());
    assertThat(now.passed())
        .as(
            "%s: passed %d before.%n%s",
            now, before.passed(), String.join("\n", texts(run).stream().limit(20).toList()))
        .isGreaterThanOrEqualTo(before.passed());
  }

  static List<String> texts(LogicRun run) {
    return run.failures().stream().map(failure -> failure.text(run.file())).toList();
  }

  private static boolean isWhole(String name) {
    return name.startsWith("test/select");
  }

  static LogicRun run(String name, int stride) throws SQLException, IOException {
    if (isWhole(name) || stride == 1) {
      return LogicRun.of(LogicFile.read(name), query -> true);
    }
    AtomicInteger next = new AtomicInteger(new Random(name.hashCode()).nextInt(stride));
    Predicate<LogicFile.Query> chosen = query -> next.getAndIncrement() % stride == 0;
    return LogicRun.of(LogicFile.read(name), chosen);
  }
}
