package io.cuvee.controller.backup;

import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/// Reads the texts of the metadata. What belongs to one table is read again until nothing of it has
/// changed between two readings, so that all of it was so at one moment.
public final class MetadataSnapshot {
  /// The part that belongs to no table. No table's physical name is so.
  static final String CLUSTER = "cluster";

  private static final int MAX_READINGS = 50;

  /// Texts that are asked for together.
  private static final int READ_BATCH = 5000;

  /// It has no text and is there to be written to.
  private static final String CLOCK = "clock";

  private final MetadataStore metadata;
  private final Set<String> leftOut;

  public MetadataSnapshot(MetadataStore metadata) {
    this(metadata, Set.of());
  }

  /// @param leftOut directories that are not read
  MetadataSnapshot(MetadataStore metadata, Set<String> leftOut) {
    this.metadata = metadata;
    this.leftOut = leftOut;
  }

  /// The part that a text belongs to: a physical table, or [#CLUSTER].
  static String part(String path) {
    String[] names = path.split("/", 3);
    return names.length > 1 && isTable(names[1]) ? names[1] : CLUSTER;
  }

  private static boolean isTable(String name) {
    return !TableType.logicalName(name).equals(name);
  }

  /// All texts by path, each table as it was at one moment.
  ///
  /// @throws CuveeException `CONFLICT` if a table keeps changing
  public SortedMap<String, String> all() {
    SortedMap<String, String> texts = new TreeMap<>(read(CLUSTER));
    Set<String> tables = new TreeSet<>();
    for (String directory : directories()) {
      metadata.list(directory).stream().filter(MetadataSnapshot::isTable).forEach(tables::add);
    }
    tables.forEach(table -> texts.putAll(read(table)));
    return texts;
  }

  /// The texts of one part.
  ///
  /// @throws CuveeException `CONFLICT` if it keeps changing
  SortedMap<String, String> read(String part) {
    SortedMap<String, Versioned<String>> texts = new TreeMap<>();
    Reading first = new Reading(texts);
    readOnce(part, first);
    for (int i = 0; i < MAX_READINGS; i++) {
      Reading again = new Reading(texts);
      readOnce(part, again);
      if (!again.end()) {
        SortedMap<String, String> plain = new TreeMap<>();
        texts.forEach((path, text) -> plain.put(path, text.value()));
        return plain;
      }
    }
    throw new CuveeException(
        ErrorCode.CONFLICT,
        "The metadata of "
            + part
            + " changed during each of "
            + MAX_READINGS
            + " readings. Try again when less is written to it.");
  }

  private Set<String> directories() {
    Set<String> directories = new TreeSet<>(metadata.list(""));
    directories.remove(CLOCK);
    directories.removeAll(leftOut);
    return directories;
  }

  /// One look at texts that have been read before, of which there may be very many: what is the
  /// same is not kept twice.
  private static final class Reading {
    private final SortedMap<String, Versioned<String>> texts;
    private final Set<String> gone;
    private boolean differs;

    Reading(SortedMap<String, Versioned<String>> texts) {
      this.texts = texts;
      this.gone = new HashSet<>(texts.keySet());
    }

    void found(String path, Versioned<String> text) {
      if (!gone.remove(path) || !text.equals(texts.get(path))) {
        texts.put(path, text);
        differs = true;
      }
    }

    /// @return whether anything was different
    boolean end() {
      texts.keySet().removeAll(gone);
      return differs || !gone.isEmpty();
    }
  }

  private void readOnce(String part, Reading reading) {
    for (String directory : directories()) {
      if (part.equals(CLUSTER)) {
        Map<String, Versioned<String>> own = metadata.getAll(directory);
        for (String name : metadata.list(directory)) {
          if (isTable(name)) {
            continue;
          }
          Versioned<String> text = own.get(name);
          if (text == null) {
            readBelow(directory + "/" + name, reading);
          } else {
            reading.found(directory + "/" + name, text);
          }
        }
      } else {
        String path = directory + "/" + part;
        metadata.get(path).ifPresent(text -> reading.found(path, text));
        readBelow(path, reading);
      }
    }
  }

  private void readBelow(String path, Reading reading) {
    List<String> names = metadata.list(path);
    for (int from = 0; from < names.size(); from += READ_BATCH) {
      metadata
          .getAll(path, names.subList(from, Math.min(names.size(), from + READ_BATCH)))
          .forEach((name, text) -> reading.found(path + "/" + name, text));
    }
  }
}
