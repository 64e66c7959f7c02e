package io.cuvee.ingest.transform;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.ingest.decode.DecodedRows;
import io.cuvee.ingest.decode.JsonRows;
import io.cuvee.ingest.decode.MessageDecoder;
import io.cuvee.ingest.decode.RowDecoder;
import io.cuvee.ingest.stream.StreamConfig;
import io.cuvee.ingest.stream.StreamMessage;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Events of groups that have topics, after the example of Pinot's documents.
class TestNestedFields {
  private static final Schema SCHEMA =
      Schema.parse(
          """
          {"schemaName": "meetups", "dimensionFieldSpecs": [
            {"name": "event", "dataType": "STRING"}, {"name": "city", "dataType": "STRING"},
            {"name": "group.topics.name", "dataType": "STRING"},
            {"name": "group.topics.tags", "dataType": "STRING", "singleValueField": false},
            {"name": "members", "dataType": "STRING"},
            {"name": "dates", "dataType": "INT", "singleValueField": false}]}
          """);
  private static final String RECORD =
      """
      {"event": "run", "group": {"city": "Bern", "topics": [
         {"name": "fun", "tags": ["a", "b"]}, {"name": "health", "tags": ["c"]}],
        "members": [{"id": 1}, {"id": 2}]}, "dates": [1, 2]}
      """;
  private static final String CONFIG =
      """
      {"fieldsToUnnest": ["group.topics"],
       "prefixesToRename": {"group.city": "city", "group.members": "members"}}
      """;
  private static final List<String> ROWS =
      List.of(
          "run|Bern|fun|[a, b]|[{\"id\":1},{\"id\":2}]|[1, 2]",
          "run|Bern|health|[c]|[{\"id\":1},{\"id\":2}]|[1, 2]");

  @TempDir private Path directory;

  private static IngestionRules rules(String complexTypes) {
    return IngestionRules.of(
        TableConfig.parse(
            """
            {"tableName": "meetups", "tableType": "OFFLINE",
             "segmentsConfig": {"schemaName": "meetups"},
             "ingestionConfig": {"complexTypeConfig": %s}}
            """
                .formatted(complexTypes)),
        SCHEMA);
  }

  private static NestedFields nested(String complexTypes) {
    return rules(complexTypes).nested().orElseThrow();
  }

  private static List<String> texts(Page page) {
    List<String> rows = new ArrayList<>();
    for (int row = 0; row < page.rowCount(); row++) {
      int at = row;
      rows.add(
          String.join("|", page.columns().stream().map(values -> text(values.get(at))).toList()));
    }
    return rows;
  }

  private static String text(Object value) {
    return switch (value) {
      case null -> "NULL";
      case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
      case List<?> list -> list.stream().map(TestNestedFields::text).toList().toString();
      case Object[] array -> text(List.of(array));
      default -> value.toString();
    };
  }

  @Test
  void eachElementOfAMessageBecomesARow() {
    List<String> rejected = new ArrayList<>();
    IngestionRules rules = rules(CONFIG);
    MessageDecoder messages =
        MessageDecoder.of(StreamConfig.parse(Map.of("streamType", "rows")), SCHEMA, rules.nested());
    RowDecoder decoder =
        new RowDecoder(
            rules, messages, (message, reason) -> rejected.add(message.offset() + reason));
    DecodedRows rows =
        decoder.decode(
            List.of(
                message(7, RECORD),
                // The second row does not fit, so none is stored.
                message(8, "{\"group\": {\"topics\": [{\"name\": \"a\"}, {\"name\": [\"b\"]}]}}"),
                message(9, "{\"event\": \"none\", \"dates\": [3]}"),
                message(10, "[]")));
    assertThat(texts(rows.page())).startsWith(ROWS.get(0), ROWS.get(1)).hasSize(3);
    assertThat(rows.offsets()).containsExactly(7, 7, 9);
    assertThat(rejected).hasSize(1 + 1);
    assertThat(rejected.getFirst()).startsWith("8");
  }

