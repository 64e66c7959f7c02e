package io.cuvee.engine.loading;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.file.FileTree;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.StarTreeOptions;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.SegmentArchive;
import io.cuvee.segment.store.SegmentIndexes;
import io.cuvee.segment.store.StarTreeIndexes;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens one version of a segment: the copy on disk if it is good, else a fresh one from the deep
/// store, or from another server where the deep store has none. Thread-safe.
final class SegmentLoader {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentLoader.class);

  /// What the build of one star-tree may take.
  private static final DataSize STAR_TREE_MEMORY = new DataSize(512L << 20);

  private static final int MAX_TOLD = 1000;

  private final LocalStore store;
  private final MetadataStore metadata;
  private final Function<URI, DeepStore> deepStores;
  private final PeerCopies peers;
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  /// @param deepStores the store that holds an object
  /// @param peers asked for what that does not give
  SegmentLoader(
      LocalStore store,
      MetadataStore metadata,
      Function<URI, DeepStore> deepStores,
      PeerCopies peers) {
    this.store = store;
    this.metadata = metadata;
    this.deepStores = deepStores;
    this.peers = peers;
  }

  /// @return open, with the indexes of the table's config as far as they can be made; the caller
  ///   closes it
  /// @throws CuveeException if there is no good copy anywhere
  Segment load(SegmentKey key, long crc) {
    Segment segment = loadAsIs(key, crc);
    try {
      Optional<Segment> fresh = refreshed(key, segment);
      if (fresh.isPresent()) {
        segment.close();
        store.delete(segment.directory());
        return fresh.get();
      }
    } catch (RuntimeException failure) {
      // Queries get the same rows without.
      LOG.warn("Could not bring the indexes of {} up to the table's config", key, failure);
    }
    return segment;
  }

  /// Makes a copy of an open segment that has the indexes of the table's config as it is now. The
  /// copy takes its place on disk in one step; the old one stays until the caller deletes it.
  ///
  /// @return the copy, open; empty if there is nothing to do
  /// @throws CuveeException if the copy cannot be made; all is then as it was
  Optional<Segment> refreshed(SegmentKey key, Segment segment) {
    Optional<TableConfig> config = config(key);
    Optional<Schema> schema =
        config
            .flatMap(found -> metadata.get("schemas/" + found.schemaName()))
            .map(text -> Schema.parse(text.value()));
    if (config.isEmpty() || schema.isEmpty() || !segment.acquire()) {
      return Optional.empty();
    }
    IndexingOptions options = IndexingOptions.of(config.get());
    StarTreeOptions trees = StarTreeOptions.of(config.get());
    Path incoming = null;
    try {
      SegmentIndexes.Difference difference = SegmentIndexes.compare(segment, options);
      difference.impossible().forEach(reason -> tellOnce(key.table(), reason));
      List<String> missing = new ArrayList<>(difference.missing());
      StarTreeIndexes.missing(segment, trees, schema.get())
          .forEach(tree -> missing.add("star-tree by " + tree.dimensions()));
      List<String> superfluous = new ArrayList<>(difference.superfluous());
      StarTreeIndexes.superfluous(segment, trees, schema.get())
          .forEach(dimensions -> superfluous.add("star-tree by " + dimensions));
      if (missing.isEmpty() && superfluous.isEmpty()) {
        return Optional.empty();
      }
      long start = System.nanoTime();
      incoming = store.newIncoming();
      SegmentIndexes.copy(segment, incoming, options);
      StarTreeIndexes.copy(segment, incoming, trees, schema.get(), STAR_TREE_MEMORY);
      Path directory = store.otherDirectory(segment.directory());
      store.adopt(incoming, directory);
      // The copy checked what it read, and wrote checksums of the rest.
      store.markVerified(directory);
      Segment fresh = Segment.open(directory, Verify.STRUCTURE);
      LOG.info(
          "Changed indexes of segment {} in {} ms: made {}, dropped {}",
          key,
          (System.nanoTime() - start) / 1_000_000,
          missing,
          superfluous);
      return Optional.of(fresh);
    } finally {
      segment.release();
      if (incoming != null) {
        store.delete(incoming);
      }
    }
  }

  /// Whether it must be on the disk whatever else is asked for: joins and keys need all of their
  /// tables at any time, and consumers what they have just sealed.
  boolean mustStay(SegmentKey key) {
    return config(key)
        .map(config -> config.isDimension() || config.type() == TableType.REALTIME)
        .orElse(true);
  }

  /// Whether its table wants segments to be loaded when queries ask for them.
  boolean isOnDemand(SegmentKey key) {
    return config(key).map(TableConfig::loadsOnDemand).orElse(false);
  }

  private Optional<TableConfig> config(SegmentKey key) {
    return metadata.get("tables/" + key.table()).map(text -> TableConfig.parse(text.value()));
  }

  boolean hasCopy(SegmentKey key, long crc) {
    return Files.isDirectory(store.directory(key, crc));
  }

  void deleteCopy(SegmentKey key, long crc) {
    for (Path directory = store.directory(key, crc);
        Files.isDirectory(directory);
        directory = store.directory(key, crc)) {
      store.delete(directory);
    }
  }

  /// What it takes on the disk; of one that is not there yet, its archive's size.
  long sizeBytes(SegmentKey key, long crc) {
    return hasCopy(key, crc)
        ? LocalStore.sizeBytes(store.directory(key, crc))
        : metadata
            .get(SegmentRecord.path(key.table(), key.segment()))
            .map(text -> SegmentRecord.parse(text.value()).sizeBytes())
            .orElse(0L);
  }

  private void tellOnce(String table, String reason) {
    if (told.size() < MAX_TOLD && told.add(table + " " + reason)) {
      LOG.warn("Table {} asks for what its segments cannot have: {}", table, reason);
    }
  }

  private Segment loadAsIs(SegmentKey key, long crc) {
    Path directory = store.directory(key, crc);
    // There are two if one was taking the other's place when this process ended.
    for (; Files.isDirectory(directory); directory = store.directory(key, crc)) {
      try {
        boolean verified = store.isVerified(directory);
        Segment segment = open(key, crc, directory, verified ? Verify.ON_USE : Verify.CHECKSUMS);
        if (!verified) {
          store.markVerified(directory);
        }
        return segment;
      } catch (CuveeException damaged) {
        LOG.warn(
            "A local copy of {} is not usable and is set aside: {}", key, damaged.getMessage());
        store.quarantine(directory);
      }
    }
    fetch(key, crc, directory);
    return open(key, crc, directory, Verify.STRUCTURE);
  }

  private static Segment open(SegmentKey key, long crc, Path directory, Verify verify) {
    Segment segment = Segment.open(directory, verify);
    if (segment.metadata().crc() != crc) {
      long found = segment.metadata().crc();
      segment.close();
      throw wrongCrc(key, crc, found);
    }
    return segment;
  }

  private void fetch(SegmentKey key, long crc, Path directory) {
    SegmentRecord record =
        metadata
            .get(SegmentRecord.path(key.table(), key.segment()))
            .map(text -> SegmentRecord.parse(text.value()))
            .orElseThrow(() ->
                new CuveeException(
                    ErrorCode.NOT_FOUND,
                    "Segment "
                        + key
                        + " has no record in the cluster's metadata. Upload it again."));
    if (record.crc() != crc) {
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "Segment "
              + key
              + " is assigned with CRC "
              + Long.toHexString(crc)
              + ", but its record has "
              + Long.toHexString(record.crc())
              + "; the assignment is about to change.");
    }
    store.requireSpace(key, record.sizeBytes());
    Path incoming = store.newIncoming();
    try {
      Path archive = incoming.resolve("archive");
      Path unpacked;
      try {
        fetchObject(key, record.downloadUrl(), archive);
        unpacked = unpackVerified(key, crc, archive, incoming.resolve("segment"));
      } catch (CuveeException failure) {
        if (!peers.fetch(key, crc, archive)) {
          throw failure;
        }
        LOG.warn("The deep store did not give {}: {}", key, failure.getMessage());
        unpacked = unpackVerified(key, crc, archive, incoming.resolve("from-peer"));
      }
      store.adopt(unpacked, directory);
      store.markVerified(directory);
    } finally {
      try {
        FileTree.delete(incoming);
      } catch (IOException e) {
        LOG.warn("Could not delete {}", incoming, e);
      }
    }
  }

  private void fetchObject(SegmentKey key, String downloadUrl, Path archive) {
    URI source;
    try {
      source = URI.create(downloadUrl);
    } catch (IllegalArgumentException notUri) {
      throw new CuveeException(
          ErrorCode.CORRUPT_SEGMENT,
          "The record of segment " + key + " has a download URL that is none: " + downloadUrl,
          notUri);
    }
    deepStores.apply(source).get(source, archive);
  }

  /// @return `target`, which holds the segment then
  private static Path unpackVerified(SegmentKey key, long crc, Path archive, Path target) {
    SegmentArchive.unpack(archive, target, SegmentArchive.Limits.DEFAULT);
    try (Segment segment = Segment.open(target, Verify.CHECKSUMS)) {
      if (segment.metadata().crc() != crc) {
        throw wrongCrc(key, crc, segment.metadata().crc());
      }
      if (!segment.metadata().segment().equals(key.segment())) {
        throw new CuveeException(
            ErrorCode.CORRUPT_SEGMENT,
            "The archive of segment "
                + key
                + " holds segment "
                + segment.metadata().segment()
                + ". Upload the segment again.");
      }
    }
    return target;
  }

  private static CuveeException wrongCrc(SegmentKey key, long expected, long found) {
    return new CuveeException(
        ErrorCode.CORRUPT_SEGMENT,
        "Segment "
            + key
            + " should have CRC "
            + Long.toHexString(expected)
            + " and has "
            + Long.toHexString(found)
            + ". Upload the segment again.");
  }
}
