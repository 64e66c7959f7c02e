package io.cuvee.execution.json;

import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.math.BigDecimal;

/// Reads JSON documents. Thread-safe.
public final class JsonDocuments {
  private static final JsonMapper MAPPER =
      JsonMapper.builder(
              com.fasterxml.jackson.core.JsonFactory.builder()
                  .streamReadConstraints(
                      StreamReadConstraints.builder()
                          .maxNestingDepth(500)
                          .maxStringLength(Integer.MAX_VALUE)
                          .build())
                  .build())
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .disable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
          .build();

  /// Numbers with more zeros than this are written with an exponent.
  private static final int MAX_ZEROS = 40;

  private JsonDocuments() {}

  /// The document in a stretch of bytes; a missing node if they are no JSON.
  public static JsonNode parse(byte[] bytes, int offset, int length) {
    try {
      JsonNode node = MAPPER.readTree(bytes, offset, length);
      return node == null ? MissingNode.getInstance() : node;
    } catch (IOException notJson) {
      return MissingNode.getInstance();
    }
  }

  /// A scalar as a text: strings without quotes, equal numbers in one form.
  public static String text(JsonNode scalar) {
    return scalar.isNumber() ? text(scalar.decimalValue()) : scalar.asText();
  }

  /// The form of a number.
  public static String text(BigDecimal number) {
    BigDecimal plain = number.stripTrailingZeros();
    return Math.abs((long) plain.scale()) > MAX_ZEROS ? plain.toString() : plain.toPlainString();
  }
}
