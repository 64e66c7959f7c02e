package io.cuvee.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.process.CuveeProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Spark in this JVM, a cluster in another.
@Tag("slow")
class TestImportJob {
  private static final String SUMS = "SELECT COUNT(*), SUM(n) FROM numbers";

  @TempDir private Path directory;

  @Test
  void eachFileCountsOnceThoughTasksFailAndAreRepeated() throws Exception {
    write("day=1/part-0.jsonl", 0, 100);
    write("day=2/part-0.jsonl", 100, 300);
    write("day=2/part-1.jsonl", 300, 600);
    Files.writeString(directory.resolve("day=2/_SUCCESS"), "");
    SparkConf conf =
        new SparkConf()
            .setAppName("test")
            .setMaster("local[2,2]")
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1");
    try (CuveeProcess cluster =
            CuveeProcess.start(
                    directory.resolve("log"),
                    "start",
                    "all",
                    "--empty",
                    "--json",
                    "--dir",
                    directory.resolve("cluster").toString())
                .ready();
        Rest controller = new Rest(url(cluster, "controllerUrl"));
        Rest broker = new Rest(url(cluster, "brokerUrl"));
        JavaSparkContext spark = new JavaSparkContext(conf)) {
      controller.post("/schemas", SCHEMA).expect(200);
      controller.post("/tables", TABLE).expect(200);
      ImportJob job =
          new ImportJob(
              failingOnce().toString(), "numbers", url(cluster, "controllerUrl"), List.of());
      assertThat(job.run(spark, directory + "/day=*")).isEqualTo(3);
      assertThat(sums(broker)).isEqualTo("[[600,179700]]");
      assertThat(directory.resolve("cuvee.failed")).exists();

      write("day=1/part-0.jsonl", 0, 10);
      assertThat(job.run(spark, directory + "/day=1")).isEqualTo(1);
      assertThat(sums(broker)).isEqualTo("[[510,174795]]");

      Files.writeString(directory.resolve("day=2/part-1.jsonl"), "{\"n\": \"many\"}\n");
      assertThatThrownBy(() -> job.run(spark, directory + "/day=2/part-1*"))
          .hasMessageContainingAll("part-1.jsonl", "line 1", "many");
      assertThat(sums(broker)).isEqualTo("[[510,174795]]");
      assertThatThrownBy(() -> job.run(spark, directory + "/none*"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("There is no file at");
    }
  }

  private static String url(CuveeProcess cluster, String name) {
    return cluster.readyLine().path(name).asText();
  }

  private static String sums(Rest broker) throws IOException, InterruptedException {
    JsonNode answer = broker.query(SUMS);
    return answer.path("resultTable").path("rows").toString();
  }

  private void write(String file, int from, int to) throws IOException {
    StringBuilder rows = new StringBuilder();
    for (int n = from; n < to; n++) {
      rows.append("{\"n\": ").append(n).append("}\n");
    }
    Path path = directory.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, rows);
  }

  /// `cuvee`, but the first task that has loaded its file fails all the same.
  private Path failingOnce() throws IOException {
    Path script =
        Files.writeString(
            directory.resolve("cuvee"),
            """
            #!/bin/sh
            '%s' "$@" || exit 1
            [ -e "$0.failed" ] || { touch "$0.failed"; exit 1; }
            """
                .formatted(CuveeProcess.script()));
    assertThat(script.toFile().setExecutable(true)).isTrue();
    return script;
  }

  private static final String SCHEMA =
      """
      {"schemaName": "numbers", "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}]}
      """;

  private static final String TABLE =
      """
      {"tableName": "numbers", "tableType": "OFFLINE",
       "segmentsConfig": {"schemaName": "numbers", "replication": "1"}}
      """;
}
