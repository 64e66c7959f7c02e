package io.cuvee.controller.table;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.ingest.decode.DecodedRows;
import io.cuvee.ingest.decode.JsonDecoder;
import io.cuvee.ingest.decode.JsonRows;
import io.cuvee.ingest.decode.RowDecoder;
import io.cuvee.ingest.stream.StreamMessage;
import io.cuvee.ingest.transform.IngestionRules;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// With the SQL that tables are configured with.
class TestIngestionRules {
  private static final Schema SCHEMA =
      Schema.parse(
          """
          {"schemaName": "visits",
           "dimensionFieldSpecs": [
             {"name": "id", "dataType": "LONG"},
             {"name": "page", "dataType": "STRING", "defaultNullValue": "none"},
             {"name": "host", "dataType": "STRING"},
             {"name": "tags", "dataType": "STRING", "singleValueField": false},
             {"name": "ratio", "dataType": "DOUBLE", "notNull": true}],
           "metricFieldSpecs": [
             {"name": "n", "dataType": "LONG"}, {"name": "total", "dataType": "DOUBLE"}],
           "dateTimeFieldSpecs": [
             {"name": "at", "dataType": "TIMESTAMP", "format": "TIMESTAMP",
              "granularity": "1:MILLISECONDS"},
             {"name": "day", "dataType": "DATE", "format": "DATE", "granularity": "1:DAYS"}]}
          """);

  @TempDir Path directory;

  private final List<String> rejected = new ArrayList<>();

  private static IngestionRules rules(String ingestion) {
    return IngestionRules.of(table("REALTIME", ingestion), SCHEMA);
  }

  private static TableConfig table(String type, String ingestion) {
    return TableConfig.parse(
        "{\"tableName\": \"visits\", \"tableType\": \""
            + type
            + "\", \"segmentsConfig\": {\"timeColumnName\": \"at\"}, \"ingestionConfig\": "
            + ingestion
            + "}");
  }

  private DecodedRows decode(IngestionRules rules, String... messages) {
    return new RowDecoder(
            rules,
            new JsonDecoder(),
            (message, reason) -> rejected.add(message.offset() + ": " + reason))
        .decode(
            IntStream.range(0, messages.length)
                .mapToObj(i ->
                    new StreamMessage(
                        100 + i, 0, null, messages[i].getBytes(StandardCharsets.UTF_8)))
                .toList());
  }

  private static List<String> column(Page page, String name) {
    int index = SCHEMA.fields().indexOf(SCHEMA.field(name).orElseThrow());
    return IntStream.range(0, page.rowCount())
        .mapToObj(row ->
            page.column(index).get(row) instanceof byte[] bytes
                ? new String(bytes, StandardCharsets.UTF_8)
                : String.valueOf(page.column(index).get(row)))
        .toList();
  }

  /// In the order in which they need each other, whatever order they are stated in.
  @Test
  void columnsAreComputedFromColumnsAndFromOtherFieldsOfTheMessage() {
    IngestionRules rules =
        rules(
            """
            {"transformConfigs": [
              {"columnName": "day", "transformFunction": "CAST(\\"at\\" AS DATE)"},
              {"columnName": "at", "transformFunction": "CAST(seconds AS BIGINT) * 1000"},
              {"columnName": "host", "transformFunction": "UPPER(\\"Server\\")"},
              {"columnName": "ratio", "transformFunction": "id / 4.0"}]}
            """);
    DecodedRows rows =
        decode(
            rules,
            """
            {"id": 1, "seconds": 86400, "Server": "a"}\
            """,
            """
            {"id": 2, "seconds": "172800", "host": "given", "Server": "b", "ratio": 9}\
            """);
    assertThat(rejected).isEmpty();
    assertThat(column(rows.page(), "at")).containsExactly("86400000", "172800000");
    assertThat(column(rows.page(), "day")).containsExactly("1", "2");
    assertThat(column(rows.page(), "host")).containsExactly("A", "given");
    assertThat(column(rows.page(), "ratio")).containsExactly("0.25", "9.0");
    assertThat(column(rows.page(), "page")).containsExactly("none", "none");
  }

