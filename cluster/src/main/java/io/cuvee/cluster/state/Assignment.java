package io.cuvee.cluster.state;

/// What one server should do with one segment.
///
/// @param target ONLINE, CONSUMING or OFFLINE
/// @param crc of the segment that should be loaded; a server that holds another one loads this one,
///   then swaps
public record Assignment(SegmentState target, long crc) {}
