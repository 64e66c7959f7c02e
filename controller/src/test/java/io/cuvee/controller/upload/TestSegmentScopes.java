package io.cuvee.controller.upload;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentScope.TimeRange;
import io.cuvee.common.catalog.PartitionFunction;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.batch.FileFormat;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.format.SegmentMetadata;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestSegmentScopes {
  private static final Schema SCHEMA =
      Schema.parse(
          """
          {"schemaName": "t",
           "dimensionFieldSpecs": [
             {"name": "k", "dataType": "STRING"},
             {"name": "n", "dataType": "LONG"}],
           "dateTimeFieldSpecs": [
             {"name": "ts", "dataType": "LONG", "format": "1:SECONDS:EPOCH", "granularity": "1:SECONDS"}]}
          """);

  @TempDir private Path directory;

  private static TableConfig config(String noDictionary) {
    return TableConfig.parse(
        """
        {"tableName": "t", "tableType": "OFFLINE",
         "segmentsConfig": {"timeColumnName": "ts"},
         "tableIndexConfig": {"noDictionaryColumns": [%s],
           "segmentPartitionConfig": {"columnPartitionMap": {
             "k": {"functionName": "Murmur", "numPartitions": 8},
             "n": {"functionName": "Modulo", "numPartitions": 4}}}}}
        """
            .formatted(noDictionary));
  }

  private SegmentScope scope(TableConfig config, String csv) throws IOException {
    Path work = Files.createTempDirectory(directory, "build");
    Path file = Files.writeString(work.resolve("rows.csv"), csv);
    Path target = work.resolve("segment");
    try (PageSource rows =
        RecordFiles.open(file, ReadOptions.DEFAULTS.withFormat(FileFormat.CSV), SCHEMA)) {
      SegmentMetadata metadata =
          new SegmentBuilder(SegmentSpec.of(config, "s", SCHEMA)).build(rows, target);
      return SegmentScopes.of(config, metadata, target);
    }
  }

  @Test
  void timesAndPartitionsAreThoseOfTheRows() throws Exception {
    PartitionFunction murmur = new PartitionFunction(PartitionFunction.Kind.MURMUR, 8);
    Set<Integer> ids = new HashSet<>();
    for (String key : new String[] {"a", "Zürich"}) {
      ids.add(murmur.partition(key.getBytes(StandardCharsets.UTF_8)));
    }
    for (String noDictionary : new String[] {"", "\"k\", \"n\""}) {
      SegmentScope scope =
          scope(config(noDictionary), "k,n,ts\na,2,100\nZürich,-2,50\n,,\na,6,75\n");
      assertThat(scope.time()).contains(new TimeRange("ts", 50, 100, true));
      assertThat(scope.partitions())
          .isEqualTo(
              Map.of(
                  "k",
                  new SegmentScope.Partitions(murmur, ids),
                  "n",
                  new SegmentScope.Partitions(
                      new PartitionFunction(PartitionFunction.Kind.MODULO, 4), Set.of(2))));
    }
  }

  @Test
  void recordsKeepThem() throws Exception {
    SegmentScope scope = scope(config(""), "k,n,ts\na,2,100\n");
    SegmentRecord record =
        new SegmentRecord("t_OFFLINE", "s", 1, "file:///x", 1, 1, 1, false, Map.of(), scope);
    assertThat(SegmentRecord.parse(record.toJson())).isEqualTo(record);
    SegmentRecord older = new SegmentRecord("t_OFFLINE", "s", 1, "file:///x", 1, 1, 1);
    assertThat(SegmentRecord.parse(older.toJson())).isEqualTo(older);
  }

  @Test
  void rowsWithoutTimeAndKeySayNothing() throws Exception {
    SegmentScope scope = scope(config(""), "k,n,ts\n,,\n");
    assertThat(scope.time()).isEmpty();
    assertThat(scope.partitions().get("k").ids()).isEmpty();
  }
}
