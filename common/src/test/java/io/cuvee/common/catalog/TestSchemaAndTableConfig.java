package io.cuvee.common.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestSchemaAndTableConfig {
  @Test
  void aPinotSchemaIsReadAndWrittenBack() {
    Schema schema =
        Schema.parse(
            """
            {"schemaName":"trips","primaryKeyColumns":["id"],"strange":1,
             "dimensionFieldSpecs":[{"name":"id","dataType":"LONG","notNull":true},
               {"name":"tags","dataType":"STRING","singleValueField":false,"maxLength":7}],
             "metricFieldSpecs":[{"name":"fare","dataType":"DOUBLE","defaultNullValue":-1}],
             "dateTimeFieldSpecs":[{"name":"at","dataType":"TIMESTAMP","format":"TIMESTAMP","granularity":"1:MINUTES"}]}
            """);
    assertThat(schema.fields())
        .extracting(field -> field.name() + " " + field.type())
        .containsExactly("id LONG", "tags STRING_ARRAY", "fare DOUBLE", "at TIMESTAMP");
    assertThat(schema.field("fare").orElseThrow().defaultText()).contains("-1");
    assertThat(schema.unknownKeys()).containsExactlyInAnyOrder("/strange", "/tags/maxLength");
    Schema again = Schema.parse(schema.toJson());
    assertThat(again.fields()).isEqualTo(schema.fields());
    assertThat(again.primaryKey()).containsExactly("id");
  }

  @Test
  void schemaErrorsNameThePlace() {
    assertThatThrownBy(() -> Schema.parse("{")).hasMessageContaining("schema is not valid JSON");
    assertThatThrownBy(() -> Schema.parse("{}")).hasMessageContaining("'schemaName'");
    assertThatThrownBy(() -> Schema.parse("{\"schemaName\":\"a/../b\",\"dimensionFieldSpecs\":[]}"))
        .hasMessageContaining("Schema name 'a/../b' is not valid");
    assertThatThrownBy(() ->
            Schema.parse(
                "{\"schemaName\":\"t\",\"dimensionFieldSpecs\":[{\"name\":\"x\",\"dataType\":\"INTT\"}]}"))
        .hasMessageContaining("Column 'x' of schema 't': Unknown data type 'INTT'");
    assertThatThrownBy(() ->
            Schema.of(
                "t",
                java.util.List.of(
                    FieldSpec.dimension("a", ColumnType.INT),
                    FieldSpec.dimension("A", ColumnType.of(DataType.INT)))))
        .hasMessageContaining("'A' twice");
  }

  @Test
  void aPinotTableConfigIsReadAndUnknownKeysAreReported() {
    TableConfig config =
        TableConfig.parse(
            """
            {"tableName":"trips_OFFLINE","tableType":"OFFLINE","isDimTable":true,
             "segmentsConfig":{"replication":"3","timeColumnName":"at","retentionTimeUnit":"DAYS"},
             "tableIndexConfig":{"sortedColumn":["at"],"invertedIndexColumns":["id"],"bloomFilterColumns":["id"]},
             "quota":{"storage":"1.5G"},"tenants":{},"metadata":{"x":1},"query":{"timeoutMs":5}}
            """);
    assertThat(config.physicalName()).isEqualTo("trips_OFFLINE");
    assertThat(config.logicalName()).isEqualTo("trips");
    assertThat(config.replication()).isEqualTo(3);
    assertThat(config.isDimension()).isTrue();
    assertThat(config.sortedColumns()).containsExactly("at");
    assertThat(config.quotaStorage().orElseThrow().bytes()).isEqualTo(3L << 29);
    assertThat(config.unknownKeys()).containsExactly("/query");
    assertThat(config.bloomFilters()).containsOnly(Map.entry("id", BloomFilterConfig.DEFAULT));
  }

  @Test
  void indexesMayStandInListsOrWithTheirColumns() {
    TableConfig config =
        TableConfig.parse(
            """
            {"tableName":"t",
             "tableIndexConfig":{"rangeIndexColumns":["a"],"jsonIndexColumns":["j"],
               "noDictionaryConfig":{"m":"ZSTANDARD","n":"MINE"},
               "jsonIndexConfigs":{"k":{"maxLevels":2}},
               "bloomFilterConfigs":{"b":{"fpp":0.01,"maxSizeInBytes":4096}}},
             "fieldConfigList":[
               {"name":"c","encodingType":"RAW","indexTypes":["RANGE","FST"]},
               {"name":"d","indexes":{"inverted":{},"bloom":{"fpp":0.2},"json":{"disabled":true},
                 "h3":{}},"compressionCodec":"lz4"},
               {"name":"e","indexTypes":["TEXT"],"properties":{"stopWordInclude":"x",
                 "luceneAnalyzerClass":"org.apache.lucene.analysis.standard.StandardAnalyzer"}},
               {"name":"f","indexes":{"text":{"luceneAnalyzerClass":"Mine"}}},
               {"name":"g","indexes":{"text":{"disabled":true}},"compressionCodec":"PASS_THROUGH"},
               {"name":"h","compressionCodec":"GZIP"},{"name":"i","compressionCodec":null}]}
            """);
    assertThat(config.rangeIndexColumns()).containsExactly("a", "c");
    assertThat(config.noDictionaryColumns()).containsExactly("c", "m", "n");
    assertThat(config.invertedIndexColumns()).containsExactly("d");
    assertThat(config.jsonIndexColumns()).containsExactly("j", "k");
    assertThat(config.textIndexColumns()).containsExactly("e", "f");
    assertThat(config.compressionCodecs())
        .containsOnly(
            Map.entry("d", CompressionCodec.LZ4),
            Map.entry("g", CompressionCodec.PASS_THROUGH),
            Map.entry("m", CompressionCodec.ZSTANDARD));
    assertThat(config.bloomFilters())
        .containsOnly(
            Map.entry("b", new BloomFilterConfig(0.01, 4096)),
            Map.entry("d", new BloomFilterConfig(0.2, 0)));
    assertThat(config.unknownKeys())
        .containsExactlyInAnyOrder(
            "/fieldConfigList/0/indexTypes/FST",
            "/fieldConfigList/1/indexes/h3",
            "/fieldConfigList/5/compressionCodec/GZIP",
            "/tableIndexConfig/noDictionaryConfig/n/MINE",
            "/fieldConfigList/2/properties/stopWordInclude",
            "/fieldConfigList/3/indexes/text/luceneAnalyzerClass",
            "/tableIndexConfig/jsonIndexConfigs/k/maxLevels");
    assertThatThrownBy(() ->
            TableConfig.parse(
                """
                {"tableName":"t","tableIndexConfig":{"bloomFilterConfigs":{"b":{"fpp":1.5}}}}
                """))
        .hasMessageContaining("fpp is 1.5");
  }

  @Test
  void tableConfigErrorsNameTheKey() {
    assertThatThrownBy(() -> TableConfig.parse("{\"tableName\":\"t\",\"tableType\":\"X\"}"))
        .hasMessageContaining("tableType is 'X'");
    assertThatThrownBy(() ->
            TableConfig.parse("{\"tableName\":\"t\",\"segmentsConfig\":{\"replication\":\"0\"}}"))
        .hasMessageContaining("replication is 0");
  }

  private static TableConfig segmentsConfig(String json) {
    return TableConfig.parse("{\"tableName\": \"t\", \"tableType\": \"OFFLINE\", " + json + "}");
  }

  @Test
  void retentionIsANumberOfUnits() {
    assertThat(
            segmentsConfig(
                    "\"segmentsConfig\": {\"retentionTimeUnit\": \"days\", \"retentionTimeValue\": \"3\"}")
                .retention())
        .contains(java.time.Duration.ofDays(3));
    assertThat(
            segmentsConfig(
                    "\"segmentsConfig\": {\"retentionTimeUnit\": \"DAYS\", \"retentionTimeValue\": \"\"}")
                .retention())
        .isEmpty();
    for (String bad :
        new String[] {
          "\"retentionTimeValue\": \"3\"",
          "\"retentionTimeUnit\": \"MOONS\", \"retentionTimeValue\": \"3\"",
          "\"retentionTimeUnit\": \"DAYS\", \"retentionTimeValue\": \"0\"",
          "\"retentionTimeUnit\": \"DAYS\", \"retentionTimeValue\": \"9223372036854775807\""
        }) {
      assertThatThrownBy(() -> segmentsConfig("\"segmentsConfig\": {" + bad + "}"))
          .as(bad)
          .hasMessageContaining("retentionTimeUnit");
    }
  }

  @Test
  void partitionFunctionsAreReadByColumn() {
    String form =
        "\"tableIndexConfig\": {\"segmentPartitionConfig\": {\"columnPartitionMap\": {\"k\": {\"functionName\": \"%s\", \"numPartitions\": %d}}}}";
    assertThat(segmentsConfig(form.formatted("murmur", 4)).partitioning())
        .containsExactly(
            java.util.Map.entry("k", new PartitionFunction(PartitionFunction.Kind.MURMUR, 4)));
    assertThatThrownBy(() -> segmentsConfig(form.formatted("Fnv", 4)))
        .hasMessageContaining("Use Murmur");
    assertThatThrownBy(() -> segmentsConfig(form.formatted("Modulo", 0)))
        .hasMessageContaining("at least 1");
  }

  private static TableConfig grouped(String layout, String more) {
    return TableConfig.parse(
        """
        {"tableName": "t", "segmentsConfig": {"replication": "2"%s},
         "tableIndexConfig": {"segmentPartitionConfig": {"columnPartitionMap": {
           "member": {"functionName": "Murmur", "numPartitions": 8}}}},
         "instanceAssignmentConfigMap": {
           "COMPLETED": {"replicaGroupPartitionConfig": {"replicaGroupBased": true}},
           "OFFLINE": {
             "tagPoolConfig": {"tag": "fast_OFFLINE", "poolBased": true, "numPools": 0, "pools": [1, 2]},
             "replicaGroupPartitionConfig": {"replicaGroupBased": true, "numInstances": 0, %s}}}}
        """
            .formatted(more, layout));
  }

  @Test
  void replicaGroupsAreReadAsPinotWritesThem() {
    TableConfig config =
        grouped(
            """
            "numReplicaGroups": 3, "numInstancesPerReplicaGroup": 4, "numInstancesPerPartition": 2,
            "partitionColumn": "member", "numPartitions": 0, "strange": 1
            """,
            "");
    ReplicaGroupConfig groups = config.replicaGroups().orElseThrow();
    assertThat(groups)
        .isEqualTo(
            new ReplicaGroupConfig(
                3, 4, Optional.of("member"), 8, 2, Optional.of("fast"), true, List.of(1, 2), 0));
    assertThat(config.replication()).isEqualTo(3);
    assertThat(config.unknownKeys())
        .containsExactlyInAnyOrder(
            "/instanceAssignmentConfigMap/COMPLETED",
            "/instanceAssignmentConfigMap/OFFLINE/replicaGroupPartitionConfig/strange");
    assertThat(
            grouped(
                    "\"minimizeDataMovement\": true",
                    ", \"replicaGroupStrategyConfig\": {\"partitionColumn\": \"member\"}")
                .replicaGroups()
                .orElseThrow())
        .isEqualTo(
            new ReplicaGroupConfig(
                2, 0, Optional.of("member"), 8, 0, Optional.of("fast"), true, List.of(1, 2), 0));
    assertThatThrownBy(() -> grouped("\"numPartitions\": 4", ""))
        .hasMessageContaining("replicaGroupPartitionConfig.numPartitions is 4. Name the column");
    assertThatThrownBy(() -> grouped("\"partitionColumn\": \"other\"", ""))
        .hasMessageContaining("partitionColumn is 'other'")
        .hasMessageContaining("segmentPartitionConfig");
    assertThatThrownBy(() -> grouped("\"numReplicaGroups\": -1", ""))
        .hasMessageContaining("numReplicaGroups is -1. Use 0 to 1000.");
    assertThatThrownBy(() ->
            grouped("\"numInstancesPerReplicaGroup\": 2, \"numInstancesPerPartition\": 3", ""))
        .hasMessageContaining("numInstancesPerPartition is 3");
  }
}
