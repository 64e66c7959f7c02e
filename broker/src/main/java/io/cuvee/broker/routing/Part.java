package io.cuvee.broker.routing;

import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.SegmentRef;
import java.util.List;

/// The segments of one physical table that one server answers for in one query.
///
/// @param encodedSegments the names as they stand in a request: their count, then each
public record Part(
    ServerAddress server, String physicalTable, List<String> segments, byte[] encodedSegments) {
  static Part of(ServerAddress server, String physicalTable, List<String> segments) {
    return new Part(server, physicalTable, List.copyOf(segments), encode(segments));
  }

  private static byte[] encode(List<String> segments) {
    ByteWriter out = new ByteWriter(32 * segments.size() + 8);
    out.writeVarInt(segments.size());
    segments.forEach(out::writeString);
    return out.toByteArray();
  }

  /// The names as they stand in a request that must go as far as was shown before.
  public byte[] encodedSegments(ShownOffsets shown) {
    if (segments.stream().noneMatch(SegmentRef::isOnward)) {
      return encodedSegments;
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
