package io.cuvee.common.catalog;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestKeyConfig {
  private static final Schema SCHEMA =
      Schema.parse(
          """
          {"schemaName": "t", "primaryKeyColumns": ["k"],
           "dimensionFieldSpecs": [{"name": "k", "dataType": "STRING"},
             {"name": "gone", "dataType": "BOOLEAN"},
             {"name": "tags", "dataType": "STRING", "singleValueField": false}],
           "metricFieldSpecs": [{"name": "n", "dataType": "LONG"}, {"name": "d", "dataType": "DOUBLE"}]}
          """);

  private static TableConfig config(String more) {
    return TableConfig.parse(
        "{\"tableName\": \"t\", \"tableType\": \"REALTIME\", \"segmentsConfig\": {}, %s}"
            .formatted(more));
  }

  private static List<String> problems(String more) {
    TableConfig config = config(more);
    return config.keys().orElseThrow().problems(config, SCHEMA);
  }

  @Test
  void pinotsKeysAreRead() {
    TableConfig config =
        config(
            """
            "upsertConfig": {"mode": "partial", "comparisonColumns": ["n"],
              "partialUpsertStrategies": {"d": "increment", "tags": "UNION"},
              "defaultPartialUpsertStrategy": "IGNORE", "deleteRecordColumn": "gone",
              "metadataTTL": 60, "deletedKeysTTL": 30.0, "enableSnapshot": true}
            """);
    assertThat(config.keys())
        .contains(
            new KeyConfig(
                KeyConfig.Mode.PARTIAL,
                Optional.of("n"),
                Map.of("d", MergeStrategy.INCREMENT, "tags", MergeStrategy.UNION),
                MergeStrategy.IGNORE,
                Optional.of("gone"),
                60,
                30));
    assertThat(config.keys().orElseThrow().problems(config, SCHEMA)).isEmpty();
    assertThat(config.unknownKeys()).containsExactly("/upsertConfig/enableSnapshot");
    assertThat(config("\"dedupConfig\": {\"dedupEnabled\": true}").keys().orElseThrow().mode())
        .isEqualTo(KeyConfig.Mode.DEDUP);
  }

  @Test
  void whatIsSwitchedOffIsNotThere() {
    assertThat(config("\"upsertConfig\": {\"mode\": \"NONE\"}").keys()).isEmpty();
    assertThat(config("\"dedupConfig\": {\"dedupEnabled\": false}").keys()).isEmpty();
    assertThat(config("\"dedupConfig\": null, \"upsertConfig\": null").keys()).isEmpty();
  }

  @Test
  void whatCannotWorkIsRefused() {
    assertThatThrownBy(() -> config("\"upsertConfig\": {}, \"dedupConfig\": {}"))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("keep one of them");
    assertThatThrownBy(() -> config("\"upsertConfig\": {\"mode\": \"SOME\"}"))
        .hasMessageContaining("use FULL, PARTIAL or NONE");
    assertThatThrownBy(() -> config("\"upsertConfig\": {\"comparisonColumns\": [\"a\", \"b\"]}"))
        .hasMessageContaining("name one");
    assertThatThrownBy(() -> config("\"upsertConfig\": {\"metadataTTL\": -1}"))
        .hasMessageContaining("metadataTTL is -1");
    assertThatThrownBy(() ->
            config(
                "\"upsertConfig\": {\"mode\": \"PARTIAL\", \"partialUpsertStrategies\": {\"n\": \"ADD\"}}"))
        .hasMessageContaining("'ADD' is no partial upsert strategy");
    assertThat(problems("\"upsertConfig\": {}")).isEmpty();
    assertThat(problems("\"upsertConfig\": {\"comparisonColumns\": [\"k\"]}"))
        .singleElement()
        .asString()
        .contains("'k'", "STRING");
    assertThat(problems("\"upsertConfig\": {\"deleteRecordColumn\": \"n\", \"metadataTTL\": 5}"))
        .hasSize(2);
    assertThat(
            problems(
                """
                "upsertConfig": {}, "tableIndexConfig": {"sortedColumn": ["k"],
                  "enableDefaultStarTree": true}
                """))
        .hasSize(2);
    assertThat(problems("\"dedupConfig\": {}, \"tableIndexConfig\": {\"sortedColumn\": [\"k\"]}"))
        .isEmpty();
    assertThat(
            problems(
                """
                "upsertConfig": {"mode": "PARTIAL", "comparisonColumns": ["n"],
                  "partialUpsertStrategies": {"n": "MAX", "k": "MIN", "tags": "INCREMENT",
                    "d": "APPEND", "none": "IGNORE"}}
                """))
        .hasSize(5);
    assertThat(problems("\"tableType\": \"OFFLINE\", \"upsertConfig\": {}"))
        .singleElement()
        .asString()
        .contains("REALTIME");
  }

  @Test
  void aSchemaWithoutAKeyIsRefused() {
    Schema schema =
        Schema.parse(
            "{\"schemaName\": \"t\", \"dimensionFieldSpecs\": [{\"name\": \"k\", \"dataType\": \"INT\"}]}");
    TableConfig config = config("\"upsertConfig\": {}");
    assertThat(config.keys().orElseThrow().problems(config, schema))
        .singleElement()
        .asString()
        .contains("primaryKeyColumns");
  }
}
