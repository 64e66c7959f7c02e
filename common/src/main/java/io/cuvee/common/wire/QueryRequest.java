package io.cuvee.common.wire;

import io.cuvee.common.plan.SegmentQuery;
import java.util.ArrayList;
import java.util.List;

/// What a broker asks of one server: run `query` on these segments.
///
/// @param queryId the broker's id of the whole query, for logs and cancellation
/// @param physicalTable table name with type, `flights_OFFLINE`
/// @param useStarTrees whether star-trees may answer
/// @param timeoutMillis what is left of the query's time when the request was sent
public record QueryRequest(
    String queryId,
    String physicalTable,
    List<String> segments,
    long timeoutMillis,
    boolean useStarTrees,
    SegmentQuery query) {
  public QueryRequest {
    segments = List.copyOf(segments);
  }

  public void write(ByteWriter out) {
    out.writeString(queryId).writeString(physicalTable);
    out.writeVarInt(segments.size());
    segments.forEach(out::writeString);
    out.writeVarLong(timeoutMillis).writeByte(useStarTrees ? 1 : 0);
    PlanCodec.writeQuery(out, query);
  }

  public static QueryRequest read(ByteReader in) {
    String queryId = in.readString();
    String physicalTable = in.readString();
    int count = in.readCount(1);
    List<String> segments = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      segments.add(in.readString());
    }
    long timeoutMillis = in.readVarLong();
    boolean useStarTrees = in.readByte() != 0;
    return new QueryRequest(
        queryId, physicalTable, segments, timeoutMillis, useStarTrees, PlanCodec.readQuery(in));
  }
}
