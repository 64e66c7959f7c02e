package io.cuvee.common.catalog;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// Which partition a value belongs to. The same as Pinot's functions of these names, and `Murmur`
/// as Kafka's producers choose partitions by keys.
///
/// @param count how many partitions there are, at least 1
public record PartitionFunction(Kind kind, int count) {
  public enum Kind {
    MURMUR("Murmur"),
    MODULO("Modulo"),
    HASH_CODE("HashCode"),
    BYTE_ARRAY("ByteArray");

    private final String text;

    Kind(String text) {
      this.text = text;
    }

    /// As it stands in table configs.
    public String text() {
      return text;
    }

    /// In any case; `Murmur2` is another name of `Murmur`.
    public static Optional<Kind> find(String name) {
      String wanted = name.toLowerCase(Locale.ROOT).equals("murmur2") ? MURMUR.text : name;
      return Arrays.stream(values()).filter(kind -> kind.text.equalsIgnoreCase(wanted)).findFirst();
    }
  }

  /// @param value in the Java form of literals: a `Long`, or the UTF-8 bytes of a text
  /// @return from 0 to `count - 1`
  /// @throws NumberFormatException from [Kind#MODULO] if it is no number
  public int partition(Object value) {
    String text =
        value instanceof byte[] utf8 ? new String(utf8, StandardCharsets.UTF_8) : value.toString();
    return switch (kind) {
      case MURMUR -> (murmur2(text.getBytes(StandardCharsets.UTF_8)) & Integer.MAX_VALUE) % count;
      case MODULO -> (int) Math.floorMod(Long.parseLong(text), (long) count);
      case HASH_CODE -> positive(text.hashCode()) % count;
      case BYTE_ARRAY -> positive(Arrays.hashCode(text.getBytes(StandardCharsets.UTF_8))) % count;
    };
  }

  private static int positive(int hash) {
    return hash == Integer.MIN_VALUE ? 0 : Math.abs(hash);
  }

  /// MurmurHash2 with 32 bits, after Austin Appleby, with the seed that Kafka uses.
  static int murmur2(byte[] data) {
    int factor = 0x5bd1e995;
    int hash = 0x9747b28c ^ data.length;
    int whole = data.length & ~3;
    for (int i = 0; i < whole; i += 4) {
      int word =
          data[i] & 0xff
              | (data[i + 1] & 0xff) << 8
              | (data[i + 2] & 0xff) << 16
              | (data[i + 3] & 0xff) << 24;
      word *= factor;
      word ^= word >>> 24;
      hash = hash * factor ^ word * factor;
    }
    if (whole < data.length) {
      for (int i = data.length - 1; i >= whole; i--) {
        hash ^= (data[i] & 0xff) << 8 * (i - whole);
      }
      hash *= factor;
    }
    hash ^= hash >>> 13;
    hash *= factor;
    return hash ^ hash >>> 15;
  }
}