  @Test
  void rowThatCannotBeComputedIsABadOneAndTheOthersAreKept() {
    IngestionRules rules =
        rules(
            """
            {"transformConfigs": [
              {"columnName": "ratio", "transformFunction": "100 / id"},
              {"columnName": "n", "transformFunction": "CAST(size AS DOUBLE)"}]}
            """);
    DecodedRows rows =
        decode(
            rules,
            "{\"id\": 4}",
            "{\"id\": 0}",
            "{\"size\": 1}",
            "{\"id\": 5, \"size\": 1.5}",
            "no JSON",
            "{\"id\": 10, \"size\": 7}");
    assertThat(column(rows.page(), "id")).containsExactly("4", "10");
    assertThat(column(rows.page(), "n")).containsExactly("null", "7");
    assertThat(rows.offsets()).containsExactly(100, 105);
    assertThat(rejected).hasSize(4);
    assertThat(String.join("\n", rejected))
        .contains("104: It is no JSON", "101: ", "102: column 'ratio' is DOUBLE")
        .contains("103: column 'n' is LONG, but the value is 1.5");
  }

  @Test
  void rowsThatTheFilterIsTrueOfAreLeftOutAndAreNoBadOnes() {
    IngestionRules rules =
        rules(
            """
            {"transformConfigs": [{"columnName": "host", "transformFunction": "LOWER(server)"}],
             "filterConfig": {"filterFunction": "host = 'b' OR CAST(secret AS BOOLEAN) -- no\\n"}}
            """);
    DecodedRows rows =
        decode(
            rules,
            "{\"id\": 1, \"server\": \"A\", \"ratio\": 1}",
            "{\"id\": 2, \"server\": \"B\", \"ratio\": 1}",
            "{\"id\": 3, \"secret\": true, \"ratio\": 1}",
            "{\"id\": 4, \"ratio\": 1}");
    assertThat(column(rows.page(), "id")).containsExactly("1", "4");
    assertThat(rows.offsets()).containsExactly(100, 103);
    assertThat(rejected).isEmpty();
  }

  @Test
  void eachRowHasItsPartOfTheMetricsAndASealedSegmentHasTheirSums() {
    IngestionRules rules =
        rules(
            """
            {"aggregationConfigs": [
              {"columnName": "n", "aggregationFunction": "COUNT(*)"},
              {"columnName": "total", "aggregationFunction": "sum(CAST(price AS DOUBLE))"}]}
            """);
    DecodedRows rows =
        decode(
            rules,
            "{\"id\": 1, \"ratio\": 1, \"n\": 77, \"price\": 2.5}",
            "{\"id\": 2, \"ratio\": 1, \"price\": 4}",
            "{\"id\": 1, \"ratio\": 1, \"price\": 0.5}");
    assertThat(column(rows.page(), "n")).containsExactly("1", "1", "1");
    try (MemoryBudget memory = MemoryBudget.of("test", 100 << 20, "-Xmx");
        PageSource fewer =
            rules
                .rollup()
                .orElseThrow()
                .of(
                    new Once(rows.page()),
                    QueryContext.withTimeout("test", Duration.ofMinutes(1)),
                    memory)) {
      Page page = fewer.next();
      assertThat(column(page, "id")).containsExactly("1", "2");
      assertThat(column(page, "n")).containsExactly("2", "1");
      assertThat(column(page, "total")).containsExactly("3.0", "4.0");
    }
  }

  private static final class Once implements PageSource {
    private Page page;

    Once(Page page) {
      this.page = page;
    }

    @Override
    public Page next() {
      Page next = page;
      page = null;
      return next;
    }

    @Override
    public void close() {}
  }

