package io.cuvee.segment.fsst;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Finds symbols that shorten a sample of ranges: encodes it with the symbols found so far, counts
/// which symbols and which pairs of them occur, and keeps those that would save most; a few times.
final class SymbolSearch {
  private static final int ROUNDS = 5;

  /// Single bytes are numbered before the symbols.
  private static final int BYTES = 256;

  private static final int PARTS = BYTES + FsstFormat.MAX_SYMBOLS;

  /// A single byte that is no symbol takes two, so those that are frequent are worth more than they
  /// are long.
  private static final int BYTE_WEIGHT = 8;

  private final byte[] sample;
  private final int[] ends;
  private final int[] counts = new int[PARTS];
  private final int[] pairs = new int[PARTS * PARTS];
  private SymbolTable table = new SymbolTable(new long[0], new byte[0]);

  private SymbolSearch(byte[] sample, int[] ends) {
    this.sample = sample;
    this.ends = ends;
  }

  /// A sequence of bytes that may become a symbol.
  private record Sequence(long word, int length) {}

  /// @param ends where each range of the sample ends
  static SymbolTable find(byte[] sample, int[] ends) {
    SymbolSearch search = new SymbolSearch(sample, ends);
    for (int round = 0; round < ROUNDS; round++) {
      search.count();
      search.table = search.best();
    }
    return search.table;
  }

  private void count() {
    Arrays.fill(counts, 0);
    Arrays.fill(pairs, 0);
    int from = 0;
    for (int end : ends) {
      int previous = -1;
      for (int at = from; at < end; ) {
        int code = table.find(SymbolTable.word(sample, at, end), end - at);
        int first = sample[at] & 0xff;
        int part = code < 0 ? first : BYTES + code;
        int length = code < 0 ? 1 : table.length(code);
        add(previous, part);
        if (length > 1) {
          // It may be better to begin with a single byte.
          add(previous, first);
        }
        previous = part;
        at += length;
      }
      from = end;
    }
  }

  private void add(int previous, int part) {
    counts[part]++;
    if (previous >= 0) {
      pairs[previous * PARTS + part]++;
    }
  }

  private Sequence sequence(int part) {
    return part < BYTES
        ? new Sequence(part, 1)
        : new Sequence(table.symbol(part - BYTES), table.length(part - BYTES));
  }

  private SymbolTable best() {
    Map<Sequence, Long> gains = new HashMap<>();
    for (int part = 0; part < BYTES + table.size(); part++) {
      if (counts[part] == 0) {
        continue;
      }
      Sequence first = sequence(part);
      int weight = first.length == 1 ? BYTE_WEIGHT : first.length;
      gains.merge(first, (long) counts[part] * weight, Long::sum);
      if (first.length == FsstFormat.MAX_SYMBOL_BYTES) {
        continue;
      }
      for (int follower = 0; follower < BYTES + table.size(); follower++) {
        int count = pairs[part * PARTS + follower];
        if (count > 0) {
          Sequence joined = joined(first, sequence(follower));
          gains.merge(joined, (long) count * joined.length, Long::sum);
        }
      }
    }
    List<Map.Entry<Sequence, Long>> ordered = new ArrayList<>(gains.entrySet());
    ordered.sort(
        Comparator.<Map.Entry<Sequence, Long>>comparingLong(entry -> -entry.getValue())
            .thenComparingInt(entry -> -entry.getKey().length)
            .thenComparingLong(entry -> entry.getKey().word));
    int size = Math.min(FsstFormat.MAX_SYMBOLS, ordered.size());
    long[] symbols = new long[size];
    byte[] lengths = new byte[size];
    for (int code = 0; code < size; code++) {
      symbols[code] = ordered.get(code).getKey().word;
      lengths[code] = (byte) ordered.get(code).getKey().length;
    }
    return new SymbolTable(symbols, lengths);
  }

  private static Sequence joined(Sequence first, Sequence second) {
    int length = Math.min(FsstFormat.MAX_SYMBOL_BYTES, first.length + second.length);
    long word = (first.word | second.word << first.length * Byte.SIZE) & FsstFormat.mask(length);
    return new Sequence(word, length);
  }
}
