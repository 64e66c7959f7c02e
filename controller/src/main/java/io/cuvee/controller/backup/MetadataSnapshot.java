package io.cuvee.controller.backup;

import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
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
    SortedMap<String, Versioned<String>> texts = readOnce(part);
    for (int i = 0; i < MAX_READINGS; i++) {
      SortedMap<String, Versioned<String>> again = readOnce(part);
      if (again.equals(texts)) {
        SortedMap<String, String> plain = new TreeMap<>();
        texts.forEach((path, text) -> plain.put(path, text.value()));
        return plain;
      }
      texts = again;
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

  private SortedMap<String, Versioned<String>> readOnce(String part) {
    SortedMap<String, Versioned<String>> texts = new TreeMap<>();
    for (String directory : directories()) {
      if (part.equals(CLUSTER)) {
        Map<String, Versioned<String>> own = metadata.getAll(directory);
        for (String name : metadata.list(directory)) {
          if (isTable(name)) {
            continue;
          }
          Versioned<String> text = own.get(name);
          if (text == null) {
            readBelow(directory + "/" + name, texts);
          } else {
            texts.put(directory + "/" + name, text);
          }
        }
      } else {
        String path = directory + "/" + part;
        metadata.get(path).ifPresent(text -> texts.put(path, text));
        readBelow(path, texts);
      }
    }
    return texts;
  }

  private void readBelow(String path, SortedMap<String, Versioned<String>> texts) {
    metadata.getAll(path).forEach((name, text) -> texts.put(path + "/" + name, text));
  }
}
