package io.cuvee.execution.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.error.CuveeException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

final class TestJsonFilter {
  private static final String PERSON =
      """
      {"name": "adam", "age": 30, "score": 5.50, "tall": true, "nick": null, "a.b": {"c d": "é"},
       "addresses": [
         {"street": "main st", "number": 112, "country": "us"},
         {"street": "second st", "number": 2, "country": "us", "types": ["home", "office"]},
         {"street": "third", "number": 112, "country": "ca"}],
       "skills": ["english", "java"], "empty": [], "nested": [[1, 2], [3]]}\
      """;

  private static JsonNode json(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    return JsonDocuments.parse(bytes, 0, bytes.length);
  }

  private static boolean matches(String filter) {
    return JsonFilter.parse(filter).matches(json(PERSON));
  }

  @Test
  void comparisonsHoldIfSomeElementIsSo() {
    assertThat(
            List.of(
                "\"$.name\" = 'adam'",
                "name = 'adam'",
                "\"name\"='adam'",
                "\"$.age\" = 30 AND \"$.score\" = 5.5",
                "\"$.age\" = '30'",
                "\"$.score\" = 5.5000",
                "\"$.tall\" = true",
                "\"$.tall\" = 'true'",
                "\"$['a.b']['c d']\" = 'é'",
                "\"$.skills[*]\" IN ('java', 'go')",
                "\"$.skills[1]\" = 'java'",
                "\"$.nested[*][*]\" = 3",
                "\"$.nested[0][1]\" = 2",
                "\"$.age\" > 29 AND \"$.age\" BETWEEN 30 AND 31",
                "\"$.addresses[*].types[*]\" LIKE 'off%'",
                "REGEXP_LIKE(\"$.name\", '^a.a')",
                "\"$.nick\" IS NULL",
                "\"$.other\" IS NULL",
                "\"$.addresses\" IS NOT NULL",
                "\"$.name\" <> 'eve'",
                "\"$.skills[*]\" NOT IN ('go', 'rust')",
                "\"$.name\" = 'eve' OR (\"$.age\" >= 30 AND \"$.age\" <= 30)"))
        .allMatch(TestJsonFilter::matches);
    assertThat(
            List.of(
                "\"$.name\" = 'Adam'",
                "\"$.skills[0]\" = 'java'",
                "\"$.nested[1][1]\" = 2",
                "\"$.nick\" = 'null'",
                "\"$.nick\" IS NOT NULL",
                "\"$.empty[*]\" IS NOT NULL",
                "\"$.name\" > 5",
                "\"$.addresses\" = 'x'",
                "\"$.skills[*]\" <> 'java'",
                "\"$.age\" < 30"))
        .noneMatch(TestJsonFilter::matches);
  }

  @Test
  void conditionsOnOneArraySpeakOfTheSameElement() {
    assertThat(matches("\"$.addresses[*].number\" = 112 AND \"$.addresses[*].street\" = 'main st'"))
        .isTrue();
    assertThat(matches("\"$.addresses[*].number\" = 2 AND \"$.addresses[*].street\" = 'main st'"))
        .isFalse();
    assertThat(matches("\"$.addresses[0].number\" = 112 AND \"$.addresses[*].country\" = 'ca'"))
        .isFalse();
    assertThat(matches("\"$.addresses[*].country\" = 'us' AND \"$.skills[*]\" = 'java'")).isTrue();
  }

  @Test
  void whatIsNoConditionIsRefused() {
    for (String wrong :
        List.of(
            "",
            "\"$.a\"",
            "\"$.a\" =",
            "\"$.a\" = 'x",
            "\"$.a\" = 'x' AND",
            "\"$.a\" = x",
            "\"$.a[\" = 1",
            "\"$.a[-1]\" = 1",
            "\"$..a\" = 1",
            "(\"$.a\" = 1",
            "\"$.a\" = 1 2",
            "REGEXP_LIKE(\"$.a\", '(')",
            "\"$.a\" <> 1 AND \"$.b\" = 1",
            "\"$.a\" IS NULL OR \"$.b\" = 1",
            "(".repeat(1000) + "\"$.a\" = 1" + ")".repeat(1000))) {
      assertThatThrownBy(() -> JsonFilter.parse(wrong))
          .as(wrong)
          .isInstanceOf(CuveeException.class);
    }
  }

  @Test
  void whatIsNoJsonIsAsAnEmptyDocument() {
    assertThat(JsonFilter.parse("\"$.a\" = 1").matches(json("{"))).isFalse();
    assertThat(JsonFilter.parse("\"$.a\" <> 1").matches(json(""))).isTrue();
    assertThat(JsonFilter.parse("\"$\" = 7").matches(json("7"))).isTrue();
    assertThat(JsonFilter.parse("\"$[*]\" = 7").matches(json("[1, 7]"))).isTrue();
  }

  @Test
  void hugeDocumentsAndNumbersDoNoHarm() {
    String numbers = "{\"n\": 1e999999999, \"m\": 0.1e-99999}";
    assertThat(JsonFilter.parse("\"$.n\" > 5").matches(json(numbers))).isTrue();
    StringBuilder wide = new StringBuilder("{");
    for (String name : List.of("a", "b", "c")) {
      wide.append(wide.length() > 1 ? "," : "").append('"').append(name).append("\": [0");
      wide.append(",1".repeat(99)).append(']');
    }
    JsonNode document = json(wide.append('}').toString());
    assertThat(JsonFilter.parse("\"$.a[*]\" = 1").matches(document)).isTrue();
    assertThatThrownBy(() ->
            JsonFilter.parse("\"$.a[*]\" = 1 AND \"$.b[*]\" = 1 AND \"$.c[*]\" = 1")
                .matches(document))
        .hasMessageContaining("combinations");
  }
}
