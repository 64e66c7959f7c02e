package io.cuvee.sqltests.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import sqlline.SqlLine;

/// What people type into sqlline.
@ExtendWith(ClusterExtension.class)
class TestSqlLine {
  @TempDir private Path folder;

  /// There is no terminal here, and jline need not warn of it.
  @BeforeAll
  static void expectNoTerminal() {
    System.setProperty("org.jline.terminal.dumb", "true");
  }

  @Test
  void listsTables(SharedCluster cluster) throws IOException {
    assertThat(run(cluster, "!tables"))
        .contains("'TABLE_CAT','TABLE_SCHEM','TABLE_NAME','TABLE_TYPE'")
        .contains("'cuvee','default','emps','TABLE'")
        .contains("'cuvee','default','nothing','TABLE'");
  }

  @Test
  void listsColumns(SharedCluster cluster) throws IOException {
    assertThat(run(cluster, "!columns depts"))
        .contains("'cuvee','default','depts','id','4','INTEGER'")
        .contains("'cuvee','default','depts','name','12','VARCHAR'")
        .contains("'cuvee','default','depts','budget','3','DECIMAL'");
  }

  @Test
  void runsQueries(SharedCluster cluster) throws IOException {
    assertThat(run(cluster, "SELECT id, name FROM depts WHERE id < 30 ORDER BY id;"))
        .contains("'id','name'", "'10','Cellar'", "'20','Vineyard'");
  }

  @Test
  void goesOnAfterAnError(SharedCluster cluster) throws IOException {
    assertThat(run(cluster, "SELECT nme FROM depts;\nSELECT COUNT(*) AS n FROM depts;"))
        .contains("42703", "'name'")
        .contains("'n'\n'5'");
  }

  @Test
  void knowsTheProduct(SharedCluster cluster) throws IOException {
    assertThat(run(cluster, "!dbinfo"))
        .containsPattern("getDatabaseProductName +Cuvee")
        .containsPattern("getDriverName +Cuvee JDBC Driver")
        .doesNotContain("Exception");
    assertThat(run(cluster, "!metadata getTypeInfo")).contains("VARCHAR");
    assertThat(run(cluster, "!primarykeys depts")).doesNotContain("Error");
    assertThat(run(cluster, "!indexes depts")).doesNotContain("Error");
  }

  private String run(SharedCluster cluster, String script) throws IOException {
    Path file = Files.writeString(folder.resolve("script.sql"), script + "\n");
    ByteArrayOutputStream printed = new ByteArrayOutputStream();
    PrintStream out = new PrintStream(printed, true, StandardCharsets.UTF_8);
    SqlLine sqlLine = new SqlLine();
    sqlLine.setOutputStream(out);
    sqlLine.setErrorStream(out);
    sqlLine.begin(
        new String[] {
          "-u",
          cluster.jdbcUrl(),
          "-n",
          "",
          "-p",
          "",
          "-d",
          "io.cuvee.jdbc.Driver",
          "--isolation=TRANSACTION_NONE",
          "--outputformat=csv",
          "--force=true",
          "-f",
          file.toString()
        },
        null,
        false);
    return printed.toString(StandardCharsets.UTF_8);
  }
}
