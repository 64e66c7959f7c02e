package io.cuvee.sqltests.iq;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/// Runs every script below `src/test/resources/sql`.
@ExtendWith(ClusterExtension.class)
class TestSqlScripts {
  private static final Path SCRIPTS =
      Path.of(System.getProperty("cuvee.root"), "sql-tests", "src", "test", "resources", "sql");

  @TestFactory
  Stream<DynamicTest> scriptsPrintThemselves(SharedCluster cluster) throws IOException {
    try (Stream<Path> files = Files.walk(SCRIPTS)) {
      List<Path> scripts = files.filter(file -> file.toString().endsWith(".iq")).sorted().toList();
      return scripts.stream()
          .map(script ->
              DynamicTest.dynamicTest(
                  SCRIPTS.relativize(script).toString(),
                  script.toUri(),
                  () -> Script.check(script, cluster)));
    }
  }
}
