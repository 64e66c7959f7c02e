package io.cuvee.segment.format;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.segment.column.ColumnStatistics;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/// `metadata.json`: a JSON object in UTF-8. Its first line is, to the byte,
///
/// ```
/// {"format":"cuvee-segment","formatVersion":3,"checksum":"0123abcd",
/// ```
///
/// with the CRC32C, in lower-case hex, of the whole file without these eight digits. Later versions
/// keep that line. The rest is [SegmentMetadata], one key for each component. Minimum and maximum
/// of a column are JSON numbers for types whose values are longs, else texts: doubles and decimals
/// in the form of Java's `toString`, byte ranges in hex.
public final class MetadataFormat {
  public static final String FILE = "metadata.json";

  /// Longer minima and maxima of byte ranges are left out.
  public static final int MAX_STATISTIC_BYTES = 256;

  private static final Pattern FIRST_LINE =
      Pattern.compile(
          "\\{\"format\":\"cuvee-segment\",\"formatVersion\":([1-9][0-9]{0,8}),"
              + "\"checksum\":\"([0-9a-f]{8})\",\n");
  private static final int MAX_FIRST_LINE = 100;

  private MetadataFormat() {}

  static byte[] write(SegmentMetadata metadata) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("table", metadata.table())
        .put("segment", metadata.segment())
        .put("schemaVersion", metadata.schemaVersion())
        .put("docCount", metadata.docCount())
        .put("crc", metadata.crc())
        .put("createdMillis", metadata.createdMillis());
    ArrayNode sorted = root.putArray("sortColumns");
    metadata.sortColumns().forEach(sorted::add);
    ArrayNode columns = root.putArray("columns");
    for (ColumnMetadata column : metadata.columns()) {
      writeColumn(columns.addObject(), column);
    }
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    String body;
    try {
      body =
          Json.MAPPER
              .writer(
                  new DefaultPrettyPrinter()
                      .withObjectIndenter(indenter)
                      .withArrayIndenter(indenter))
              .writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A tree of plain values can always be written.", e);
    }
    String before =
        "{\"format\":\"cuvee-segment\",\"formatVersion\":"
            + metadata.formatVersion()
            + ",\"checksum\":\"";
    // The body's own brace and line end are replaced by the first line.
    String after = "\",\n" + body.substring(body.indexOf('\n') + 1) + "\n";
    CRC32C crc = new CRC32C();
    crc.update(before.getBytes(StandardCharsets.UTF_8));
    crc.update(after.getBytes(StandardCharsets.UTF_8));
    return (before + SegmentFormat.hex((int) crc.getValue()) + after)
        .getBytes(StandardCharsets.UTF_8);
  }

  static void writeColumn(ObjectNode node, ColumnMetadata column) {
    ColumnStatistics statistics = column.statistics();
    node.put("name", column.name())
        .put("dataType", column.type().dataType().name())
        .put("isArray", column.type().isArray())
        .put("encoding", column.encoding().name())
        .put("reason", column.reason())
        .put("valueCount", column.valueCount())
        .put("idBits", column.idBits())
        .put("entryBytes", column.entryBytes())
        .put("offsetBytes", column.offsetBytes())
        .put("cardinality", statistics.cardinality())
        .put("nullCount", statistics.nullCount())
        .put("maxArrayLength", statistics.maxArrayLength());
    putStatistic(node, "min", statistics.min());
    putStatistic(node, "max", statistics.max());
  }

  private static void putStatistic(ObjectNode node, String key, @Nullable Object value) {
    switch (value) {
      case null -> {}
      case Long number -> node.put(key, number);
      case byte[] bytes -> node.put(key, HexFormat.of().formatHex(bytes));
      default -> node.put(key, value.toString());
    }
  }

  /// @param bytes of the whole file
  static SegmentMetadata read(Path file, byte[] bytes) {
    Matcher line =
        FIRST_LINE.matcher(
            new String(
                bytes, 0, Math.min(bytes.length, MAX_FIRST_LINE), StandardCharsets.ISO_8859_1));
    if (!line.lookingAt()) {
      throw SegmentFormat.corrupt(
          file, "its first line is not that of a segment's metadata, or it is truncated");
    }
    CRC32C crc = new CRC32C();
    crc.update(bytes, 0, line.start(2));
    crc.update(bytes, line.end(2), bytes.length - line.end(2));
    String found = SegmentFormat.hex((int) crc.getValue());
    if (!found.equals(line.group(2))) {
      throw SegmentFormat.corrupt(file, "its checksum is " + found + ", expected " + line.group(2));
    }
    int version = Integer.parseInt(line.group(1));
    if (version > SegmentFormat.VERSION) {
      throw SegmentFormat.tooNew(file, version);
    }
    try {
      return parse(Json.MAPPER.readTree(bytes), version);
    } catch (java.io.IOException | IllegalArgumentException e) {
      throw SegmentFormat.corrupt(
          file, "it is not the metadata of a segment: " + e.getMessage(), e);
    }
  }

  private static SegmentMetadata parse(JsonNode root, int version) {
    List<String> sortColumns = new ArrayList<>();
    root.path("sortColumns").forEach(name -> sortColumns.add(name.asText()));
    List<ColumnMetadata> columns = new ArrayList<>();
    for (JsonNode node : root.path("columns")) {
      columns.add(parseColumn(node));
    }
    return new SegmentMetadata(
        version,
        text(root, "table"),
        text(root, "segment"),
        number(root, "schemaVersion"),
        count(root, "docCount"),
        sortColumns,
        columns,
        number(root, "crc"),
        number(root, "createdMillis"));
  }

  static ColumnMetadata parseColumn(JsonNode node) {
    ColumnType type =
        new ColumnType(
            DataType.valueOf(text(node, "dataType")), node.path("isArray").asBoolean(false));
    return new ColumnMetadata(
        text(node, "name"),
        type,
        Encoding.valueOf(text(node, "encoding")),
        text(node, "reason"),
        new ColumnStatistics(
            (int) number(node, "cardinality"),
            count(node, "nullCount"),
            statistic(node, "min", type.dataType()),
            statistic(node, "max", type.dataType()),
            count(node, "maxArrayLength")),
        count(node, "valueCount"),
        count(node, "idBits"),
        count(node, "entryBytes"),
        count(node, "offsetBytes"));
  }

  private static @Nullable Object statistic(JsonNode node, String key, DataType type) {
    if (!node.has(key)) {
      return null;
    }
    return switch (type.representation()) {
      case LONG -> (Object) number(node, key);
      case DOUBLE -> (Object) Double.valueOf(text(node, key));
      case DECIMAL -> new BigDecimal(text(node, key));
      case BYTES -> HexFormat.of().parseHex(text(node, key));
    };
  }

  static String text(JsonNode node, String key) {
    JsonNode value = node.get(key);
    if (value == null || !value.isTextual()) {
      throw new IllegalArgumentException("'" + key + "' is not a text");
    }
    return value.asText();
  }

  private static long number(JsonNode node, String key) {
    JsonNode value = node.get(key);
    if (value == null || !value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new IllegalArgumentException("'" + key + "' is not a whole number");
    }
    return value.asLong();
  }

  static int count(JsonNode node, String key) {
    long value = number(node, key);
    if (value < 0 || value > SegmentFormat.MAX_VALUES) {
      throw new IllegalArgumentException("'" + key + "' is " + value);
    }
    return (int) value;
  }
}
