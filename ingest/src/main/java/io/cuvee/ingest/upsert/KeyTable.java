package io.cuvee.ingest.upsert;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// A hash table outside the heap from keys of 128 bits to two numbers each: 32 bytes a slot, open
/// addressing with linear probing, in parts that grow one by one, so that growing takes little
/// memory beside. 50 million keys take 2 GiB. Not thread-safe.
final class KeyTable implements AutoCloseable {
  /// The place of a key that is not there.
  static final long ABSENT = 0;

  private static final int PART_BITS = 6;
  private static final int FIRST_SLOTS = 16;
  private static final int SLOT_BYTES = 32;
  private static final int LOW = 8;
  private static final int COMPARISON = 16;
  private static final int PLACE = 24;
  private static final int MAX_SLOT_BITS = 26;

  private static final ValueLayout.OfLong WORD = ValueLayout.JAVA_LONG;

  private final Part[] parts = new Part[1 << PART_BITS];

  // Where the last key that was looked for is, or would be.
  private Part part;
  private long slot;
  private long high;
  private long low;

  /// Which entries need not be kept.
  @FunctionalInterface
  interface Keeps {
    boolean keeps(long comparison, long place);
  }

  private static final class Part {
    private Arena arena;
    private MemorySegment slots;
    private int mask;
    private int used;

    Part(int capacity) {
      allocate(capacity);
    }

    private void allocate(int capacity) {
      arena = Arena.ofShared();
      slots = arena.allocate((long) capacity * SLOT_BYTES, Long.BYTES);
      mask = capacity - 1;
      used = 0;
    }

    boolean isFull() {
      // Linear probing stays short up to four fifths.
      return used >= (mask + 1) / 5 * 4 + (mask + 1) % 5;
    }

    long get(long slot, int offset) {
      return slots.get(WORD, slot * SLOT_BYTES + offset);
    }

    void set(long slot, int offset, long value) {
      slots.set(WORD, slot * SLOT_BYTES + offset, value);
    }

    /// The slot of the key, or the free one where it goes.
    long find(long hash, long high, long low) {
      long at = hash & mask;
      while (get(at, PLACE) != ABSENT && (get(at, 0) != high || get(at, LOW) != low)) {
        at = at + 1 & mask;
      }
      return at;
    }
  }

  KeyTable() {
    for (int i = 0; i < parts.length; i++) {
      parts[i] = new Part(FIRST_SLOTS);
    }
    part = parts[0];
  }

  private static long hash(long high, long low) {
    long h = high * 0x9E3779B97F4A7C15L ^ Long.rotateLeft(low, 29) * 0xC2B2AE3D27D4EB4FL;
    h = (h ^ h >>> 32) * 0xFF51AFD7ED558CCDL;
    return h ^ h >>> 29;
  }

  /// Looks for a key; the methods without a key are about it then.
  ///
  /// @return whether it is there
  boolean find(long keyHigh, long keyLow) {
    high = keyHigh;
    low = keyLow;
    long hash = hash(high, low);
    part = parts[(int) (hash >>> Long.SIZE - PART_BITS)];
    slot = part.find(hash, high, low);
    return part.get(slot, PLACE) != ABSENT;
  }

  /// The first number of the key that was found.
  long comparison() {
    return part.get(slot, COMPARISON);
  }

  /// The second number of the key that was looked for, or [#ABSENT].
  long place() {
    return part.get(slot, PLACE);
  }

  /// Sets the numbers of the key that was looked for last.
  ///
  /// @param place not [#ABSENT]
  /// @param keeps asked of all keys of a part if it has to grow
  void set(long comparison, long place, Keeps keeps) {
    if (part.get(slot, PLACE) == ABSENT) {
      if (part.isFull()) {
        grow(part, keeps);
        slot = part.find(hash(high, low), high, low);
      }
      part.used++;
      part.set(slot, 0, high);
      part.set(slot, LOW, low);
    }
    part.set(slot, COMPARISON, comparison);
    part.set(slot, PLACE, place);
  }

  private static void grow(Part part, Keeps keeps) {
    int kept = 0;
    for (long i = 0; i <= part.mask; i++) {
      if (keeps(part, i, keeps)) {
        kept++;
      }
    }
    // Half full at most, so that it does not grow again soon.
    int capacity = FIRST_SLOTS;
    while (capacity < 2L * kept) {
      if (capacity == 1 << MAX_SLOT_BITS) {
        throw new IllegalStateException("Too many keys in one partition: " + kept + " in a part.");
      }
      capacity *= 2;
    }
    Arena before = part.arena;
    MemorySegment slots = part.slots;
    int mask = part.mask;
    part.allocate(capacity);
    for (long i = 0; i <= mask; i++) {
      long at = i * SLOT_BYTES;
      long place = slots.get(WORD, at + PLACE);
      long comparison = slots.get(WORD, at + COMPARISON);
      if (place != ABSENT && keeps.keeps(comparison, place)) {
        long high = slots.get(WORD, at);
        long low = slots.get(WORD, at + LOW);
        long to = part.find(hash(high, low), high, low);
        part.set(to, 0, high);
        part.set(to, LOW, low);
        part.set(to, COMPARISON, comparison);
        part.set(to, PLACE, place);
        part.used++;
      }
    }
    before.close();
  }

  private static boolean keeps(Part part, long slot, Keeps keeps) {
    long place = part.get(slot, PLACE);
    return place != ABSENT && keeps.keeps(part.get(slot, COMPARISON), place);
  }

  /// How many keys are there, those included that need not be kept.
  long size() {
    long size = 0;
    for (Part each : parts) {
      size += each.used;
    }
    return size;
  }

  long memoryBytes() {
    long bytes = 0;
    for (Part each : parts) {
      bytes += each.slots.byteSize();
    }
    return bytes;
  }

  @Override
  public void close() {
    for (Part each : parts) {
      each.arena.close();
    }
  }
}
