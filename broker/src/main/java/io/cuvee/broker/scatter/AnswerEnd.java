package io.cuvee.broker.scatter;

import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.common.wire.Reach;
import io.cuvee.common.wire.SegmentRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// What a server said at the end of its answer.
///
/// @param missing what it did not answer for
/// @param ends how far its rows go
/// @param cold those of the missing that it loads because of this query
/// @param coming those of the missing that it fetches again
record AnswerEnd(
    QueryStats stats,
    List<String> missing,
    Map<SegmentRef.Onward, Reach> ends,
    List<String> cold,
    Set<String> coming) {
  static AnswerEnd read(byte[] payload) {
    ByteReader in = new ByteReader(payload);
    QueryStats stats = QueryStats.read(in);
    List<String> missing = new ArrayList<>();
    for (String segment : names(in)) {
      missing.add(asInRouting(segment));
    }
    Map<String, Long> ends = new LinkedHashMap<>();
    for (int left = in.remaining() == 0 ? 0 : in.readCount(2); left > 0; left--) {
      ends.put(in.readString(), in.readVarLong());
    }
    List<String> cold = names(in);
    Set<String> coming = Set.copyOf(names(in));
    Map<SegmentRef.Onward, Reach> reaches = new LinkedHashMap<>();
    ends.forEach((name, end) -> {
      // Servers of before do not tell.
      long whole = in.remaining() == 0 ? end : in.readVarLong();
      if (SegmentRef.parse(name) instanceof SegmentRef.Onward onward) {
        reaches.put(onward, new Reach(whole, end));
      }
    });
    return new AnswerEnd(stats, missing, reaches, cold, coming);
  }

  /// @return none if the server said nothing of them
  private static List<String> names(ByteReader in) {
    List<String> names = new ArrayList<>();
    for (int left = in.remaining() == 0 ? 0 : in.readCount(1); left > 0; left--) {
      names.add(in.readString());
    }
    return names;
  }

  /// Without how far it had to go.
  private static String asInRouting(String segment) {
    return SegmentRef.isOnward(segment)
            && SegmentRef.parse(segment) instanceof SegmentRef.Onward ref
        ? ref.atLeast(0).toString()
        : segment;
  }
}
