package io.cuvee.broker.routing;

import io.cuvee.common.wire.ByteWriter;
import java.util.List;

/// The segments of one physical table that one server answers for in one query.
///
/// @param encodedSegments the names as they stand in a request: their count, then each
public record Part(
    ServerAddress server, String physicalTable, List<String> segments, byte[] encodedSegments) {
  static Part of(ServerAddress server, String physicalTable, List<String> segments) {
    ByteWriter out = new ByteWriter(32 * segments.size() + 8);
    out.writeVarInt(segments.size());
    segments.forEach(out::writeString);
    return new Part(server, physicalTable, List.copyOf(segments), out.toByteArray());
  }
}
