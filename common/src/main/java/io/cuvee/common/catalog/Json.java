package io.cuvee.common.catalog;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;

/// JSON as all modules read and write it: no polymorphic types, bounded depth.
public final class Json {
  /// Shared; thread-safe; must not be configured further.
  public static final ObjectMapper MAPPER =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(200).build())
              .build());

  private Json() {}

  /// Parses one JSON object.
  ///
  /// @param what is being read, for the message
  /// @throws CuveeException with `code` if it is not JSON or not an object
  public static JsonNode object(String json, String what, ErrorCode code) {
    JsonNode node;
    try {
      node = MAPPER.readTree(json);
    } catch (JsonProcessingException e) {
      throw new CuveeException(
          code, "The " + what + " is not valid JSON: " + e.getOriginalMessage(), e);
    }
    if (node == null || !node.isObject()) {
      throw new CuveeException(code, "The " + what + " must be a JSON object.");
    }
    return node;
  }

  static String requiredText(JsonNode node, String key, String where, ErrorCode code) {
    JsonNode value = node.get(key);
    if (value == null || !value.isTextual() || value.asText().isBlank()) {
      throw new CuveeException(code, "The " + where + " needs a text value for '" + key + "'.");
    }
    return value.asText();
  }

  /// The values of an object as texts, in their order; none if it is no object.
  public static Map<String, String> texts(JsonNode node) {
    Map<String, String> texts = new LinkedHashMap<>();
    node.properties().forEach(entry -> texts.put(entry.getKey(), entry.getValue().asText()));
    return texts;
  }
}
