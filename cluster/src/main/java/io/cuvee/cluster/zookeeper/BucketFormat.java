package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Function;

/// One bucket: a 64th of what one server should hold, or does hold, of all tables. A segment is in
/// the bucket that [#bucket(SegmentKey)] says, on every server. Payload inside the envelope of
/// [ZnodeFormat]:
///
/// | bytes | field |
/// |---|---|
/// | varint | number of segments |
/// | … | for each, ordered by table and segment: whether the table differs from the one before (1 byte), then its name if so; how many bytes of the segment's name are those of the one before (varint); the rest of the name; the value |
///
/// An assignment's value is the target state (1 byte) and the CRC (8 bytes); a replica's is state,
/// CRC and message.
final class BucketFormat<V> {
  static final int BUCKET_COUNT = 64;

  static final BucketFormat<Assignment> ASSIGNMENT =
      new BucketFormat<>(
          (out, value) -> out.writeByte(code(value.target())).writeLong(value.crc()),
          in -> new Assignment(state(in.readByte()), in.readLong()));

  static final BucketFormat<Replica> SERVING =
      new BucketFormat<>(
          (out, value) ->
              out.writeByte(code(value.state()))
                  .writeLong(value.crc())
                  .writeString(value.message()),
          in -> new Replica(state(in.readByte()), in.readLong(), in.readString()));

  private final BiConsumer<ByteWriter, V> writer;
  private final Function<ByteReader, V> reader;

  private BucketFormat(BiConsumer<ByteWriter, V> writer, Function<ByteReader, V> reader) {
    this.writer = writer;
    this.reader = reader;
  }

  /// Stable: it decides where every release looks for a segment.
  static int bucket(SegmentKey key) {
    int hash = key.table().hashCode() * 31 + key.segment().hashCode();
    return (hash * 0x9E3779B9) >>> 26;
  }

  byte[] encode(String path, Map<SegmentKey, V> bucket) {
    ByteWriter out = new ByteWriter(64 + bucket.size() * 24);
    out.writeVarInt(bucket.size());
    String table = "";
    byte[] previous = {};
    for (Map.Entry<SegmentKey, V> entry : new TreeMap<>(bucket).entrySet()) {
      SegmentKey key = entry.getKey();
      boolean differs = !key.table().equals(table);
      out.writeBoolean(differs);
      if (differs) {
        table = key.table();
        out.writeString(table);
      }
      byte[] name = key.segment().getBytes(StandardCharsets.UTF_8);
      int shared = Arrays.mismatch(previous, name);
      shared = shared < 0 ? name.length : shared;
      out.writeVarInt(shared).writeVarInt(name.length - shared);
      out.writeRaw(name, shared, name.length - shared);
      writer.accept(out, entry.getValue());
      previous = name;
    }
    return ZnodeFormat.encode(path, out.toByteArray());
  }

  Map<SegmentKey, V> decode(String path, byte[] bytes) {
    try {
      ByteReader in = new ByteReader(ZnodeFormat.decode(path, bytes));
      int count = in.readCount(4);
      Map<SegmentKey, V> bucket = HashMap.newHashMap(count);
      String table = "";
      byte[] name = {};
      for (int i = 0; i < count; i++) {
        if (in.readBoolean()) {
          table = in.readString();
        }
        int shared = in.readVarInt();
        byte[] rest = in.readBytes();
        if (shared < 0 || shared > name.length) {
          throw ZnodeFormat.damaged(path, "shares " + shared + " bytes with a shorter name");
        }
        byte[] next = Arrays.copyOf(name, shared + rest.length);
        System.arraycopy(rest, 0, next, shared, rest.length);
        name = next;
        bucket.put(
            new SegmentKey(table, new String(name, StandardCharsets.UTF_8)), reader.apply(in));
      }
      return bucket;
    } catch (CuveeException e) {
      throw e.code() == ErrorCode.PROTOCOL
          ? ZnodeFormat.damaged(path, "does not hold a bucket: " + e.getMessage())
          : e;
    }
  }

  /// Distributes by bucket; index is the bucket's number.
  static <T> List<Map<SegmentKey, T>> distribute(Map<SegmentKey, T> all) {
    List<Map<SegmentKey, T>> buckets = new ArrayList<>(BUCKET_COUNT);
    for (int i = 0; i < BUCKET_COUNT; i++) {
      buckets.add(new HashMap<>());
    }
    all.forEach((key, value) -> buckets.get(bucket(key)).put(key, value));
    return buckets;
  }

  private static int code(SegmentState state) {
    return switch (state) {
      case OFFLINE -> 0;
      case ONLINE -> 1;
      case CONSUMING -> 2;
      case ERROR -> 3;
      case DROPPED -> 4;
    };
  }

  private static SegmentState state(int code) {
    return switch (code) {
      case 0 -> SegmentState.OFFLINE;
      case 1 -> SegmentState.ONLINE;
      case 2 -> SegmentState.CONSUMING;
      case 3 -> SegmentState.ERROR;
      case 4 -> SegmentState.DROPPED;
      default -> throw new CuveeException(ErrorCode.PROTOCOL, "unknown segment state " + code);
    };
  }
}
