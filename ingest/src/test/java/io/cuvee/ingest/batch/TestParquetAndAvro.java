package io.cuvee.ingest.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestParquetAndAvro {
  private static final String ALL_TYPES =
      """
      SELECT i::INTEGER AS i, (i * 10000000000)::BIGINT AS l, (i / 4)::FLOAT AS f, (i / 8)::DOUBLE AS d,
        (i / 100)::DECIMAL(30, 2) AS n, i % 2 = 0 AS b, 'ž' || i AS s, DATE '2001-01-31' + i::INTEGER AS day,
        TIMESTAMP '2001-01-31 23:59:59.123' + INTERVAL (i) DAY AS at, [i, i + 1]::INTEGER[] AS list,
        CASE WHEN i % 3 = 0 THEN NULL ELSE i END::INTEGER AS gaps,
        CASE WHEN i % 3 = 0 THEN NULL WHEN i % 3 = 1 THEN [] ELSE ['x'] END::VARCHAR[] AS lists
      FROM range(0, 9000) r(i)
      """;

  @TempDir Path dir;

  private Path parquet(String query, String options) throws SQLException {
    Path file = dir.resolve("t.parquet");
    try (Connection connection = DriverManager.getConnection("jdbc:duckdb:");
        Statement statement = connection.createStatement()) {
      statement.execute("COPY (" + query + ") TO '" + file + "' (FORMAT parquet" + options + ")");
    }
    return file;
  }

  @Test
  void parquetOfEveryTypeIsReadWithItsOwnTypes() throws SQLException {
    for (String codec : List.of("zstd", "snappy", "gzip", "uncompressed")) {
      Path file = parquet(ALL_TYPES, ", COMPRESSION " + codec + ", ROW_GROUP_SIZE 2048");
      Schema schema = RecordFiles.inferSchema(file, ReadOptions.DEFAULTS, "t");
      assertThat(schema.fields())
          .extracting(field -> field.name() + " " + field.type())
          .containsExactly(
              "i INT",
              "l LONG",
              "f FLOAT",
              "d DOUBLE",
              "n BIG_DECIMAL",
              "b BOOLEAN",
              "s STRING",
              "day DATE",
              "at TIMESTAMP",
              "list INT_ARRAY",
              "gaps INT",
              "lists STRING_ARRAY");
      List<String> rows = RowTexts.read(file, schema);
      assertThat(rows).hasSize(9000);
      assertThat(rows.get(0))
          .isEqualTo("0|0|0.0|0.0|0.00|1|ž0|11353|980985599123|[0, 1]|NULL|NULL");
      assertThat(rows.get(8999))
          .isEqualTo(
              "8999|89990000000000|2249.75|1124.875|89.99|0|ž8999|20352|1758499199123|[8999, 9000]|8999|[x]");
      assertThat(rows.get(4)).endsWith("|4|[]");
    }
  }

  @Test
  void aTypeThatDoesNotFitNamesRowAndColumn() throws SQLException {
    Path file = parquet("SELECT 'abc' AS i UNION ALL SELECT '5'", "");
    Schema schema = Schema.of("t", List.of(FieldSpec.dimension("i", ColumnType.INT)));
    assertThatThrownBy(() -> RowTexts.read(file, schema))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT))
        .hasMessageContaining("t.parquet, row 1: column 'i' is INT, but the value is 'abc'");
  }

  @Test
  void aGroupOfValuesIsNoColumn() throws SQLException {
    Path file = parquet("SELECT 1 AS i, {'a': 5, 'b': 6} AS g", "");
    FieldSpec i = FieldSpec.dimension("i", ColumnType.INT);
    assertThatThrownBy(() ->
            RowTexts.read(
                file, Schema.of("t", List.of(i, FieldSpec.dimension("G", ColumnType.INT)))))
        .isInstanceOf(CuveeException.class)
        .hasMessage(
            "t.parquet: column 'g' is a group of several values, which does not fit INT. Name its"
                + " values in the schema, as 'g.a'.");
    assertThat(
            RowTexts.read(
                file, Schema.of("t", List.of(i, FieldSpec.dimension("g.b", ColumnType.INT)))))
        .containsExactly("1|6");
  }

  @Test
  void aTruncatedFileIsRefused() throws SQLException, IOException {
    Path file = parquet(ALL_TYPES, "");
    byte[] bytes = Files.readAllBytes(file);
    Path cut =
        Files.write(dir.resolve("cut.parquet"), java.util.Arrays.copyOf(bytes, bytes.length / 2));
    Schema schema = Schema.of("t", List.of(FieldSpec.dimension("i", ColumnType.INT)));
    assertThatThrownBy(() -> RowTexts.read(cut, schema))
        .isInstanceOf(CuveeException.class)
        .hasMessageContaining("cut.parquet cannot be read as a Parquet file");
  }

  @Test
  void avroRecordsKeepTheirTypes() throws IOException {
    org.apache.avro.Schema avro =
        new org.apache.avro.Schema.Parser()
            .parse(
                """
                {"type":"record","name":"r","fields":[
                 {"name":"i","type":["null","int"]},{"name":"s","type":"string"},
                 {"name":"at","type":{"type":"long","logicalType":"timestamp-micros"}},
                 {"name":"tags","type":{"type":"array","items":"string"}},
                 {"name":"m","type":{"type":"map","values":"int"}}]}
                """);
    Path file = dir.resolve("t.avro");
    try (DataFileWriter<GenericRecord> writer =
        new DataFileWriter<>(new GenericDatumWriter<>(avro))) {
      writer.create(avro, file.toFile());
      GenericRecord record = new GenericData.Record(avro);
      record.put("i", null);
      record.put("s", "ž");
      record.put("at", -1_000L);
      record.put("tags", List.of("a", "b"));
      record.put("m", java.util.Map.of("k", 1));
      writer.append(record);
    }
    Schema schema = RecordFiles.inferSchema(file, ReadOptions.DEFAULTS, "t");
    assertThat(schema.fields())
        .extracting(field -> field.name() + " " + field.type())
        .containsExactly("i INT", "s STRING", "at TIMESTAMP", "tags STRING_ARRAY", "m JSON");
    assertThat(RowTexts.read(file, schema)).containsExactly("NULL|ž|-1|[a, b]|{\"k\": 1}");
  }
}
