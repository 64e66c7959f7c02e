package io.cuvee.common.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/// The part of a table config that speaks of one column at a time: `fieldConfigList` with
/// `encodingType`, `indexType`, `indexTypes`, `indexes` and `compressionCodec`.
///
/// @param raw columns without a dictionary
/// @param indexes by column, then by the name of the index in `indexes`, its settings
/// @param codecs by column
record FieldConfigs(
    List<String> raw,
    Map<String, Map<String, JsonNode>> indexes,
    Map<String, CompressionCodec> codecs,
    List<String> unknownKeys) {
  private static final Set<String> KEYS =
      Set.of("name", "encodingType", "indexType", "indexTypes", "indexes", "compressionCodec");
  private static final Set<String> INDEXES = Set.of("inverted", "range", "bloom", "json", "text");

  private static final String STANDARD_ANALYZER =
      "org.apache.lucene.analysis.standard.StandardAnalyzer";

  static FieldConfigs of(JsonNode list, String table) {
    List<String> raw = new ArrayList<>();
    Map<String, Map<String, JsonNode>> indexes = new LinkedHashMap<>();
    Map<String, CompressionCodec> codecs = new LinkedHashMap<>();
    List<String> unknown = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      JsonNode field = list.get(i);
      String path = "/fieldConfigList/" + i;
      String name = field.path("name").asText("");
      if (name.isBlank()) {
        throw new CuveeException(
            ErrorCode.INVALID_TABLE,
            "Table '" + table + "': " + path + " has no name. Give it the name of its column.");
      }
      switch (field.path("encodingType").asText("DICTIONARY").toUpperCase(Locale.ROOT)) {
        case "RAW" -> raw.add(name);
        case "DICTIONARY" -> {}
        default ->
            throw new CuveeException(
                ErrorCode.INVALID_TABLE,
                "Table '"
                    + table
                    + "': "
                    + path
                    + "/encodingType is "
                    + field.path("encodingType")
                    + ". Use DICTIONARY or RAW.");
      }
      JsonNode codec = field.path("compressionCodec");
      if (!codec.isMissingNode() && !codec.isNull()) {
        CompressionCodec.find(codec.asText())
            .ifPresentOrElse(
                known -> codecs.put(name, known),
                () -> unknown.add(path + "/compressionCodec/" + codec.asText()));
      }
      Map<String, JsonNode> found = indexes.computeIfAbsent(name, key -> new LinkedHashMap<>());
      List<JsonNode> types = new ArrayList<>();
      field.path("indexTypes").forEach(types::add);
      if (field.path("indexType").isTextual()) {
        types.add(field.path("indexType"));
      }
      for (JsonNode type : types) {
        String index = type.asText().toLowerCase(Locale.ROOT);
        if (INDEXES.contains(index)) {
          found.put(index, MissingNode.getInstance());
        } else if (!index.equals("sorted")) {
          unknown.add(path + "/indexTypes/" + type.asText());
        }
      }
      field
          .path("indexes")
          .properties()
          .forEach(entry -> {
            if (!INDEXES.contains(entry.getKey())) {
              unknown.add(path + "/indexes/" + entry.getKey());
            } else if (!entry.getValue().path("disabled").asBoolean(false)) {
              found.put(entry.getKey(), entry.getValue());
            }
            if (entry.getKey().equals("text")) {
              addTextSettings(entry.getValue(), path + "/indexes/text/", unknown);
            }
          });
      field
          .properties()
          .forEach(entry -> {
            if (entry.getKey().equals("properties") && found.containsKey("text")) {
              addTextSettings(entry.getValue(), path + "/properties/", unknown);
            } else if (!KEYS.contains(entry.getKey())) {
              unknown.add(path + "/" + entry.getKey());
            }
          });
    }
    return new FieldConfigs(raw, indexes, codecs, unknown);
  }

  /// All texts are taken apart in one way, which is that of Pinot's without settings.
  private static void addTextSettings(JsonNode settings, String path, List<String> unknown) {
    settings
        .properties()
        .forEach(setting -> {
          boolean isDefault =
              setting.getKey().equals("disabled")
                  || setting.getKey().equals("luceneAnalyzerClass")
                      && setting.getValue().asText().equals(STANDARD_ANALYZER);
          if (!isDefault) {
            unknown.add(path + setting.getKey());
          }
        });
  }

  /// Columns that have this index.
  List<String> withIndex(String index) {
    return indexes.entrySet().stream()
        .filter(field -> field.getValue().containsKey(index))
        .map(Map.Entry::getKey)
        .toList();
  }

  /// The settings of an index that [#withIndex] says the column has.
  JsonNode index(String column, String index) {
    return indexes.getOrDefault(column, Map.of()).getOrDefault(index, MissingNode.getInstance());
  }
}
