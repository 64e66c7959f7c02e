package io.cuvee.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.ingest.stream.StreamConfig;
import io.cuvee.ingest.stream.StreamMessage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestDecoders {
  private static final Schema SCHEMA =
      new Schema(
          "events",
          List.of(
              field("id", ColumnType.LONG),
              field("name", ColumnType.STRING),
              field("price", ColumnType.DOUBLE),
              field("exact", ColumnType.BIG_DECIMAL),
              field("at", ColumnType.TIMESTAMP),
              field("ok", ColumnType.BOOLEAN),
              field("tags", ColumnType.arrayOf(DataType.STRING)),
              field("extra", ColumnType.JSON)),
          List.of(),
          List.of());

  @TempDir Path directory;

  private static FieldSpec field(String name, ColumnType type) {
    return new FieldSpec(name, type, FieldSpec.Role.DIMENSION, false, null, null, null);
  }

  private static StreamMessage message(long offset, String text) {
    return new StreamMessage(offset, 0, null, text.getBytes(StandardCharsets.UTF_8));
  }

  private static List<List<Object>> rows(Page page) {
    List<List<Object>> rows = new ArrayList<>();
    for (int i = 0; i < page.rowCount(); i++) {
      List<Object> row = new ArrayList<>();
      for (int c = 0; c < page.columns().size(); c++) {
        row.add(normal(page.column(c).get(i)));
      }
      rows.add(row);
    }
    return rows;
  }

  private static Object normal(Object value) {
    return switch (value) {
      case null -> "NULL";
      case byte[] bytes -> new String(bytes, StandardCharsets.UTF_8);
      case List<?> list -> list.stream().map(TestDecoders::normal).toList();
      default -> value;
    };
  }

  private static String json(Random random, int i) {
    List<String> fields =
        new ArrayList<>(
            List.of(
                "\"id\":" + (random.nextInt(20) == 0 ? Long.MIN_VALUE : i),
                "\"NAME\":\"" + List.of("plain", "mé\\u00e9 \\\"q\\\"", "€", "").get(i % 4) + "\"",
                "\"price\":" + List.of("1.5", "3", "-2e3", "null", "\"7.25\"").get(i % 5),
                "\"exact\":" + List.of("1.10", "123456789012345678901234567890", "-0").get(i % 3),
                "\"at\":" + (i % 2 == 0 ? "1700000000000" : "\"2024-02-29 10:11:12.345\""),
                "\"ok\":" + List.of("true", "false", "1", "\"no\"").get(i % 4),
                "\"tags\":" + List.of("[]", "[\"a\",\"b\"]", "\"one\"", "null").get(i % 4),
                "\"extra\":" + List.of("{\"a\":[1,2.0]}", "\"[1]\"", "\"text\"", "5").get(i % 4),
                "\"unknown\":{\"x\":[1,{\"y\":2}]}"));
    java.util.Collections.shuffle(fields, random);
    return "{" + String.join(",", fields.subList(0, 1 + random.nextInt(fields.size()))) + "}";
  }

  @Test
  void jsonMessagesAreTheRowsOfAFile() throws Exception {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    System.out.println("seed " + seed + " (replay with -Dcuvee.random.seed=" + seed + ")");
    Random random = new Random(seed);
    List<StreamMessage> messages = new ArrayList<>();
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      String line = json(random, i);
      lines.append(line).append('\n');
      messages.add(message(i, line));
    }
    Path file = Files.writeString(directory.resolve("rows.json"), lines);
    RowDecoder decoder =
        new RowDecoder(
            SCHEMA,
            new JsonDecoder(),
            (message, reason) -> {
              throw new AssertionError(reason);
            });
    List<List<Object>> found = new ArrayList<>();
    for (int from = 0; from < messages.size(); from += 300) {
      List<StreamMessage> part = messages.subList(from, Math.min(messages.size(), from + 300));
      DecodedRows decoded = decoder.decode(part);
      assertThat(decoded.offsets()).hasSize(part.size()).startsWith(from);
      found.addAll(rows(decoded.page()));
    }
    List<List<Object>> expected = new ArrayList<>();
    try (PageSource source = RecordFiles.open(file, ReadOptions.DEFAULTS, SCHEMA)) {
      for (Page page = source.next(); page != null; page = source.next()) {
        expected.addAll(rows(page));
      }
    }
    assertThat(found).isEqualTo(expected);
  }

  @Test
  void poisonCostsOneMessageOnly() {
    List<String> rejected = new ArrayList<>();
    RowDecoder decoder =
        new RowDecoder(
            SCHEMA,
            new JsonDecoder(),
            (message, reason) -> rejected.add(message.offset() + ": " + reason));
    List<StreamMessage> messages =
        List.of(
            message(10, "{\"id\":1,\"tags\":[\"x\"]}"),
            message(11, "{\"id\":2,\"tags\":[\"y\",\"z\""),
            message(12, "{\"name\":\"n\",\"tags\":[\"y\",null],\"id\":3}"),
            message(13, "[1]"),
            message(14, ""),
            message(15, "{\"id\":1e400}"),
            message(16, "{\"id\":4}{\"id\":5}"),
            message(17, "{\"id\":4,\"ID\":5}"),
            message(18, "{\"name\":\"" + "[".repeat(3000) + "\",\"extra\":" + "[".repeat(3000)),
            new StreamMessage(19, 0, null, null),
            message(20, "{\"id\":6,\"name\":\"last\"}"));
    DecodedRows decoded = decoder.decode(messages);
    assertThat(decoded.offsets()).containsExactly(10, 20);
    assertThat(rows(decoded.page()))
        .containsExactly(
            List.of(1L, "NULL", "NULL", "NULL", "NULL", "NULL", List.of("x"), "NULL"),
            List.of(6L, "last", "NULL", "NULL", "NULL", "NULL", "NULL", "NULL"));
    assertThat(decoder.decodedCount()).isEqualTo(2);
    assertThat(decoder.rejectedCount()).isEqualTo(9);
    assertThat(rejected).hasSize(9);
    assertThat(rejected.get(0)).startsWith("11: ");
    assertThat(rejected.get(1)).contains("NULL inside an array");
    assertThat(rejected.get(5)).contains("Something follows");
    assertThat(rejected.get(6)).contains("two values");
  }

  @Test
  void csvMessagesHaveTheColumnsOfTheConfig() {
    List<String> rejected = new ArrayList<>();
    RowDecoder decoder =
        new RowDecoder(
            SCHEMA,
            new CsvDecoder(Map.of("header", "id|name|tags|other", "delimiter", "|")),
            (message, reason) -> rejected.add(reason));
    Page page =
        decoder
            .decode(
                List.of(
                    message(1, "1|\"a|b\"|x;y|?"),
                    message(2, "2||"),
                    message(3, "3|||"),
                    message(4, "x|||"),
                    message(5, "1|a||\n2|b||")))
            .page();
    assertThat(rows(page).stream().map(row -> List.of(row.get(0), row.get(1), row.get(6))))
        .containsExactly(List.of(1L, "a|b", List.of("x", "y")), List.of(3L, "NULL", "NULL"));
    assertThat(rejected).hasSize(3);
    assertThatThrownBy(() -> new CsvDecoder(Map.of()))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("header");
  }

  @Test
  void avroMessagesHaveTheSchemaOfTheConfig() throws Exception {
    org.apache.avro.Schema avro =
        SchemaBuilder.record("e")
            .fields()
            .requiredLong("id")
            .optionalString("name")
            .requiredDouble("price")
            .endRecord();
    List<StreamMessage> messages = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      GenericRecord record = new GenericData.Record(avro);
      record.put("id", (long) i);
      record.put("name", i == 1 ? null : "n" + i);
      record.put("price", i * 0.5);
      ByteArrayOutputStream bytes = new ByteArrayOutputStream();
      BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
      new GenericDatumWriter<GenericRecord>(avro).write(record, encoder);
      encoder.flush();
      byte[] value = bytes.toByteArray();
      messages.add(new StreamMessage(2L * i, 0, null, value));
      messages.add(new StreamMessage(2L * i + 1, 0, null, Arrays.copyOf(value, value.length - 3)));
      messages.add(new StreamMessage(2L * i + 1, 0, null, Arrays.copyOf(value, value.length + 1)));
    }
    List<String> rejected = new ArrayList<>();
    RowDecoder decoder =
        new RowDecoder(
            SCHEMA,
            new AvroDecoder(Map.of("schema", avro.toString())),
            (message, reason) -> rejected.add(reason));
    DecodedRows decoded = decoder.decode(messages);
    assertThat(rows(decoded.page()).stream().map(row -> row.subList(0, 3)))
        .containsExactly(List.of(0L, "n0", 0.0), List.of(1L, "NULL", 0.5), List.of(2L, "n2", 1.0));
    assertThat(decoded.offsets()).containsExactly(0, 2, 4);
    assertThat(rejected).hasSize(6);
    for (Map<String, String> wrong :
        List.of(Map.<String, String>of(), Map.of("schema", "{"), Map.of("schema", "\"int\""))) {
      assertThatThrownBy(() -> new AvroDecoder(wrong)).isInstanceOf(CuveeException.class);
    }
  }

  /// Answers for schemas as Confluent's registry does.
  private static final class Registry implements AutoCloseable {
    private final Map<Integer, String> answers = new HashMap<>();
    private final AtomicInteger asked = new AtomicInteger();
    private final HttpServer server;
    private volatile boolean isAway;

    Registry() throws IOException {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      server.createContext("/schemas/ids/", this::answer);
      server.start();
    }

    private void answer(HttpExchange exchange) throws IOException {
      asked.incrementAndGet();
      String path = exchange.getRequestURI().getPath();
      String answer = answers.get(Integer.parseInt(path.substring(path.lastIndexOf('/') + 1)));
      boolean isUser =
          "Basic dXNlcjpzZWNyZXQ=".equals(exchange.getRequestHeaders().getFirst("Authorization"));
      int status = isAway ? 503 : isUser ? answer == null ? 404 : 200 : 401;
      byte[] body =
          (answer == null ? "{\"error_code\": 40403, \"message\": \"Schema not found\"}" : answer)
              .getBytes(StandardCharsets.UTF_8);
      exchange.sendResponseHeaders(status, body.length);
      exchange.getResponseBody().write(body);
      exchange.close();
    }

    void put(int id, org.apache.avro.Schema schema) throws IOException {
      answers.put(id, new ObjectMapper().writeValueAsString(Map.of("schema", schema.toString())));
    }

    Map<String, String> properties() {
      return Map.of(
          "schema.registry.rest.url",
          "http://127.0.0.1:" + server.getAddress().getPort(),
          "schema.registry.basic.auth.user.info",
          "user:secret");
    }

    @Override
    public void close() {
      server.stop(0);
    }
  }

  private static StreamMessage numbered(long offset, int id, GenericRecord record)
      throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.write(0);
    bytes.writeBytes(ByteBuffer.allocate(4).putInt(id).array());
    BinaryEncoder encoder = EncoderFactory.get().binaryEncoder(bytes, null);
    new GenericDatumWriter<GenericRecord>(record.getSchema()).write(record, encoder);
    encoder.flush();
    return new StreamMessage(offset, 0, null, bytes.toByteArray());
  }

  private static GenericRecord idOf(org.apache.avro.Schema schema, long id) {
    GenericRecord record = new GenericData.Record(schema);
    record.put("id", id);
    return record;
  }

  @Test
  void avroMessagesMayNameTheirSchemaInARegistry() throws Exception {
    org.apache.avro.Schema one = SchemaBuilder.record("e").fields().requiredLong("id").endRecord();
    org.apache.avro.Schema two =
        SchemaBuilder.record("e").fields().requiredLong("id").optionalString("name").endRecord();
    GenericRecord named = idOf(two, 2);
    named.put("name", "n");
    try (Registry registry = new Registry()) {
      registry.put(1, one);
      registry.put(2, two);
      registry.answers.put(3, "{\"schemaType\": \"PROTOBUF\", \"schema\": \"message e {}\"}");
      registry.answers.put(4, "{\"schema\": \"\\\"int\\\"\"}");
      List<String> rejected = new ArrayList<>();
      RowDecoder decoder =
          new RowDecoder(
              SCHEMA,
              new RegistryAvroDecoder(registry.properties(), Optional.empty()),
              (message, reason) -> rejected.add(message.offset() + ": " + reason));
      List<StreamMessage> messages =
          List.of(
              numbered(10, 1, idOf(one, 1)),
              message(11, "{}"),
              numbered(12, 2, named),
              numbered(13, 3, idOf(one, 3)),
              numbered(14, 4, idOf(one, 4)),
              numbered(15, 5, idOf(one, 5)),
              numbered(16, 5, idOf(one, 6)),
              numbered(17, 1, idOf(one, 7)));
      // As long as the registry is away nothing is lost.
      registry.isAway = true;
      assertThatThrownBy(() -> decoder.decode(messages))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO))
          .hasMessageContaining("503");
      assertThat(rejected).isEmpty();
      registry.isAway = false;
      registry.asked.set(0);
      DecodedRows decoded = decoder.decode(messages);
      assertThat(decoded.offsets()).containsExactly(10, 12, 17);
      assertThat(rows(decoded.page()).stream().map(row -> row.subList(0, 2)))
          .containsExactly(List.of(1L, "NULL"), List.of(2L, "n"), List.of(7L, "NULL"));
      assertThat(rejected).hasSize(5);
      assertThat(rejected.get(1)).contains("PROTOBUF");
      assertThat(rejected.get(2)).contains("no record");
      assertThat(rejected.get(3)).contains("has no schema 5");
      assertThat(registry.asked).hasValue(5);
      // It need not answer for what it has told.
      registry.isAway = true;
      RowDecoder next =
          new RowDecoder(
              SCHEMA,
              new RegistryAvroDecoder(registry.properties(), Optional.empty()),
              (message, reason) -> rejected.add(reason));
      assertThat(next.decode(messages.subList(0, 3)).offsets()).containsExactly(10, 12);
      // An earlier message of the batch was read; it must not be there twice.
      registry.put(6, one);
      List<StreamMessage> more =
          List.of(numbered(18, 1, idOf(one, 8)), numbered(19, 6, idOf(one, 9)));
      assertThatThrownBy(() -> next.decode(more)).isInstanceOf(CuveeException.class);
      registry.isAway = false;
      assertThat(next.decode(more).offsets()).containsExactly(18, 19);
    }
    for (String wrong : List.of("", "localhost:8081", "file:///etc/passwd", "http://")) {
      assertThatThrownBy(() ->
              new RegistryAvroDecoder(Map.of("schema.registry.rest.url", wrong), Optional.empty()))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_TABLE));
    }
  }

  @Test
  void streamConfigsAreThoseOfPinot() {
    Map<String, String> configs = new HashMap<>();
    configs.put("streamType", "kafka");
    configs.put("stream.kafka.topic.name", "flights");
    configs.put("stream.kafka.broker.list", "localhost:9092");
    configs.put("stream.kafka.consumer.type", "lowlevel");
    configs.put(
        "stream.kafka.decoder.class.name",
        "org.apache.pinot.plugin.stream.kafka.KafkaJSONMessageDecoder");
    configs.put("stream.kafka.consumer.prop.auto.offset.reset", "smallest");
    configs.put("realtime.segment.flush.threshold.rows", "0");
    configs.put("realtime.segment.flush.threshold.time", "1d12h");
    configs.put("realtime.segment.flush.threshold.segment.size", "200M");
    StreamConfig config = StreamConfig.parse(configs);
    assertThat(config.topic()).isEqualTo("flights");
    assertThat(config.start()).isEqualTo(StreamConfig.Start.EARLIEST);
    assertThat(config.flush().rows()).isEqualTo(5_000_000);
    assertThat(config.flush().time()).isEqualTo(Duration.ofHours(36));
    assertThat(config.flush().size().orElseThrow().bytes()).isEqualTo(200L << 20);
    assertThat(config.properties()).isEqualTo(Map.of("broker.list", "localhost:9092"));
    assertThat(MessageDecoder.of(config, SCHEMA, Optional.empty())).isInstanceOf(JsonDecoder.class);
    configs.put("stream.kafka.decoder.class.name", "com.example.ThriftDecoder");
    StreamConfig strange = StreamConfig.parse(configs);
    assertThatThrownBy(() -> MessageDecoder.of(strange, SCHEMA, Optional.empty()))
        .hasMessageContaining("ThriftDecoder");
    for (Map.Entry<String, String> wrong :
        Map.of(
                "realtime.segment.flush.threshold.time", "6 hours",
                "realtime.segment.flush.threshold.rows", "-1",
                "realtime.segment.flush.threshold.segment.size", "big",
                "stream.kafka.topic.name", " ",
                "stream.kafka.consumer.prop.auto.offset.reset", "middle",
                "realtime.segment.unknown", "1")
            .entrySet()) {
      Map<String, String> changed = new HashMap<>(configs);
      changed.put(wrong.getKey(), wrong.getValue());
      assertThatThrownBy(() -> StreamConfig.parse(changed))
          .isInstanceOf(CuveeException.class)
          .hasMessageContaining(wrong.getKey());
    }
  }
}