  @Test
  void filesAndPostedRowsAreTreatedAsMessagesAre() throws Exception {
    IngestionRules rules =
        rules(
            """
            {"transformConfigs": [{"columnName": "ratio", "transformFunction": "100 / id"}],
             "filterConfig": {"filterFunction": "id > 10"}}
            """);
    Path file = Files.writeString(directory.resolve("rows.csv"), "id,page\n1,x\n20,y\n4,z\n");
    try (PageSource rows = RecordFiles.open(file, ReadOptions.DEFAULTS, rules)) {
      assertThat(column(rows.next(), "ratio")).containsExactly("100.0", "25.0");
    }
    Path bad = Files.writeString(directory.resolve("bad.csv"), "id,page\n1,x\n0,y\n");
    try (PageSource rows = RecordFiles.open(bad, ReadOptions.DEFAULTS, rules)) {
      assertThatThrownBy(rows::next)
          .isInstanceOf(CuveeException.class)
          .hasMessageContaining("row 2");
    }
    byte[] posted = "[{\"id\": 1}, {\"id\": 0}]".getBytes(StandardCharsets.UTF_8);
    assertThatThrownBy(() -> JsonRows.parse(posted, rules))
        .hasMessageContaining("Row 2 of the request")
        .hasMessageContaining("No row was written");
  }

  @Test
  void whatCannotBeDoneIsRefusedWithTheReason() {
    refused("{\"transformConfigs\": [{\"columnName\": \"hots\", \"transformFunction\": \"id\"}]}")
        .contains("'hots' is not a column", "host");
    refused("{\"transformConfigs\": [{\"columnName\": \"n\", \"transformFunction\": \"n + 1\"}]}")
        .contains("need each other");
    refused("{\"filterConfig\": {\"filterFunction\": \"id + 1\"}}").contains("must be a condition");
    refused("{\"filterConfig\": {\"filterFunction\": \"Groovy({id > 1}, id)\"}}")
        .contains("Groovy is not run");
    refused("{\"filterConfig\": {\"filterFunction\": \"\\\"at\\\" < now()\"}}")
        .contains("reads the clock");
    refused("{\"filterConfig\": {\"filterFunction\": \"SUM(id) > 1\"}}").contains("SUM(id) > 1");
    refused("{\"filterConfig\": {\"filterFunction\": \"id IN (SELECT 1)\"}}").contains("SELECT 1");
    refused("{\"filterConfig\": {\"filterFunction\": \"id >\"}}").contains("id >");
    refused(
            "{\"aggregationConfigs\": [{\"columnName\": \"n\", \"aggregationFunction\":"
                + " \"DISTINCTCOUNTHLL(id)\"}]}")
        .contains("DISTINCTCOUNTHLL(id)");
    refused(
            "{\"aggregationConfigs\": [{\"columnName\": \"n\", \"aggregationFunction\":"
                + " \"COUNT(*)\"}]}")
        .contains("metric 'total' has no aggregationConfigs");
    assertThatThrownBy(() ->
            IngestionRules.of(
                table(
                    "OFFLINE",
                    "{\"aggregationConfigs\": [{\"columnName\": \"n\", \"aggregationFunction\":"
                        + " \"COUNT(*)\"}]}"),
                SCHEMA))
        .hasMessageContaining("REALTIME");
  }

  private static org.assertj.core.api.AbstractStringAssert<?> refused(String ingestion) {
    try {
      var _ = rules(ingestion);
    } catch (CuveeException e) {
      assertThat(e.code()).isIn(ErrorCode.INVALID_TABLE, ErrorCode.FEATURE_NOT_SUPPORTED);
      return assertThat(e.getMessage()).startsWith("Table 'visits': ingestionConfig: ");
    }
    throw new AssertionError("was not refused: " + ingestion);
  }

  @Test
  void allBadRowsOfALargeBatchAreFound() {
    IngestionRules rules =
        rules(
            "{\"transformConfigs\": [{\"columnName\": \"ratio\", \"transformFunction\":"
                + " \"100 / id\"}]}");
    String[] messages =
        IntStream.range(0, 3000)
            .mapToObj(i -> "{\"id\": " + (i % 7 == 0 ? 0 : i) + "}")
            .toArray(String[]::new);
    DecodedRows rows = decode(rules, messages);
    assertThat(rejected).hasSize(429);
    assertThat(column(rows.page(), "id").stream().map(Integer::valueOf).collect(Collectors.toSet()))
        .hasSize(3000 - 429)
        .allMatch(id -> id % 7 != 0);
  }
}
