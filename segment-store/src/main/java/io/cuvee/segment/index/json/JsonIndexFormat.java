package io.cuvee.segment.index.json;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.execution.json.JsonDocuments;
import io.cuvee.execution.json.JsonPath;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnsWriter;
import io.cuvee.segment.index.inverted.InvertedIndexFormat;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// The layout of JSON indexes, and their writer.
///
/// Each node of a document that is not NULL gives the key `path 0x00`, each scalar also the key
/// `path 0x00 = value`, all in UTF-8. A path has 0x01 before each name of a field and 0x02 for an
/// element of an array, whichever; a value is the text of [JsonDocuments#text], cut after
/// [#MAX_VALUE_BYTES]. The distinct keys ascend as unsigned bytes: one after the other, with
/// offsets of 64 bits. For each key there are its documents, as in an inverted index. What is no
/// JSON, or NULL, has no keys.
public final class JsonIndexFormat {
  static final int MAX_VALUE_BYTES = 256;

  private static final int PART_ROWS = 2048;

  private JsonIndexFormat() {}

  /// Whether buffers may have these lengths together.
  public static boolean areLengths(long keyOffsets, long offsets) {
    return keyOffsets >= 8 && keyOffsets % 8 == 0 && keyOffsets == offsets;
  }

  /// Whether such an index can be made.
  public static boolean isPossible(SegmentColumn column) {
    return !column.type().isArray() && column.type().dataType().isText();
  }

  /// Writes the four buffers of the index of a column for which it [#isPossible].
  public static void write(SegmentColumn column, ColumnsWriter out) {
    Entries entries = Entries.of(column);
    List<byte[]> keys = entries.keys();
    long[] offsets = new long[keys.size() + 1];
    out.begin();
    for (int i = 0; i < keys.size(); i++) {
      out.put(keys.get(i), 0, keys.get(i).length);
      offsets[i + 1] = offsets[i] + keys.get(i).length;
    }
    out.end(column.name(), BufferKind.JSON_KEYS);
    out.begin();
    out.putLongs(offsets, offsets.length);
    out.end(column.name(), BufferKind.JSON_KEY_OFFSETS);
    InvertedIndexFormat.Writer lists =
        new InvertedIndexFormat.Writer(keys.size(), entries.docs().length);
    for (int i = 0; i < entries.docs().length; i++) {
      lists.add(entries.docs()[i], entries.keyIds()[i]);
    }
    lists.finish(out, column.name(), BufferKind.JSON_BITMAPS, BufferKind.JSON_OFFSETS);
  }

  static byte[] key(String pattern) {
    return (pattern + '\0').getBytes(StandardCharsets.UTF_8);
  }

  static byte[] key(String pattern, String value) {
    byte[] path = (pattern + "\0=").getBytes(StandardCharsets.UTF_8);
    byte[] text = value.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(text.length, MAX_VALUE_BYTES);
    byte[] key = Arrays.copyOf(path, path.length + length);
    System.arraycopy(text, 0, key, path.length, length);
    return key;
  }

  /// The distinct keys of a column, ascending, and which document has which.
  ///
  /// @param docs ascending, each once for each of its keys
  public record Entries(List<byte[]> keys, int[] docs, int[] keyIds) {
    public static Entries of(SegmentColumn column) {
      Collector collector = new Collector();
      for (int from = 0; from < column.docCount(); from += PART_ROWS) {
        int rows = Math.min(PART_ROWS, column.docCount() - from);
        BytesValues texts = (BytesValues) column.values(from, rows);
        for (int i = 0; i < rows; i++) {
          if (!texts.isNull(i)) {
            collector.doc = from + i;
            collector.collect(
                JsonDocuments.parse(texts.bytes(), texts.offsets()[i], texts.length(i)), "");
          }
        }
      }
      return collector.finish();
    }
  }

  private static final class Collector {
    private final Map<ByteBuffer, Integer> ids = new HashMap<>();
    private int[] lastDocs = new int[1024];
    private int[] docs = new int[1024];
    private int[] keyIds = new int[1024];
    private int count;
    private int doc;

    void collect(JsonNode node, String pattern) {
      if (node.isNull() || node.isMissingNode()) {
        return;
      }
      add(key(pattern));
      if (node.isObject()) {
        node.properties()
            .forEach(field -> collect(field.getValue(), JsonPath.key(pattern, field.getKey())));
      } else if (node.isArray()) {
        node.forEach(element -> collect(element, JsonPath.element(pattern)));
      } else {
        add(key(pattern, JsonDocuments.text(node)));
      }
    }

    private void add(byte[] key) {
      int id = ids.computeIfAbsent(ByteBuffer.wrap(key), fresh -> ids.size());
      if (id == lastDocs.length) {
        lastDocs = Arrays.copyOf(lastDocs, id * 2);
      }
      // Shifted by one, so that a fresh array knows no document.
      if (lastDocs[id] == doc + 1) {
        return;
      }
      lastDocs[id] = doc + 1;
      if (count == docs.length) {
        docs = Arrays.copyOf(docs, count * 2);
        keyIds = Arrays.copyOf(keyIds, count * 2);
      }
      docs[count] = doc;
      keyIds[count++] = id;
    }

    Entries finish() {
      List<Map.Entry<ByteBuffer, Integer>> sorted =
          ids.entrySet().stream()
              .sorted((a, b) -> Arrays.compareUnsigned(a.getKey().array(), b.getKey().array()))
              .toList();
      int[] ranks = new int[sorted.size()];
      for (int i = 0; i < ranks.length; i++) {
        ranks[sorted.get(i).getValue()] = i;
      }
      for (int i = 0; i < count; i++) {
        keyIds[i] = ranks[keyIds[i]];
      }
      return new Entries(
          sorted.stream().map(entry -> entry.getKey().array()).toList(),
          Arrays.copyOf(docs, count),
          Arrays.copyOf(keyIds, count));
    }
  }
}
