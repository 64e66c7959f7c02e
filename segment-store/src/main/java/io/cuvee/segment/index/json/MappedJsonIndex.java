package io.cuvee.segment.index.json;

import io.cuvee.segment.column.InvertedIndex;
import io.cuvee.segment.column.JsonIndex;
import io.cuvee.segment.memory.NativeMemory;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/// A mapped JSON index. Layout: [JsonIndexFormat].
public final class MappedJsonIndex implements JsonIndex {
  private final long keys;
  private final long offsets;
  private final int count;
  private final InvertedIndex documents;

  /// @param keys address of the keys
  /// @param offsets address of their offsets
  /// @param offsetBytes length of these
  public MappedJsonIndex(long keys, long offsets, long offsetBytes, InvertedIndex documents) {
    this.keys = keys;
    this.offsets = offsets;
    this.count = (int) (offsetBytes / 8) - 1;
    this.documents = documents;
  }

  private byte[] key(int id) {
    long start = NativeMemory.longAt(offsets + id * 8L);
    byte[] key = new byte[(int) (NativeMemory.longAt(offsets + id * 8L + 8) - start)];
    NativeMemory.copy(keys + start, key, 0, key.length);
    return key;
  }

  /// The first key that is not below `wanted`.
  private int lowerBound(byte[] wanted) {
    int from = 0;
    int to = count;
    while (from < to) {
      int middle = (from + to) >>> 1;
      if (Arrays.compareUnsigned(key(middle), wanted) < 0) {
        from = middle + 1;
      } else {
        to = middle;
      }
    }
    return from;
  }

  private int find(byte[] wanted) {
    int at = lowerBound(wanted);
    return at < count && Arrays.equals(key(at), wanted) ? at : -1;
  }

  @Override
  public int find(String pattern) {
    return find(JsonIndexFormat.key(pattern));
  }

  @Override
  public int find(String pattern, String value) {
    return find(JsonIndexFormat.key(pattern, value));
  }

  @Override
  public int firstOfValues(String pattern) {
    return lowerBound(JsonIndexFormat.key(pattern, ""));
  }

  @Override
  public int endOfValues(String pattern) {
    byte[] beyond = JsonIndexFormat.key(pattern, "");
    beyond[beyond.length - 1]++;
    return lowerBound(beyond);
  }

  @Override
  public String value(int key, String pattern) {
    int path = JsonIndexFormat.key(pattern, "").length;
    byte[] bytes = key(key);
    return new String(bytes, path, bytes.length - path, StandardCharsets.UTF_8);
  }

  @Override
  public boolean isCut(String value) {
    return value.getBytes(StandardCharsets.UTF_8).length >= JsonIndexFormat.MAX_VALUE_BYTES;
  }

  @Override
  public InvertedIndex documents() {
    return documents;
  }
}
