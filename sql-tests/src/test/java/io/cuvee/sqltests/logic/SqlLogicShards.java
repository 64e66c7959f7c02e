package io.cuvee.sqltests.logic;

import java.io.IOException;
import java.net.JarURLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/// All of SQLite's logic tests, in shards that can be resumed; takes hours, so that it runs only by
/// its name: `docs/building.md`.
class SqlLogicShards {
  /// `cuvee.logic.shard=0/4` runs the first, fifth, … file, with `cuvee.logic.stride=1` all of
  /// their queries. Files that have a line in the folder `cuvee.logic.out` are not run again.
  @Test
  void aShardOfTheWholeSuite() throws Exception {
    String[] shard = System.getProperty("cuvee.logic.shard", "0/1").split("/");
    Path out = Path.of(System.getProperty("cuvee.logic.out", "target/sql-logic"));
    Path scores = out.resolve("scores-" + shard[0] + "-of-" + shard[1] + ".csv");
    String folder = System.getProperty("cuvee.logic.files", "test/");
    List<String> names = names();
    for (int i = Integer.parseInt(shard[0]); i < names.size(); i += Integer.parseInt(shard[1])) {
      String name = names.get(i);
      if (name.startsWith(folder) && !LogicScores.read(scores).lines().containsKey(name)) {
        LogicRun run =
            TestSqlLogic.run(name, Integer.getInteger("cuvee.logic.stride", TestSqlLogic.STRIDE));
        if (!run.failures().isEmpty()) {
          Path failures = out.resolve("failures").resolve(name.replace('/', '_') + ".txt");
          Files.createDirectories(failures.getParent());
          Files.write(failures, TestSqlLogic.texts(run));
        }
        LogicScores.append(scores, LogicScores.Line.of(run));
      }
    }
    LogicScores.read(scores).totals(2).values().forEach(System.out::println);
  }

  private static List<String> names() throws IOException {
    JarURLConnection jar =
        (JarURLConnection) SqlLogicShards.class.getResource("/test/select1.test").openConnection();
    return jar.getJarFile().stream()
        .map(entry -> entry.getName())
        .filter(name -> name.startsWith("test/") && name.endsWith(".test"))
        .sorted()
        .toList();
  }
}
