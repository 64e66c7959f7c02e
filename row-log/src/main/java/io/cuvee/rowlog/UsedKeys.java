package io.cuvee.rowlog;

import io.cuvee.ingest.stream.rows.RowKey;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Keys under which rows were written, for as long as they count. Those whose time is over stay as
/// long as an entry may be applied again that came before: it has to find what it found the first
/// time. Guarded by its owner.
final class UsedKeys {
  private final long millis;
  private final int max;

  /// By the time of their last use, earliest first.
  private final LinkedHashMap<Hash, Uses> keys = new LinkedHashMap<>();

  /// Times of the uses that count.
  private final Deque<Long> counting = new ArrayDeque<>();

  private record Hash(long high, long low) {}

  /// @param before earlier use, whose time was over
  private record Uses(Use use, @Nullable Uses before) {}

  /// Rows that were written.
  ///
  /// @param index of their entry
  /// @param millis when
  /// @param content hash of them
  /// @param offset of the first
  record Use(long index, long millis, long content, long offset, int count) {}

  /// @param millis for which a key counts
  /// @param max how many may count at a time
  UsedKeys(long millis, int max) {
    this.millis = millis;
    this.max = max;
  }

  void expire(long now) {
    while (!counting.isEmpty() && counting.getFirst() <= now - millis) {
      counting.removeFirst();
    }
  }

  Optional<Use> find(RowKey key, long now) {
    Uses uses = keys.get(new Hash(key.high(), key.low()));
    return uses == null || uses.use().millis() <= now - millis
        ? Optional.empty()
        : Optional.of(uses.use());
  }

  /// @return false if too many count
  boolean note(RowKey key, Use use) {
    if (counting.size() >= max) {
      return false;
    }
    Hash hash = new Hash(key.high(), key.low());
    keys.put(hash, new Uses(use, keys.remove(hash)));
    counting.addLast(use.millis());
    return true;
  }

  /// No entry from before this time is applied again.
  void forget(long time) {
    var earliest = keys.values().iterator();
    while (earliest.hasNext() && earliest.next().use().millis() <= time - millis) {
      earliest.remove();
    }
  }

  /// Writes the keys that counted after an entry.
  void write(long index, long time, DataOutputStream out) throws IOException {
    // By time, so that the copy has the same order.
    TreeMap<Long, Map<Hash, Use>> then = new TreeMap<>();
    int count = 0;
    for (Map.Entry<Hash, Uses> key : keys.entrySet()) {
      Uses uses = key.getValue();
      while (uses != null && uses.use().index() > index) {
        uses = uses.before();
      }
      if (uses != null && uses.use().millis() > time - millis) {
        then.computeIfAbsent(uses.use().millis(), each -> new LinkedHashMap<>())
            .put(key.getKey(), uses.use());
        count++;
      }
    }
    out.writeInt(count);
    for (Map<Hash, Use> each : then.values()) {
      for (Map.Entry<Hash, Use> key : each.entrySet()) {
        out.writeLong(key.getKey().high());
        out.writeLong(key.getKey().low());
        Use use = key.getValue();
        out.writeLong(use.index());
        out.writeLong(use.millis());
        out.writeLong(use.content());
        out.writeLong(use.offset());
        out.writeInt(use.count());
      }
    }
  }

  void read(DataInputStream in) throws IOException {
    int count = in.readInt();
    for (int i = 0; i < count; i++) {
      Hash hash = new Hash(in.readLong(), in.readLong());
      Use use = new Use(in.readLong(), in.readLong(), in.readLong(), in.readLong(), in.readInt());
      keys.put(hash, new Uses(use, null));
      counting.addLast(use.millis());
    }
  }
}
