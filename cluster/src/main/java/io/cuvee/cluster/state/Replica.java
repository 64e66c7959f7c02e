package io.cuvee.cluster.state;

/// What one server does hold of one segment.
///
/// @param crc of what is loaded; 0 if nothing is
/// @param message why it is in ERROR; else empty
public record Replica(SegmentState state, long crc, String message) {}
