package io.cuvee.cluster.state;

/// States of a replica of a segment. The assignment asks for ONLINE, CONSUMING or OFFLINE; servers
/// report any.
public enum SegmentState {
  /// Not loaded.
  OFFLINE,
  /// Loaded and served.
  ONLINE,
  /// Filled from a stream and served.
  CONSUMING,
  /// Could not be loaded; the reason is in the serving view.
  ERROR,
  /// Being removed.
  DROPPED
}
