package io.cuvee.controller.audit;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.StreamRange;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The segments of each partition of a stream, each of which begins where the one before ends.
public final class StreamChain {
  private StreamChain() {}

  /// What is wrong with the segments of one table.
  ///
  /// @param isPaused whether nobody needs to consume
  public static List<Finding> check(Collection<SegmentRecord> records, boolean isPaused) {
    List<Finding> findings = new ArrayList<>();
    byPartition(records)
        .forEach((partition, chain) -> {
          for (int i = 1; i < chain.size(); i++) {
            between(partition, chain.get(i - 1), chain.get(i), findings);
          }
          SegmentRecord last = chain.getLast();
          if (!last.isConsuming() && !isPaused) {
            findings.add(
                finding(
                    Finding.Kind.NOT_CONSUMED,
                    partition,
                    last,
                    "nothing follows this segment, which ends before offset "
                        + range(last).endOffset().orElse(-1)));
          }
        });
    return findings;
  }

  /// The segments of each partition in the order of their sequence.
  public static Map<Integer, List<SegmentRecord>> byPartition(Collection<SegmentRecord> records) {
    Map<Integer, List<SegmentRecord>> chains = new TreeMap<>();
    for (SegmentRecord record : records) {
      record.stream()
          .ifPresent(range ->
              chains.computeIfAbsent(range.partition(), number -> new ArrayList<>()).add(record));
    }
    chains
        .values()
        .forEach(chain ->
            chain.sort(
                Comparator.<SegmentRecord>comparingLong(record -> range(record).sequence())
                    .thenComparing(SegmentRecord::name)));
    return chains;
  }

  private static void between(
      int partition, SegmentRecord before, SegmentRecord after, List<Finding> findings) {
    StreamRange first = range(before);
    StreamRange second = range(after);
    // One that was never sealed has no end: whatever it has, the next one begins somewhere in it.
    long end = first.endOffset().orElse(Long.MAX_VALUE);
    if (second.startOffset() < end) {
      findings.add(
          finding(
              Finding.Kind.OFFSET_OVERLAP,
              partition,
              after,
              "it begins at offset "
                  + second.startOffset()
                  + ", but "
                  + before.name()
                  + (first.isOpen() ? " is not sealed" : " ends before " + end)));
    } else if (second.startOffset() > end) {
      findings.add(
          finding(
              Finding.Kind.OFFSET_GAP,
              partition,
              after,
              "offsets "
                  + end
                  + " to "
                  + (second.startOffset() - 1)
                  + " are missing between "
                  + before.name()
                  + " and this segment"));
    }
  }

  private static StreamRange range(SegmentRecord record) {
    return record.stream().orElseThrow();
  }

  private static Finding finding(
      Finding.Kind kind, int partition, SegmentRecord record, String detail) {
    return new Finding(kind, record.table(), record.name(), "partition " + partition, detail);
  }
}
