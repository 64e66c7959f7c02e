package io.cuvee.execution.expression;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.json.JsonDocuments;
import io.cuvee.execution.json.JsonFilter;
import io.cuvee.execution.json.JsonPath;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.BytesValuesBuilder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Functions of JSON documents. Paths and conditions that are the same for all rows are read once.
/// What is no JSON is as an empty document.
final class JsonKernels {
  private JsonKernels() {}

  static void register(Map<String, Factory> all) {
    all.put("JSON_MATCH", (arguments, _) -> match(arguments));
    all.put("JSON_EXTRACT_KEY", JsonKernels::keys);
    all.put("TO_JSON", JsonKernels::toJson);
    all.put("JSON_OBJECT", (operands, type) -> made(operands, type, true));
    all.put("JSON_ARRAY", (operands, type) -> made(operands, type, false));
    all.put("JSON_EXTRACT_SCALAR", (arguments, _) -> extract(arguments.subList(0, 2)));
  }

  private static Kernel match(List<Operand> arguments) {
    JsonFilter constant = constant(arguments.get(1), JsonFilter::parse);
    return RowKernels.toLong(
        arguments,
        (values, row) -> {
          JsonFilter filter =
              constant != null ? constant : JsonFilter.parse(((BytesValues) values[1]).text(row));
          return filter.matches(document((BytesValues) values[0], row)) ? 1 : 0;
        },
        ColumnType.STRING);
  }

  private static Kernel extract(List<Operand> arguments) {
    JsonPath constant = constant(arguments.get(1), JsonPath::parse);
    return RowKernels.toText(
        arguments,
        (values, row, out) -> {
          JsonPath path =
              constant != null ? constant : JsonPath.parse(((BytesValues) values[1]).text(row));
          append(path.find(document((BytesValues) values[0], row)), out);
        },
        ColumnType.STRING);
  }

  private static Kernel keys(List<Operand> arguments, ColumnType type) {
    JsonPath constant = constant(arguments.get(1), JsonPath::parse);
    return RowKernels.toObject(
        arguments,
        type,
        values -> {
          JsonPath path =
              constant != null
                  ? constant
                  : JsonPath.parse((String) Objects.requireNonNull(values[1]));
          byte[] document =
              ((String) Objects.requireNonNull(values[0])).getBytes(StandardCharsets.UTF_8);
          return RegexKernels.bytes(path.places(JsonDocuments.parse(document, 0, document.length)));
        },
        ColumnType.STRING);
  }

  private static Kernel toJson(List<Operand> operands, ColumnType type) {
    ColumnType argument = operands.getFirst().type();
    // Not as texts, whose bytes are what is written.
    return RowKernels.toObject(
        operands, type, arguments -> JsonText.of(arguments[0], argument), argument);
  }

  /// An object of keys and JSON, or an array of JSON; the first argument says whether NULLs are
  /// left out.
  private static Kernel made(List<Operand> operands, ColumnType type, boolean object) {
    ColumnType[] types = new ColumnType[operands.size()];
    Arrays.fill(types, ColumnType.STRING);
    types[0] = ColumnType.BOOLEAN;
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          boolean absent = arguments[0] instanceof Long truth && truth != 0;
          StringJoiner members =
              object ? new StringJoiner(",", "{", "}") : new StringJoiner(",", "[", "]");
          for (int i = 1; i < arguments.length; i += object ? 2 : 1) {
            Object value = arguments[object ? i + 1 : i];
            if (object && arguments[i] == null) {
              throw new CuveeException(
                  ErrorCode.DATA_EXCEPTION, "JSON_OBJECT: a key must not be NULL.");
            }
            if (value != null || !absent) {
              String json = value == null ? "null" : (String) value;
              members.add(
                  object
                      ? JsonText.quoted((String) Objects.requireNonNull(arguments[i])) + ":" + json
                      : json);
            }
          }
          return members.toString();
        },
        false,
        types);
  }

  private static void append(JsonNode found, BytesValuesBuilder out) {
    if (found.isMissingNode() || found.isNull()) {
      out.appendNull();
    } else {
      String text = found.isContainerNode() ? found.toString() : JsonDocuments.text(found);
      out.append(text.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static JsonNode document(BytesValues texts, int row) {
    return JsonDocuments.parse(texts.bytes(), texts.offsets()[row], texts.length(row));
  }

  private static <T> @Nullable T constant(Operand operand, Function<String, T> reader) {
    if (!(operand.constant() instanceof byte[] bytes)) {
      return null;
    }
    try {
      return reader.apply(new String(bytes, StandardCharsets.UTF_8));
    } catch (CuveeException wrong) {
      // Fails for the rows that need it.
      return null;
    }
  }
}
