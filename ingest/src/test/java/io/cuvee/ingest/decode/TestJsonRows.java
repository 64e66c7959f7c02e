package io.cuvee.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.transform.IngestionRules;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TestJsonRows {
  private static final Schema SCHEMA =
      Schema.parse(
          """
          {"schemaName": "t", "dimensionFieldSpecs": [
            {"name": "name", "dataType": "STRING"},
            {"name": "tags", "dataType": "STRING", "singleValueField": false},
            {"name": "id", "dataType": "INT", "notNull": true}]}
          """);

  private static List<String> texts(String body) {
    JsonRows rows =
        JsonRows.parse(body.getBytes(StandardCharsets.UTF_8), IngestionRules.none(SCHEMA));
    List<String> texts = new ArrayList<>();
    ByteBuffer bytes = rows.rows();
    while (bytes.hasRemaining()) {
      byte[] row = new byte[bytes.getInt()];
      bytes.get(row);
      texts.add(new String(row, StandardCharsets.UTF_8));
    }
    assertThat(texts).hasSize(rows.count());
    return texts;
  }

  private static final String A =
      "{\"id\": 1, \"name\": \"Zoë } \\\" 日本\", \"tags\": [\"a\", \"\"]}";
  private static final String B = "{\"ID\":2,\"name\":null}";

  @Test
  void arrayAndLinesGiveTheTextsOfTheRows() {
    assertThat(texts("[" + A + " ,\n" + B + "]\n")).containsExactly(A, B);
    assertThat(texts(A + "\n" + B + "\r\n\r\n")).containsExactly(A, B);
    assertThat(texts("\uFEFF" + A + B)).containsExactly(A, B);
    assertThat(texts(B)).containsExactly(B);
    assertThat(texts("[{\n\"id\":\n3\n}]")).containsExactly("{\n\"id\":\n3\n}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", " \n ", "[ ]"})
  void thereMayBeNoRows(String body) {
    assertThat(texts(body)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\":1}\\n{\"id\":\"x\"} | Row 2 ",
        "[{\"id\":1},{\"nme\":\"x\",\"id\":2}] | Row 2 of the request: There is no column 'nme'."
            + " Did you mean 'name'?",
        "{\"id\":1,\"id\":2} | has two values",
        "{\"name\":\"x\"} | Row 1 ",
        "[{\"id\":1} | Row 2 ",
        "{\"id\":1 | Row 1 ",
        "[{\"id\":1}] {\"id\":2} | something follows",
        "[1] | must be a JSON object",
        "7 | must be a JSON object",
        "{\"id\":1} 7 | must be a JSON object",
        "{\"id\":3000000000} | Row 1 ",
        "nonsense | Row 1 ",
      })
  void whatDoesNotFitIsRefusedAndNamed(String body, String message) {
    assertThatThrownBy(() -> texts(body.replace("\\n", "\n")))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_INPUT))
        .hasMessageContaining(message.strip());
  }

  @Test
  void otherEncodingsAreRefused() {
    assertThatThrownBy(() ->
            JsonRows.parse(
                "{\"id\":1}".getBytes(StandardCharsets.UTF_16LE), IngestionRules.none(SCHEMA)))
        .isInstanceOf(CuveeException.class);
  }
}
