package io.cuvee.broker.routing;

import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.SegmentRef;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The segments of one physical table that one server answers for in one query. Immutable.
public final class Part {
  /// What more names look like in a request is not kept, for all spreads of a large table would
  /// take more memory than its routing.
  private static final int MOST_KEPT = 256;

  private final ServerAddress server;
  private final String physicalTable;
  private final List<String> segments;
  private volatile byte @Nullable [] encoded;
  private volatile @Nullable List<SegmentRef.Onward> open;

  private Part(ServerAddress server, String physicalTable, List<String> segments) {
    this.server = server;
    this.physicalTable = physicalTable;
    this.segments = segments;
  }

  static Part of(ServerAddress server, String physicalTable, List<String> segments) {
    return new Part(server, physicalTable, List.copyOf(segments));
  }

  public ServerAddress server() {
    return server;
  }

  public String physicalTable() {
    return physicalTable;
  }

  public List<String> segments() {
    return segments;
  }

  /// Those of the segments that are asked for with all that follows them.
  public List<SegmentRef.Onward> open() {
    List<SegmentRef.Onward> known = open;
    if (known == null) {
      known =
          segments.stream()
              .filter(SegmentRef::isOnward)
              .map(name -> (SegmentRef.Onward) SegmentRef.parse(name))
              .toList();
      open = known;
    }
    return known;
  }

  private byte[] encodedSegments() {
    byte[] known = encoded;
    if (known == null) {
      known = encode(segments);
      if (segments.size() <= MOST_KEPT) {
        encoded = known;
      }
    }
    return known;
  }

  private static byte[] encode(List<String> segments) {
    ByteWriter out = new ByteWriter(32 * segments.size() + 8);
    out.writeVarInt(segments.size());
    segments.forEach(out::writeString);
    return out.toByteArray();
  }

  /// The names as they stand in a request, their count and then each, that must go as far as was
  /// shown before.
  public byte[] encodedSegments(ShownOffsets shown) {
    if (open().isEmpty()) {
      return encodedSegments();
    }
    return encode(
        segments.stream()
            .map(name ->
                SegmentRef.parse(name) instanceof SegmentRef.Onward onward
                    ? shown.asked(onward).toString()
                    : name)
            .toList());
  }
}
