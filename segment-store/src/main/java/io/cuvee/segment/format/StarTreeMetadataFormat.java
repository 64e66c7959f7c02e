package io.cuvee.segment.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// [BufferKind#STAR_TREE_METADATA]: a JSON object in UTF-8 with the key `version` and one for each
/// component of [StarTreeMetadata]; columns as in `metadata.json`.
public final class StarTreeMetadataFormat {
  private static final int VERSION = 1;

  private StarTreeMetadataFormat() {}

  public static byte[] write(StarTreeMetadata tree) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("version", VERSION)
        .put("maxLeafRecords", tree.maxLeafRecords())
        .put("docCount", tree.docCount())
        .put("baseCount", tree.baseCount())
        .put("nodeCount", tree.nodeCount());
    ArrayNode dimensions = root.putArray("dimensions");
    for (StarTreeMetadata.Dimension dimension : tree.dimensions()) {
      dimensions
          .addObject()
          .put("name", dimension.name())
          .put("skipStarNodes", dimension.skipStarNodes())
          .put("isStored", dimension.isStored());
    }
    ArrayNode metrics = root.putArray("metrics");
    for (StarTreeMetadata.Metric metric : tree.metrics()) {
      ArrayNode columns =
          metrics
              .addObject()
              .put("function", metric.function())
              .put("argument", metric.argument())
              .putArray("columns");
      metric.columns().forEach(columns::add);
    }
    ArrayNode leftOut = root.putArray("leftOut");
    tree.leftOut().forEach(leftOut::add);
    ArrayNode columns = root.putArray("columns");
    for (ColumnMetadata column : tree.columns()) {
      MetadataFormat.writeColumn(columns.addObject(), column);
    }
    try {
      return Json.MAPPER.writeValueAsBytes(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of plain values can always be written.", e);
    }
  }

  /// @param file for messages
  public static StarTreeMetadata read(Path file, byte[] bytes) {
    try {
      JsonNode root = Json.MAPPER.readTree(bytes);
      int version = MetadataFormat.count(root, "version");
      if (version > VERSION) {
        throw SegmentFormat.tooNew(file, version);
      }
      StarTreeMetadata tree = parse(root);
      checkPositions(tree);
      return tree;
    } catch (java.io.IOException | IllegalArgumentException e) {
      throw SegmentFormat.corrupt(
          file, "it has no sound metadata of a star-tree: " + e.getMessage(), e);
    }
  }

  private static StarTreeMetadata parse(JsonNode root) {
    List<StarTreeMetadata.Dimension> dimensions = new ArrayList<>();
    for (JsonNode node : root.path("dimensions")) {
      dimensions.add(
          new StarTreeMetadata.Dimension(
              MetadataFormat.text(node, "name"),
              node.path("skipStarNodes").asBoolean(false),
              node.path("isStored").asBoolean(false)));
    }
    List<StarTreeMetadata.Metric> metrics = new ArrayList<>();
    for (JsonNode node : root.path("metrics")) {
      List<Integer> columns = new ArrayList<>();
      node.path("columns").forEach(column -> columns.add(column.asInt(-1)));
      metrics.add(
          new StarTreeMetadata.Metric(
              MetadataFormat.text(node, "function"),
              MetadataFormat.text(node, "argument"),
              columns));
    }
    List<String> leftOut = new ArrayList<>();
    root.path("leftOut").forEach(metric -> leftOut.add(metric.asText()));
    List<ColumnMetadata> columns = new ArrayList<>();
    for (JsonNode node : root.path("columns")) {
      columns.add(MetadataFormat.parseColumn(node));
    }
    return new StarTreeMetadata(
        dimensions,
        MetadataFormat.count(root, "maxLeafRecords"),
        metrics,
        leftOut,
        MetadataFormat.count(root, "docCount"),
        MetadataFormat.count(root, "baseCount"),
        MetadataFormat.count(root, "nodeCount"),
        columns);
  }

  private static void checkPositions(StarTreeMetadata tree) {
    boolean sound =
        tree.dimensionColumns() <= tree.columns().size()
            && !tree.dimensions().isEmpty()
            && tree.dimensions().size() <= Long.SIZE
            && tree.baseCount() <= tree.docCount()
            && tree.nodeCount() > 0;
    int column = 0;
    for (StarTreeMetadata.Dimension dimension : tree.dimensions()) {
      sound =
          sound
              && (!dimension.isStored()
                  || tree.columns().get(column++).name().equals(dimension.name()));
    }
    for (StarTreeMetadata.Metric metric : tree.metrics()) {
      for (int position : metric.columns()) {
        sound &= position >= tree.dimensionColumns() && position < tree.columns().size();
      }
      sound &= !metric.columns().isEmpty();
    }
    if (!sound) {
      throw new IllegalArgumentException("its parts do not fit together");
    }
  }
}
