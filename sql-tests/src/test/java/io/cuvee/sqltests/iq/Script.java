package io.cuvee.sqltests.iq;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.SharedCluster;
import java.io.StringReader;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.util.List;
import net.hydromatic.quidem.Quidem;

/// Runs a script through the driver. Its output must be the script itself; rows of a query without
/// ORDER BY may come in any order. Every query is also asked in the ways of [Variants].
///
/// With `-Dcuvee.iq.update=true` scripts are overwritten with what came, to be read before they are
/// committed.
final class Script {
  private Script() {}

  static void check(Path script, SharedCluster cluster) throws Exception {
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
