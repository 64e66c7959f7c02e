package io.cuvee.execution.expression;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.json.JsonDocuments;
import io.cuvee.execution.json.JsonFilter;
import io.cuvee.execution.json.JsonPath;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.BytesValuesBuilder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Functions of JSON documents. Paths and conditions that are the same for all rows are read once.
/// What is no JSON is as an empty document.
final class JsonKernels {
  private JsonKernels() {}

  static void register(Map<String, Factory> all) {
    all.put("JSON_MATCH", (arguments, _) -> match(arguments));
    all.put("JSON_EXTRACT_KEY", JsonKernels::keys);
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
