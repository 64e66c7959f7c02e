package io.cuvee.ingest.transform;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.cuvee.common.catalog.IngestionConfig.ComplexTypes;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/// Makes rows of a record with records and lists in it, as Pinot's `complexTypeConfig` says: the
/// fields of inner records get their path as their name, lists that are named become a row for each
/// element, and others may become JSON. Immutable and thread-safe.
public final class NestedFields {
  /// Of one record: lists within lists multiply.
  public static final int MAX_ROWS = 10_000;

  private final ComplexTypes config;
  private final List<String> inOrder;

  NestedFields(ComplexTypes config) {
    this.config = config;
    // A list before those within its elements.
    this.inOrder = config.fieldsToUnnest().stream().sorted().distinct().toList();
  }

  /// Writes the rows of a record; the last one is not ended yet.
  ///
  /// @throws CuveeException `INVALID_INPUT`
  public void write(JsonNode record, RowWriter rows) {
    if (!record.isObject()) {
      throw new CuveeException(ErrorCode.INVALID_INPUT, "It must be a JSON object.");
    }
    List<Map<String, JsonNode>> flat = rows(record);
    for (int i = 0; i < flat.size(); i++) {
      if (i > 0) {
        rows.endRow();
      }
      flat.get(i)
          .forEach((name, value) ->
              rows.column(name).ifPresent(column -> JsonFields.write(rows.begin(column), value)));
    }
  }

  List<Map<String, JsonNode>> rows(JsonNode record) {
    Map<String, JsonNode> fields = new LinkedHashMap<>();
    flatten("", record, fields);
    List<Map<String, JsonNode>> rows = List.of(fields);
    for (String list : inOrder) {
      rows = unnested(list, rows);
    }
    rows.forEach(this::rename);
    return rows;
  }

  private void flatten(String prefix, JsonNode record, Map<String, JsonNode> into) {
    for (Map.Entry<String, JsonNode> field : record.properties()) {
      String name = prefix + field.getKey();
      JsonNode value = field.getValue();
      if (value.isObject()) {
        flatten(name + config.delimiter(), value, into);
      } else if (value.isArray() && !inOrder.contains(name) && becomesJson(value)) {
        into.put(name, TextNode.valueOf(value.toString()));
      } else {
        into.put(name, value);
      }
    }
  }

  private boolean becomesJson(JsonNode list) {
    return switch (config.listsToJson()) {
      case ALL -> true;
      case NONE -> false;
      case NON_PRIMITIVE -> list.path(0).isContainerNode();
    };
  }

  private List<Map<String, JsonNode>> unnested(String list, List<Map<String, JsonNode>> rows) {
    List<Map<String, JsonNode>> all = new ArrayList<>();
    for (Map<String, JsonNode> row : rows) {
      JsonNode elements = row.get(list);
      if (elements == null || !elements.isArray()) {
        all.add(row);
        continue;
      }
      row.remove(list);
      if (elements.isEmpty()) {
        all.add(row);
      }
      for (JsonNode element : elements) {
        if (all.size() >= MAX_ROWS) {
          throw new CuveeException(
              ErrorCode.INVALID_INPUT,
              "It makes more than " + MAX_ROWS + " rows, by its list '" + list + "'.");
        }
        Map<String, JsonNode> copy = new LinkedHashMap<>(row);
        if (element.isObject()) {
          flatten(list + config.delimiter(), element, copy);
        } else {
          copy.put(list, element);
        }
        all.add(copy);
      }
    }
    return all;
  }

  private void rename(Map<String, JsonNode> row) {
    config
        .prefixesToRename()
        .forEach((prefix, replacement) -> {
          for (String name : List.copyOf(row.keySet())) {
            if (name.startsWith(prefix)) {
              String renamed = replacement + name.substring(prefix.length());
              JsonNode value = Objects.requireNonNull(row.remove(name));
              if (renamed.isEmpty() || row.putIfAbsent(renamed, value) != null) {
                throw new CuveeException(
                    ErrorCode.INVALID_INPUT,
                    "Its field '" + name + "' becomes '" + renamed + "', which it has already.");
              }
            }
          }
        });
  }
}
