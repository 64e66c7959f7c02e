package io.cuvee.cluster.state;

import java.util.Optional;

/// What the name of a stream's segment, `flights__3__17__20261122T090512345Z`, says of it.
///
/// @param partition of the stream
/// @param sequence number of the segment among those of its partition
public record StreamSegmentName(int partition, long sequence) {
  private static final String SEPARATOR = "__";

  /// @return empty if it is no such name
  public static Optional<StreamSegmentName> parse(String name) {
    int time = name.lastIndexOf(SEPARATOR);
    int sequence = time < 0 ? -1 : name.lastIndexOf(SEPARATOR, time - 1);
    int partition = sequence < 0 ? -1 : name.lastIndexOf(SEPARATOR, sequence - 1);
    if (partition < 0) {
      return Optional.empty();
    }
    try {
      return Optional.of(
          new StreamSegmentName(
              Integer.parseInt(name.substring(partition + 2, sequence)),
              Long.parseLong(name.substring(sequence + 2, time))));
    } catch (NumberFormatException e) {
      return Optional.empty();
    }
  }
}
