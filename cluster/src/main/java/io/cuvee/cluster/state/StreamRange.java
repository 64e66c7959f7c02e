package io.cuvee.cluster.state;

import java.util.OptionalLong;

/// The part of a stream whose messages a segment holds.
///
/// @param partition of the stream
/// @param sequence number of the segment among those of its partition, from 0
/// @param startOffset of the first message
/// @param endOffset of the first message that is not in it; absent while the segment is consuming
public record StreamRange(
    int partition, long sequence, long startOffset, OptionalLong endOffset) {
  /// That of a segment that begins to consume.
  public static StreamRange from(int partition, long sequence, long startOffset) {
    return new StreamRange(partition, sequence, startOffset, OptionalLong.empty());
  }

  public boolean isOpen() {
    return endOffset.isEmpty();
  }

  public StreamRange until(long offset) {
    return new StreamRange(partition, sequence, startOffset, OptionalLong.of(offset));
  }
}
