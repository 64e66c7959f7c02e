package io.cuvee.segment.store;

/// How much of a segment is checked when it is opened.
public enum Verify {
  /// Reads all bytes and checks every checksum; for segments that have just arrived on this
  /// machine.
  CHECKSUMS,
  /// Checks the small files, and that every buffer lies where and is as long as it should; for
  /// segments whose checksums were checked before on this machine.
  STRUCTURE
}
