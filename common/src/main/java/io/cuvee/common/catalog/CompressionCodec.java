package io.cuvee.common.catalog;

import java.util.Locale;
import java.util.Optional;

/// What a table config says of the compression of a column without a dictionary. Values are
/// compressed one by one, so that each can be read for itself, whichever of the codecs that would
/// take many together is named.
public enum CompressionCodec {
  /// Not compressed.
  PASS_THROUGH,
  SNAPPY,
  ZSTANDARD,
  LZ4,
  FSST;

  /// By name in either case.
  static Optional<CompressionCodec> find(String name) {
    for (CompressionCodec codec : values()) {
      if (codec.name().equals(name.toUpperCase(Locale.ROOT))) {
        return Optional.of(codec);
      }
    }
    return Optional.empty();
  }
}