  private static StreamMessage message(long offset, String text) {
    return new StreamMessage(offset, 0, null, text.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void filesAndPostedRowsAreReadAlike() throws IOException {
    Path json = Files.writeString(directory.resolve("rows.json"), RECORD + RECORD);
    try (PageSource rows = RecordFiles.open(json, ReadOptions.DEFAULTS, rules(CONFIG))) {
      List<String> twice = new ArrayList<>(ROWS);
      twice.addAll(ROWS);
      assertThat(texts(rows.next())).isEqualTo(twice);
      assertThat(rows.next()).isNull();
    }
    assertThat(JsonRows.parse(bytes(RECORD + RECORD), rules(CONFIG)).count()).isEqualTo(2);
    assertThatThrownBy(() -> JsonRows.parse(bytes(RECORD + "{\"dates\": [\"x\"]}"), rules(CONFIG)))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("Row 2");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void avroFilesToo() throws IOException {
    org.apache.avro.Schema schema =
        new org.apache.avro.Schema.Parser()
            .parse(
                """
                {"type": "record", "name": "Event", "fields": [
                  {"name": "event", "type": "string"},
                  {"name": "group", "type": {"type": "record", "name": "Group", "fields": [
                    {"name": "city", "type": ["null", "string"]},
                    {"name": "topics", "type": {"type": "array", "items": {
                      "type": "record", "name": "Topic", "fields": [
                        {"name": "name", "type": "string"}]}}}]}}]}
                """);
    GenericRecord group = new GenericData.Record(schema.getField("group").schema());
    List<GenericRecord> topics = new ArrayList<>();
    for (String name : List.of("fun", "health")) {
      GenericRecord topic =
          new GenericData.Record(group.getSchema().getField("topics").schema().getElementType());
      topic.put("name", name);
      topics.add(topic);
    }
    group.put("city", "Bern");
    group.put("topics", topics);
    GenericRecord event = new GenericData.Record(schema);
    event.put("event", "run");
    event.put("group", group);
    Path file = directory.resolve("rows.avro");
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new GenericDatumWriter<>(schema))) {
      writer.create(schema, file.toFile());
      writer.append(event);
    }
    try (PageSource rows = RecordFiles.open(file, ReadOptions.DEFAULTS, rules(CONFIG))) {
      assertThat(texts(rows.next()))
          .containsExactly("run|Bern|fun|NULL|NULL|NULL", "run|Bern|health|NULL|NULL|NULL");
    }
  }

  @Test
  void delimiterAndListsAreConfigured() {
    assertThat(
            nested("{\"delimiter\": \"_\", \"collectionNotUnnestedToJson\": \"ALL\"}")
                .rows(tree("{\"a\": {\"b\": {\"c\": 1}, \"d\": [1, 2]}}"))
                .toString())
        .isEqualTo("[{a_b_c=1, a_d=\"[1,2]\"}]");
    assertThat(
            nested("{\"collectionNotUnnestedToJson\": \"NONE\"}")
                .rows(tree("{\"a\": [{\"b\": 1}]}"))
                .toString())
        .isEqualTo("[{a=[{\"b\":1}]}]");
  }

  @Test
  void listsWithinListsMultiplyWithinABound() {
    NestedFields nested = nested("{\"fieldsToUnnest\": [\"a.b\", \"a\", \"c\"]}");
    assertThat(
            nested
                .rows(tree("{\"a\": [{\"b\": [1, 2]}, {\"b\": []}, 3], \"c\": [{\"x\": 1}]}"))
                .toString())
        .isEqualTo("[{a.b=1, c.x=1}, {a.b=2, c.x=1}, {c.x=1}, {a=3, c.x=1}]");
    String many = "[" + "1,".repeat(200) + "1]";
    assertThatThrownBy(() -> nested.rows(tree("{\"a\": " + many + ", \"c\": " + many + "}")))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("10000 rows");
  }

  @Test
  void whatCannotBeDoneIsRefused() {
    NestedFields nested = nested("{\"prefixesToRename\": {\"a.\": \"\"}}");
    assertThatThrownBy(() -> nested.rows(tree("{\"a\": {\"b\": 1}, \"b\": 2}")))
        .hasMessageContaining("'a.b' becomes 'b'");
    assertThatThrownBy(() -> rules("{\"collectionNotUnnestedToJson\": \"SOME\"}"))
        .hasMessageContaining("NON_PRIMITIVE");
  }

  private static JsonNode tree(String text) {
    try {
      return JsonFields.READER.readTree(text);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
