package io.cuvee.sqltests.input;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.launcher.loading.TableLoader;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// A table of a test's own, with three rows, into which wrong things are uploaded.
final class IntakeTable {
  private final SharedCluster cluster;
  private final String name;
  private final Schema schema;
  private final TableConfig config;

  private IntakeTable(SharedCluster cluster, String name, Schema schema, TableConfig config) {
    this.cluster = cluster;
    this.name = name;
    this.schema = schema;
    this.config = config;
  }

  /// Creates a table `(id INT NOT NULL, name STRING, amount DOUBLE, day DATE)`.
  ///
  /// @param quota as `10KB`, or empty for none
  static IntakeTable create(SharedCluster cluster, String name, String quota)
      throws IOException, InterruptedException {
    String schema =
        """
        {"schemaName": "%s", "dimensionFieldSpecs": [
          {"name": "id", "dataType": "INT", "notNull": true},
          {"name": "name", "dataType": "STRING"},
          {"name": "amount", "dataType": "DOUBLE"},
          {"name": "day", "dataType": "DATE"}]}
        """
            .formatted(name);
    String config =
        """
        {"tableName": "%1$s", "tableType": "OFFLINE",
          "segmentsConfig": {"schemaName": "%1$s", "replication": "2"},
          "tableIndexConfig": {}, "tenants": {}, "metadata": {}%2$s}
        """
            .formatted(
                name, quota.isEmpty() ? "" : ", \"quota\": {\"storage\": \"" + quota + "\"}");
    cluster.controller().post("/schemas", schema).expect(200);
    cluster.controller().post("/tables", config).expect(200);
    IntakeTable table =
        new IntakeTable(cluster, name, Schema.parse(schema), TableConfig.parse(config));
    table
        .ingest("csv", "id,name,amount,day\n1,one,1.5,2024-01-01\n2,two,,\n3,,3.5,2024-01-03\n")
        .expect(200);
    cluster.awaitRows(name, 3);
    return table;
  }

  String name() {
    return name;
  }

  /// Everything of the table that one can see from outside.
  ///
  /// @param objects files in the deep store
  record State(
      List<List<@Nullable String>> rows,
      String segments,
      String assignment,
      String servingView,
      Set<String> objects) {}

  State state() throws IOException, InterruptedException, SQLException {
    return new State(
        cluster.query("SELECT id, name, amount, day FROM " + name + " ORDER BY id, name"),
        cluster.controller().get("/segments/" + name).expect(200).body(),
        cluster.controller().get("/tables/" + name + "/idealstate").expect(200).body(),
        cluster.controller().get("/tables/" + name + "/externalview").expect(200).body(),
        objects());
  }

  private Set<String> objects() throws IOException {
    try (Stream<Path> files = Files.walk(cluster.deepStore())) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> cluster.deepStore().relativize(file).toString())
          .filter(file -> file.startsWith(name + "_"))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  Rest.Answer ingest(String format, String content) throws IOException, InterruptedException {
    return cluster.controller().ingest(name, format, "rows." + format, content);
  }

  Rest.Answer ingest(String format, byte[] content) throws IOException, InterruptedException {
    return cluster.controller().ingest(name, format, "rows." + format, content);
  }

  Rest.Answer upload(byte[] archive) throws IOException, InterruptedException {
    return cluster.controller().uploadSegment(name, "segment.tar.gz", archive);
  }

  /// The archive of a segment with these rows.
  byte[] archive(Path folder, String segment, String csv) throws IOException {
    Path file = folder.resolve(segment + ".csv");
    Files.writeString(file, csv);
    TableLoader loader = new TableLoader(schema, config, folder.resolve("work"), 1_000_000);
    try (TableLoader.Built built =
        loader.build(List.of(file), ReadOptions.DEFAULTS, segment, rows -> {})) {
      return Files.readAllBytes(built.archives().getFirst());
    }
  }
}
