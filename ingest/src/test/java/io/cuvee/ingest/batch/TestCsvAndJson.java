package io.cuvee.ingest.batch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.github.luben.zstd.Zstd;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestCsvAndJson {
  private static final Schema SCHEMA =
      Schema.of(
          "t",
          List.of(
              FieldSpec.dimension("id", ColumnType.INT),
              FieldSpec.dimension("name", ColumnType.STRING),
              FieldSpec.dimension("at", ColumnType.TIMESTAMP),
              FieldSpec.dimension("tags", ColumnType.arrayOf(DataType.STRING)),
              FieldSpec.dimension("price", ColumnType.BIG_DECIMAL)));

  @TempDir Path dir;

  private Path file(String name, String text) throws IOException {
    return Files.writeString(dir.resolve(name), text);
  }

  @Test
  void csvColumnsAreMatchedByNameInAnyOrderAndCase() throws IOException {
    Path file =
        file(
            "a.csv",
            "\uFEFFNAME,unused,id,tags,at\n\"a,\"\"b\"\"\",x,1,p;q,2001-01-31 23:59:59.5\nž,,2,,1000\n");
    assertThat(RowTexts.read(file, SCHEMA))
        .containsExactly("1|a,\"b\"|980985599500|[p, q]|NULL", "2|ž|1000|NULL|NULL");
  }

  @Test
  void compressedFilesAreReadAlike() throws IOException {
    byte[] plain = "id,name\n1,a\n".getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream gzip = new ByteArrayOutputStream();
    try (GZIPOutputStream out = new GZIPOutputStream(gzip)) {
      out.write(plain);
    }
    Path gz = Files.write(dir.resolve("a.csv.gz"), gzip.toByteArray());
    Path zst = Files.write(dir.resolve("a.csv.zst"), Zstd.compress(plain));
    assertThat(RowTexts.read(gz, SCHEMA)).containsExactly("1|a|NULL|NULL|NULL");
    assertThat(RowTexts.read(zst, SCHEMA)).containsExactly("1|a|NULL|NULL|NULL");
  }

  @Test
  void aBadValueNamesFileLineColumnAndValue() throws IOException {
    Path file = file("a.csv", "id,name\n1,a\nx7,b\n");
    assertInvalid(file, "a.csv, line 3: column 'id' is INT, but the value is 'x7'");
  }

  @Test
  void aNumberBeyondTheTypeIsRefused() throws IOException {
    assertInvalid(
        file("a.csv", "id\n3000000000\n"),
        "line 2: column 'id' is INT, but the value is 3000000000");
  }

  @Test
  void aLineWithTooFewFieldsIsRefused() throws IOException {
    assertInvalid(
        file("a.csv", "id,name\n1\n"),
        "line 2: the line has 1 fields, but the header names 2 columns");
  }

  @Test
  void aQuoteThatIsNeverClosedIsRefused() throws IOException {
    assertInvalid(file("a.csv", "id,name\n1,a\n2,\"b\n3,c\n"), "a.csv, line 3: a quote (\")");
    assertInvalid(file("b.csv", "id,\"name\n1,a\n"), "b.csv");
  }

  @Test
  void quotesInsideOfValuesAreHarmless() throws IOException {
    Path file =
        file("a.csv", "id,name\n1,5\" pipe\n2,\"say \"\"hi\"\"\"\n3,\"two\nlines\"\n4,\"\"\n");
    assertThat(RowTexts.read(file, SCHEMA))
        .containsExactly(
            "1|5\" pipe|NULL|NULL|NULL",
            "2|say \"hi\"|NULL|NULL|NULL",
            "3|two\nlines|NULL|NULL|NULL",
            "4|NULL|NULL|NULL|NULL");
  }

  @Test
  void textThatIsNotUtf8IsRefused() throws IOException {
    Path file =
        Files.write(
            dir.resolve("a.csv"),
            new byte[] {'i', 'd', ',', 'n', 'a', 'm', 'e', '\n', '1', ',', (byte) 0xff, '\n'});
    assertInvalid(file, "cannot be read as CSV in UTF-8");
  }

  @Test
  void timesFinerThanMillisecondsAreRefusedUnlessTheFieldTruncates() throws IOException {
    Path file = file("a.csv", "at\n2001-01-01 00:00:00.123456\n");
    assertInvalid(file, "finer than milliseconds");
    Schema truncating =
        Schema.of(
            "t",
            List.of(
                new FieldSpec(
                    "at",
                    ColumnType.TIMESTAMP,
                    FieldSpec.Role.DATE_TIME,
                    false,
                    null,
                    "TIMESTAMP|truncate",
                    null)));
    assertThat(RowTexts.read(file, truncating)).containsExactly("978307200123");
  }

  @Test
  void missingValuesTakeTheDefaultThatTheSchemaStates() throws IOException {
    Schema schema =
        Schema.of(
            "t",
            List.of(
                FieldSpec.dimension("id", ColumnType.INT),
                new FieldSpec(
                    "n", ColumnType.LONG, FieldSpec.Role.METRIC, false, "-7", null, null)));
    assertThat(RowTexts.read(file("a.csv", "id,n\n1,\n2,5\n"), schema))
        .containsExactly("1|-7", "2|5");
  }

  @Test
  void aMissingValueOfANotNullColumnNamesItsLine() throws IOException {
    Schema schema =
        Schema.of(
            "t",
            List.of(
                new FieldSpec(
                    "id", ColumnType.INT, FieldSpec.Role.DIMENSION, true, null, null, null),
                FieldSpec.dimension("name", ColumnType.STRING)));
    for (Path file :
        List.of(
            file("a.csv", "id,name\n1,a\n,b\n"),
            file("a.json", "{\"id\":1}\n\n{\"name\":\"b\"}\n"))) {
      assertThatThrownBy(() -> RowTexts.read(file, schema))
          .isInstanceOf(CuveeException.class)
          .hasMessageContaining(
              file.getFileName() + ", line 3: column 'id' is INT, but the value is NULL");
    }
  }

  @Test
  void jsonIsReadAsLinesAndAsOneArray() throws IOException {
    String a =
        "{\"id\":1,\"name\":\"x\",\"tags\":[\"p\",\"q\"],\"price\":1.250,\"other\":{\"a\":1}}";
    String b = "{\"id\":2,\"name\":null,\"at\":\"2001-01-01T00:00:00+01:00\",\"tags\":\"solo\"}";
    List<String> expected = List.of("1|x|NULL|[p, q]|1.250", "2|NULL|978303600000|[solo]|NULL");
    assertThat(RowTexts.read(file("a.json", a + "\n" + b + "\n"), SCHEMA)).isEqualTo(expected);
    assertThat(RowTexts.read(file("b.json", "[" + a + ",\n" + b + "]"), SCHEMA))
        .isEqualTo(expected);
  }

  @Test
  void aJsonColumnTakesValuesAndTheirText() throws IOException {
    Schema schema =
        Schema.of(
            "t",
            List.of(
                FieldSpec.dimension("j", ColumnType.JSON),
                FieldSpec.dimension("a", ColumnType.arrayOf(DataType.JSON))));
    Path file =
        file(
            "a.json",
            """
            {"j": {"k":1}, "a": [{"k":1}, 2]}
            {"j": "{\\"k\\":1}", "a": ["{\\"k\\":1}", "2"]}
            {"j": "plain {text", "a": ["plain"]}
            """);
    assertThat(RowTexts.read(file, schema))
        .containsExactly(
            "{\"k\":1}|[{\"k\":1}, 2]", "{\"k\":1}|[{\"k\":1}, 2]", "\"plain {text\"|[\"plain\"]");
  }

  @Test
  void brokenJsonNamesTheLine() throws IOException {
    assertInvalid(file("a.json", "{\"id\":1}\n{\"id\":\n"), "a.json, line");
    assertInvalid(
        file("b.json", "{\"id\":1}\n17\n"), "b.json, line 2: a record must be a JSON object");
  }

  @Test
  void theSchemaOfACsvFileIsGuessedFromItsValues() throws IOException {
    Path file =
        file(
            "a.csv",
            "i,d,b,t,day,code,s,empty\n1,1,true,2001-01-01 01:02:03,2001-01-01,00501,a,\n2,2.5,false,2001-01-01,2002-02-02,00502,2,\n");
    assertThat(RecordFiles.inferSchema(file, ReadOptions.DEFAULTS, "g").fields())
        .extracting(field -> field.name() + " " + field.type())
        .containsExactly(
            "i LONG",
            "d DOUBLE",
            "b BOOLEAN",
            "t TIMESTAMP",
            "day DATE",
            "code STRING",
            "s STRING",
            "empty STRING");
  }

  @Test
  void theSchemaOfAJsonFileIsGuessedFromItsValues() throws IOException {
    Path file =
        file(
            "a.json",
            "{\"i\":1,\"n\":null,\"l\":[1,2],\"o\":{\"a\":1},\"s\":\"7\"}\n{\"i\":1.5,\"n\":true,\"m\":\"2001-01-01T00:00:00Z\"}\n");
    assertThat(RecordFiles.inferSchema(file, ReadOptions.DEFAULTS, "g").fields())
        .extracting(field -> field.name() + " " + field.type())
        .containsExactly(
            "i DOUBLE", "n BOOLEAN", "l LONG_ARRAY", "o JSON", "s STRING", "m TIMESTAMP");
  }

  @Test
  void aFileWithoutAnyColumnOfTheSchemaIsRefused() throws IOException {
    assertInvalid(
        file("a.csv", "x,y\n1,2\n"), "none of its columns (x, y) is a column of the schema 't'");
  }

  private static void assertInvalid(Path file, String message) {
    assertThatThrownBy(() -> RowTexts.read(file, SCHEMA))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT))
        .hasMessageContaining(message);
  }
}
