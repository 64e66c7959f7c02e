package io.cuvee.segment.store;

/// How much of a segment is checked when it is opened.
public enum Verify {
  /// Reads all bytes and checks every checksum; for segments that have just arrived on this
  /// machine.
  CHECKSUMS,
  /// As [#STRUCTURE], and the checksums of each column when [Segment#check] is first called for it;
  /// for segments whose checksums were right when they came to this machine's disk.
  ON_USE,
  /// Checks the small files, and that every buffer lies where and is as long as it should; for
  /// segments that were written just now.
  STRUCTURE
}
