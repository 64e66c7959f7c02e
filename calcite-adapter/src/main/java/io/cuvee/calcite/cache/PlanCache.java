package io.cuvee.calcite.cache;

import java.util.ArrayDeque;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/// Keeps values for keys, within a number of entries and a sum of weights. Reading takes no lock.
/// The entry to go is found as by a clock's hand: those used since the hand last passed stay for
/// another round. Thread-safe.
public final class PlanCache<K, V> {
  private final int maxEntries;
  private final long maxWeight;
  private final ToLongFunction<V> weigher;
  private final ConcurrentHashMap<K, Entry<K, V>> entries = new ConcurrentHashMap<>();

  // Guarded by this.
  private final ArrayDeque<Entry<K, V>> clock = new ArrayDeque<>();
  private long weight;

  /// @param maxEntries 0 keeps nothing
  /// @param weigher gives the weight of a value in the unit of `maxWeight`
  public PlanCache(int maxEntries, long maxWeight, ToLongFunction<V> weigher) {
    this.maxEntries = maxEntries;
    this.maxWeight = maxWeight;
    this.weigher = weigher;
  }

  private static final class Entry<K, V> {
    private final K key;
    private final V value;
    private final long weight;
    // A lost write costs at most a plan that is made again.
    private volatile boolean used;

    Entry(K key, V value, long weight) {
      this.key = key;
      this.value = value;
      this.weight = weight;
    }
  }

  public @Nullable V get(K key) {
    Entry<K, V> entry = entries.get(key);
    if (entry == null) {
      return null;
    }
    if (!entry.used) {
      entry.used = true;
    }
    return entry.value;
  }

  /// Keeps `value` unless it alone weighs more than all may.
  public void put(K key, V value) {
    Entry<K, V> entry = new Entry<>(key, value, weigher.applyAsLong(value));
    if (maxEntries == 0 || entry.weight > maxWeight) {
      return;
    }
    synchronized (this) {
      if (entries.putIfAbsent(key, entry) != null) {
        return;
      }
      clock.addLast(entry);
      weight += entry.weight;
      while (entries.size() > maxEntries || weight > maxWeight) {
        Entry<K, V> oldest = clock.removeFirst();
        if (oldest.used) {
          oldest.used = false;
          clock.addLast(oldest);
        } else {
          entries.remove(oldest.key);
          weight -= oldest.weight;
        }
      }
    }
  }

  public int size() {
    return entries.size();
  }
}
