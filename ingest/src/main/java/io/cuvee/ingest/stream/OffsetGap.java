package io.cuvee.ingest.stream;

/// Offsets that were asked for and that the stream does not have: messages that expired before they
/// were read, or, if `to` is below `from`, a topic that was cut back or made anew.
///
/// @param from first that was asked for
/// @param to where reading goes on
public record OffsetGap(long from, long to) {}
