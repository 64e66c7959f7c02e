package io.cuvee.common.wire;

import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;

/// What a broker asks of one server: run `query` on these segments, or say how it would.
///
/// @param queryId the broker's id of the whole query, for logs and cancellation
/// @param physicalTable table name with type, `flights_OFFLINE`
/// @param useStarTrees whether star-trees may answer
/// @param skipsUpsert whether rows count too that others of their keys have replaced
/// @param explains whether to plan the query on each segment without running it. The answer has a
///   row a segment with two STRING columns: the segment's name, and its operators, one a line, the
///   inputs of one below it and indented by two more blanks. Since protocol version 4
/// @param timeoutMillis what is left of the query's time when the request was sent
public record QueryRequest(
    String queryId,
    String physicalTable,
    List<String> segments,
    long timeoutMillis,
    boolean useStarTrees,
    boolean skipsUpsert,
    boolean explains,
    SegmentQuery query) {
  /// The version of the protocol from which on a request may explain.
  public static final int EXPLAIN_PROTOCOL = 4;

  /// The columns of the answer to a request that explains.
  public static final List<ColumnType> EXPLAIN_TYPES =
      List.of(ColumnType.STRING, ColumnType.STRING);

  private static final int USE_STAR_TREES = 1;
  private static final int EXPLAIN = 2;
  private static final int SKIP_UPSERT = 4;

  public QueryRequest {
    segments = List.copyOf(segments);
  }

  public void write(ByteWriter out) {
    out.writeString(queryId).writeString(physicalTable);
    out.writeVarInt(segments.size());
    segments.forEach(out::writeString);
    out.writeVarLong(timeoutMillis).writeByte(flags(useStarTrees, skipsUpsert, explains));
    PlanCodec.writeQuery(out, query);
  }

  /// The byte of what is yes or no.
  public static int flags(boolean useStarTrees, boolean skipsUpsert, boolean explains) {
    return (useStarTrees ? USE_STAR_TREES : 0)
        | (skipsUpsert ? SKIP_UPSERT : 0)
        | (explains ? EXPLAIN : 0);
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
    int flags = in.readByte();
    return new QueryRequest(
        queryId,
        physicalTable,
        segments,
        timeoutMillis,
        (flags & USE_STAR_TREES) != 0,
        (flags & SKIP_UPSERT) != 0,
        (flags & EXPLAIN) != 0,
        PlanCodec.readQuery(in));
  }
}
