package io.cuvee.execution.expression;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.json.JsonDocuments;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/// How values are written as JSON.
final class JsonText {
  private JsonText() {}

  /// The JSON of a value, absent for NULL and for numbers that JSON does not have.
  ///
  /// @param value in the Java form of a literal, or a `String`
  static @Nullable String of(@Nullable Object value, ColumnType type) {
    if (value == null) {
      return null;
    }
    if (type.isArray()) {
      StringJoiner elements = new StringJoiner(",", "[", "]");
      for (Object element : (List<?>) value) {
        elements.add(String.valueOf(of(element, type.elementType())));
      }
      return elements.toString();
    }
    return switch (type.dataType()) {
      case INT, LONG, BOOLEAN -> TextForms.text(value, type);
      case FLOAT, DOUBLE -> {
        double number = (Double) value;
        yield Double.isFinite(number) ? TextForms.text(value, type) : null;
      }
      case BIG_DECIMAL -> JsonDocuments.text((BigDecimal) value);
      case JSON -> {
        byte[] document = ((byte[]) value);
        String text = new String(document, StandardCharsets.UTF_8);
        yield JsonDocuments.parse(document, 0, document.length).isMissingNode()
            ? quoted(text)
            : text;
      }
      case STRING, TIMESTAMP, DATE, TIME, UUID, BYTES ->
          quoted(value instanceof String text ? text : TextForms.text(value, type));
    };
  }

  static String quoted(String text) {
    return "\"" + new String(JsonStringEncoder.getInstance().quoteAsString(text)) + "\"";
  }
}
