package io.cuvee.common.wire;

import io.cuvee.common.plan.SegmentQuery;
import java.util.ArrayList;
import java.util.List;

/// What a broker asks of one server: run `query` on these segments.
///
/// @param queryId the broker's id of the whole query, for logs and cancellation
/// @param physicalTable table name with type, `flights_OFFLINE`
/// @param timeoutMillis what is left of the query's time when the request was sent
public record QueryRequest(
    String queryId,
    String physicalTable,
    List<String> segments,
    long timeoutMillis,
    SegmentQuery query) {
  public QueryRequest {
    segments = List.copyOf(segments);
  }

  public void write(ByteWriter out) {
    out.writeString(queryId).writeString(physicalTable);
    out.writeVarInt(segments.size());
    segments.forEach(out::writeString);
    out.writeVarLong(timeoutMillis);
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
    return new QueryRequest(
        queryId, physicalTable, segments, timeoutMillis, PlanCodec.readQuery(in));
  }
}
