package io.cuvee.execution.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// The condition of JSON_MATCH. A document is taken apart into *records*: one for each way to
/// choose one element of every array in it. AND, OR and comparisons hold for a document if they
/// hold within one record, so that conditions on `$.a[*].x` and `$.a[*].y` speak of the same
/// element. `<>`, NOT IN and IS NULL are the opposite of `=`, IN and IS NOT NULL for the whole
/// document, and stand alone. NULLs in documents are as good as absent. Immutable and thread-safe.
///
/// @param condition without the opposite
/// @param negate whether documents pass for which `condition` does not hold
public record JsonFilter(Node condition, boolean negate) {
  private static final int MAX_RECORDS = 10_000;

  /// What an object or an array has for a value.
  private enum Container {
    VALUE
  }

  /// A part of a condition.
  public sealed interface Node {}

  public record And(List<Node> parts) implements Node {}

  public record Or(List<Node> parts) implements Node {}

  /// What is asked of the value at a path.
  ///
  /// @param values the texts that the value may have; absent if `test` says
  /// @param test of a value's text; absent asks only whether there is a value
  public record Test(
      JsonPath path, String pattern, @Nullable Set<String> values, @Nullable Predicate<String> test)
      implements Node {
    /// Whether a scalar with this text passes.
    public boolean accepts(String text) {
      return values != null ? values.contains(text) : test == null || test.test(text);
    }
  }

  /// @throws CuveeException `DATA_EXCEPTION` that says where the text is no condition
  public static JsonFilter parse(String text) {
    return new JsonFilterParser(text).parse();
  }

  /// Whether a document passes.
  public boolean matches(JsonNode document) {
    Set<String> wanted = new HashSet<>();
    collect(condition, wanted);
    for (Map<String, Object> record : records(document, "", wanted)) {
      if (holds(condition, record)) {
        return !negate;
      }
    }
    return negate;
  }

  private static void collect(Node node, Set<String> patterns) {
    switch (node) {
      case And and -> and.parts.forEach(part -> collect(part, patterns));
      case Or or -> or.parts.forEach(part -> collect(part, patterns));
      case Test test -> patterns.add(test.pattern);
    }
  }

  private static boolean holds(Node node, Map<String, Object> record) {
    return switch (node) {
      case And and -> and.parts.stream().allMatch(part -> holds(part, record));
      case Or or -> or.parts.stream().anyMatch(part -> holds(part, record));
      case Test test -> {
        Object value = record.get(test.pattern);
        boolean holds =
            value instanceof Container
                ? test.values == null && test.test == null
                : value != null && test.accepts((String) value);
        yield holds && (!test.path.hasIndexes() || isAtIndexes(test.path, record));
      }
    };
  }

  private static boolean isAtIndexes(JsonPath path, Map<String, Object> record) {
    String pattern = "";
    for (Object step : path.steps()) {
      pattern = step instanceof String key ? JsonPath.key(pattern, key) : JsonPath.element(pattern);
      if (step instanceof Integer index && !Objects.equals(record.get(chosen(pattern)), index)) {
        return false;
      }
    }
    return true;
  }

  /// Under which the number of the chosen element is kept.
  private static String chosen(String pattern) {
    return pattern + '#';
  }

  /// The records of a node, with what lies at the wanted patterns and above them.
  private static List<Map<String, Object>> records(
      JsonNode node, String pattern, Set<String> wanted) {
    List<Map<String, Object>> records = List.of(new HashMap<>());
    if (node.isNull() || node.isMissingNode()) {
      return records;
    }
    if (node.isObject()) {
      for (Map.Entry<String, JsonNode> field : node.properties()) {
        String inner = JsonPath.key(pattern, field.getKey());
        if (isWanted(inner, wanted)) {
          records = product(records, records(field.getValue(), inner, wanted));
        }
      }
    } else if (node.isArray() && !node.isEmpty()) {
      String inner = JsonPath.element(pattern);
      if (isWanted(inner, wanted)) {
        records = new ArrayList<>();
        for (int i = 0; i < node.size(); i++) {
          List<Map<String, Object>> ofElement = records(node.get(i), inner, wanted);
          for (Map<String, Object> record : ofElement) {
            record.put(chosen(inner), i);
          }
          records.addAll(ofElement);
          checkCount(records.size());
        }
      }
    }
    if (wanted.contains(pattern)) {
      Object value = node.isContainerNode() ? Container.VALUE : JsonDocuments.text(node);
      records.forEach(record -> record.put(pattern, value));
    }
    return records;
  }

  private static boolean isWanted(String pattern, Set<String> wanted) {
    for (String each : wanted) {
      if (each.startsWith(pattern)) {
        return true;
      }
    }
    return false;
  }

  private static List<Map<String, Object>> product(
      List<Map<String, Object>> left, List<Map<String, Object>> right) {
    checkCount((long) left.size() * right.size());
    List<Map<String, Object>> both = new ArrayList<>(left.size() * right.size());
    for (Map<String, Object> one : left) {
      for (Map<String, Object> other : right) {
        Map<String, Object> record = new HashMap<>(one);
        record.putAll(other);
        both.add(record);
      }
    }
    return both;
  }

  private static void checkCount(long records) {
    if (records > MAX_RECORDS) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "JSON_MATCH: a document has more than "
              + MAX_RECORDS
              + " combinations of elements of its arrays. Put conditions on fewer arrays together.");
    }
  }
}
