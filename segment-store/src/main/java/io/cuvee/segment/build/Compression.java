package io.cuvee.segment.build;

import io.cuvee.common.catalog.CompressionCodec;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Whether the values of a raw column are compressed.
enum Compression {
  NONE,
  /// If it saves enough.
  IF_SMALLER,
  /// Because the table config says so.
  CONFIGURED;

  /// The share of the plain size that byte ranges and floats may take.
  static final double MOST = 0.85;

  /// Doubles are decoded as fast as they are read from memory, if their integers have up to 31
  /// bits.
  static final double MOST_OF_DOUBLES = 0.55;

  /// @param codec as the table config says, if it does
  static Compression of(@Nullable CompressionCodec codec) {
    return codec == null ? IF_SMALLER : codec == CompressionCodec.PASS_THROUGH ? NONE : CONFIGURED;
  }

  /// @param most the share of the plain size that is taken at most
  boolean takes(long sizeBytes, long plainBytes, double most) {
    return switch (this) {
      case NONE -> false;
      case IF_SMALLER -> sizeBytes <= most * plainBytes;
      case CONFIGURED -> true;
    };
  }

  /// What was chosen and what it saves, for people.
  String note(String name, long sizeBytes, long plainBytes) {
    return String.format(
        Locale.ROOT,
        "; %s%s: %,d bytes instead of %,d",
        name,
        this == CONFIGURED ? " as compressionCodec says" : "",
        sizeBytes,
        plainBytes);
  }
}
