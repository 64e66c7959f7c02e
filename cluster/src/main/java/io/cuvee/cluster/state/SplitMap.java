package io.cuvee.cluster.state;

import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// An immutable map by names, in parts: one that differs in a few names from another shares all
/// parts but theirs with it. So a change among a million names costs a few thousand, and so does
/// finding out what has changed.
public final class SplitMap<V> extends AbstractMap<String, V> {
  private static final int PARTS = 256;

  private static final SplitMap<?> EMPTY = new SplitMap<>(emptyParts());

  private final Map<String, V>[] parts;
  private final int size;

  private SplitMap(Map<String, V>[] parts) {
    this.parts = parts;
    this.size = Arrays.stream(parts).mapToInt(Map::size).sum();
  }

  @SuppressWarnings({"rawtypes", "unchecked"})
  private static <V> Map<String, V>[] emptyParts() {
    Map<String, V>[] parts = new Map[PARTS];
    Arrays.fill(parts, Map.of());
    return parts;
  }

  @SuppressWarnings("unchecked")
  public static <V> SplitMap<V> empty() {
    return (SplitMap<V>) EMPTY;
  }

  private static int part(String name) {
    return (name.hashCode() * 0x9E3779B9) >>> 24;
  }

  /// This with other values; an empty one removes the name.
  @SuppressWarnings("ReferenceEquality") // A part that was not copied is the same object.
  public SplitMap<V> with(Map<String, Optional<V>> changes) {
    if (changes.isEmpty()) {
      return this;
    }
    Map<String, V>[] next = parts.clone();
    changes.forEach((name, value) -> {
      int part = part(name);
      if (next[part] == parts[part]) {
        next[part] = new HashMap<>(parts[part]);
      }
      value.ifPresentOrElse(
          present -> next[part].put(name, present), () -> next[part].remove(name));
    });
    return new SplitMap<>(next);
  }

  /// The names whose values differ between two maps, or that only one of them has.
  @SuppressWarnings("ReferenceEquality") // Parts that are the same object need no look.
  public static <V> Set<String> differences(Map<String, V> before, Map<String, V> after) {
    Set<String> names = new HashSet<>();
    if (before instanceof SplitMap<V> old && after instanceof SplitMap<V> young) {
      for (int part = 0; part < PARTS; part++) {
        if (old.parts[part] != young.parts[part]) {
          addDifferences(old.parts[part], young.parts[part], names);
        }
      }
    } else {
      addDifferences(before, after, names);
    }
    return names;
  }

  private static <V> void addDifferences(
      Map<String, V> before, Map<String, V> after, Set<String> names) {
    before.forEach((name, value) -> {
      if (!value.equals(after.get(name))) {
        names.add(name);
      }
    });
    after.keySet().stream().filter(name -> !before.containsKey(name)).forEach(names::add);
  }

  @Override
  public @Nullable V get(@Nullable Object name) {
    return name instanceof String text ? parts[part(text)].get(text) : null;
  }

  @Override
  public boolean containsKey(@Nullable Object name) {
    return get(name) != null;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public Set<Entry<String, V>> entrySet() {
    return new AbstractSet<>() {
      @Override
      public int size() {
        return size;
      }

      @Override
      public Iterator<Entry<String, V>> iterator() {
        Stream<Entry<String, V>> all =
            Arrays.stream(parts)
                .flatMap(part -> Collections.unmodifiableMap(part).entrySet().stream());
        return all.iterator();
      }
    };
  }

  @Override
  public boolean equals(@Nullable Object other) {
    if (!(other instanceof SplitMap<?> map)) {
      return super.equals(other);
    }
    for (int part = 0; part < PARTS; part++) {
      if (!Objects.equals(parts[part], map.parts[part])) {
        return false;
      }
    }
    return true;
  }

  @Override
  public int hashCode() {
    return super.hashCode();
  }
}
