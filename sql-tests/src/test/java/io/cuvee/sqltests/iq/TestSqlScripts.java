package io.cuvee.sqltests.iq;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import java.util.stream.Stream;
import net.hydromatic.quidem.Quidem;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.extension.ExtendWith;

/// Runs every script below `src/test/resources/sql` through the driver. A script's output must be
/// the script itself; rows of a query without ORDER BY may come in any order. Every query is also
/// asked in the ways of [Variants].
///
/// With `-Dcuvee.iq.update=true` the scripts are overwritten with what came, to be read before they
/// are committed.
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
                  () -> check(script, cluster)));
    }
  }

  private static void check(Path script, SharedCluster cluster) throws Exception {
    String expected = Files.readString(script);
    StringWriter printed = new StringWriter();
    List<String> failures;
    try (Connection connection = cluster.connect()) {
      Variants variants = new Variants(connection);
      Quidem quidem =
          new Quidem(
              Quidem.configBuilder()
                  .withReader(new StringReader(expected))
                  .withWriter(printed)
                  .withConnectionFactory(
                      (name, reference) -> reference ? null : listening(cluster, variants))
                  .build());
      quidem.execute();
      failures = variants.failures();
    }
    String actual = printed.toString().replace("\r\n", "\n");
    if (Boolean.getBoolean("cuvee.iq.update")) {
      Files.writeString(script, actual);
    } else {
      assertThat(actual).isEqualTo(expected);
    }
    assertThat(failures).isEmpty();
  }

  private static Connection listening(SharedCluster cluster, Variants variants) throws Exception {
    return ScriptConnection.wrap(
        cluster.connect(), sql -> variants.check(sql, ResultOrder.isGiven(sql)));
  }
}
