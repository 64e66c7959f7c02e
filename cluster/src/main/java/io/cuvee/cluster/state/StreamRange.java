package io.cuvee.cluster.state;

import java.util.List;
import java.util.OptionalLong;

/// The part of a stream whose messages a segment holds.
///
/// @param partition of the stream
/// @param sequence number of the segment among those of its partition, from 0
/// @param startOffset of the first message
/// @param endOffset of the first message that is not in it; absent while the segment is consuming
/// @param gaps offsets between that the stream did not have any more, or not yet
public record StreamRange(
    int partition, long sequence, long startOffset, OptionalLong endOffset, List<Gap> gaps) {
  public StreamRange {
    gaps = List.copyOf(gaps);
  }

  /// Offsets that were asked for and that the stream did not have: expired messages, or if `to` is
  /// below `from`, a topic that was cut back or made anew.
  ///
  /// @param from first that was asked for
  /// @param to where reading went on
  public record Gap(long from, long to) {}

  /// That of a segment that begins to consume.
  public static StreamRange from(int partition, long sequence, long startOffset) {
    return new StreamRange(partition, sequence, startOffset, OptionalLong.empty(), List.of());
  }

  public boolean isOpen() {
    return endOffset.isEmpty();
  }

  public StreamRange until(long offset) {
    return new StreamRange(partition, sequence, startOffset, OptionalLong.of(offset), gaps);
  }

  public StreamRange withGaps(List<Gap> found) {
    return new StreamRange(partition, sequence, startOffset, endOffset, found);
  }
}
