package io.cuvee.ingest.stream.rows;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.UUID;

/// By what a log knows that it has some rows already.
///
/// @param high first half of the key's hash
/// @param low second half
/// @param content hash of what was sent with the key
/// @param isKept whether a client named it, so that it is remembered for a day; one that was made
///   for a single request is forgotten soon
public record RowKey(long high, long low, long content, boolean isKept) {
  /// The key that a client named.
  public static RowKey of(String name, byte[] body) {
    ByteBuffer hash = ByteBuffer.wrap(sha256(name.getBytes(StandardCharsets.UTF_8)));
    return new RowKey(
        hash.getLong(), hash.getLong(), ByteBuffer.wrap(sha256(body)).getLong(), true);
  }

  /// A new key for a request without one.
  public static RowKey any() {
    UUID random = UUID.randomUUID();
    return new RowKey(random.getMostSignificantBits(), random.getLeastSignificantBits(), 0, false);
  }

  private static byte[] sha256(byte[] bytes) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(bytes);
    } catch (NoSuchAlgorithmException e) {
      throw new CuveeException(ErrorCode.INTERNAL, "This JVM has no SHA-256.", e);
    }
  }
}
