package io.cuvee.cluster.deepstore;

import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// The last part of an object's name: unique, and in the order of the writers' clocks. It is a UUID
/// of version 7 (RFC 9562): 48 bits of milliseconds since 1970, then random ones.
public final class ObjectVersions {
  private static final int TIME_BASED = 7;

  private ObjectVersions() {}

  /// A name for an object that is stored now.
  public static String next() {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    long high =
        System.currentTimeMillis() << 16 | (long) TIME_BASED << 12 | random.nextLong() & 0xFFF;
    long low = random.nextLong() & 0x3FFF_FFFF_FFFF_FFFFL | Long.MIN_VALUE;
    return new UUID(high, low).toString();
  }

  /// When the object with this version was stored; absent if the version does not tell.
  public static OptionalLong storedMillis(String version) {
    try {
      UUID uuid = UUID.fromString(version);
      return uuid.version() == TIME_BASED
          ? OptionalLong.of(uuid.getMostSignificantBits() >>> 16)
          : OptionalLong.empty();
    } catch (IllegalArgumentException e) {
      return OptionalLong.empty();
    }
  }
}
