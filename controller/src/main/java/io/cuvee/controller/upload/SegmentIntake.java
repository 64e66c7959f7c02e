package io.cuvee.controller.upload;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.ObjectVersions;
import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.placement.Arrivals;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.placement.Placement;
import io.cuvee.controller.placement.Reconciler;
import io.cuvee.controller.placement.ServerChoice;
import io.cuvee.controller.placement.TableLocks;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.ReplacementStore;
import io.cuvee.controller.table.Tables;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.SegmentArchive;
import io.cuvee.segment.store.SegmentVerifier;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Takes segments into their tables: verified, stored in the deep store under a name of its own,
/// recorded by compare-and-set, assigned to servers. Each step that fails undoes those before it.
/// The same segment again changes nothing; other rows under the same name replace it. Thread-safe.
public final class SegmentIntake {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentIntake.class);
  private static final String UNPACKED = "segment";

  private final Tables tables;
  private final Records records;
  private final DeepStore deepStore;
  private final TableLocks locks;
  private final Leadership leadership;
  private final Arrivals arrivals;
  private final Reconciler reconciler;
  private final ServerChoice servers;
  private final Quota quota;
  private final ReplacementStore replacements;
  private final Path directory;

  /// What became of an upload.
  ///
  /// @param isNew false if the table held exactly this segment already
  /// @param servers that should hold it
  /// @param loaded ends when they do, or cannot
  public record Taken(
      SegmentRecord record,
      boolean isNew,
      Set<String> servers,
      CompletableFuture<Arrivals.Outcome> loaded) {}

  /// What an upload asks for.
  ///
  /// @param mayReplace whether the table may hold another version of the segment
  /// @param expectedCrc of the version that it holds; absent for any
  /// @param replacement that the segment is for
  /// @param marks to note with it
  public record Conditions(
      boolean mayReplace,
      OptionalLong expectedCrc,
      Optional<String> replacement,
      Map<String, String> marks) {
    public static Conditions of(boolean mayReplace) {
      return new Conditions(mayReplace, OptionalLong.empty(), Optional.empty(), Map.of());
    }
  }

  /// @param directory for unpacking; what is left there by an earlier process is removed
  public SegmentIntake(
      Tables tables,
      Records records,
      DeepStore deepStore,
      TableLocks locks,
      Leadership leadership,
      Arrivals arrivals,
      Reconciler reconciler,
      ServerChoice servers,
      ReplacementStore replacements,
      Path directory) {
    this.tables = tables;
    this.records = records;
    this.deepStore = deepStore;
    this.locks = locks;
    this.leadership = leadership;
    this.arrivals = arrivals;
    this.reconciler = reconciler;
    this.servers = servers;
    this.replacements = replacements;
    this.quota = new Quota(records);
    this.directory = directory;
    Sandbox.removeLeftovers(directory);
  }

  /// Takes an archive that came from outside.
  ///
  /// @param archive of one segment; stays where it is
  /// @throws CuveeException `INVALID_INPUT` if it is damaged or for another table, `TYPE_MISMATCH`,
  ///   `QUOTA_EXCEEDED`, `DATA_UNAVAILABLE` if no server is ready, `CONFLICT` if the conditions do
  ///   not hold
  public Taken take(TableConfig config, Path archive, Conditions conditions) {
    leadership.requireTerm();
    SegmentMetadata metadata;
    SegmentScope scope;
    try (Sandbox sandbox = Sandbox.create(directory)) {
      metadata = verify(archive, sandbox);
      checkTable(config, metadata);
      SchemaFit.check(metadata, tables.schemaOf(config));
      scope = SegmentScopes.of(config, metadata, sandbox.resolve(UNPACKED));
    }
    return store(config, metadata, scope, archive, conditions);
  }

  private static void checkTable(TableConfig config, SegmentMetadata metadata) {
    if (!metadata.table().equals(config.physicalName())) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "Segment '"
              + metadata.segment()
              + "' was built for table '"
              + metadata.table()
              + "', not for '"
              + config.physicalName()
              + "'. Upload it there, or build it for this table.");
    }
  }

  /// What is damaged was sent so: it is the sender's error, not ours.
  private static SegmentMetadata verify(Path archive, Sandbox sandbox) {
    Path unpacked = sandbox.resolve(UNPACKED);
    try {
      SegmentArchive.unpack(archive, unpacked, SegmentArchive.Limits.DEFAULT);
      return SegmentVerifier.verify(unpacked);
    } catch (CuveeException e) {
      switch (e.code()) {
        case CORRUPT_SEGMENT, UNSUPPORTED_VERSION, NOT_FOUND, INVALID_INPUT, PROTOCOL ->
            throw new CuveeException(
                ErrorCode.INVALID_INPUT,
                "The upload is not a good segment: "
                    + sandbox
                        .withoutDirectory(String.valueOf(e.getMessage()))
                        .replace(archive.toString(), "archive")
                        .replace("Archive " + archive.getFileName(), "the archive"),
                e);
        default -> throw e;
      }
    }
  }

  /// Takes a segment that is known to be good and to fit.
  Taken store(
      TableConfig config,
      SegmentMetadata metadata,
      SegmentScope scope,
      Path archive,
      Conditions conditions) {
    SegmentKey key = new SegmentKey(config.physicalName(), metadata.segment());
    long bytes = size(archive);
    try (Quota.Reserved _ = quota.reserve(config, key.segment(), bytes);
        TableLocks.Held _ = locks.changeSegment(key.table(), key.segment())) {
      // Under the lock, so that no segment outlives a table that is being deleted.
      TableConfig present = tables.offline(config.physicalName());
      Placement placement = leadership.requireTerm();
      Optional<Versioned<SegmentRecord>> before = records.find(key);
      if (before.isPresent() && before.get().value().crc() == metadata.crc()) {
        return unchanged(noted(before.get(), conditions.marks()), placement);
      }
      replacements.checkUpload(key, conditions.replacement(), before.isPresent());
      checkVersion(key, before, conditions.expectedCrc());
      if (before.isPresent() && !conditions.mayReplace()) {
        throw new CuveeException(
            ErrorCode.ALREADY_EXISTS,
            "Table '"
                + key.table()
                + "' has a segment '"
                + key.segment()
                + "' with other rows. Give this one another name, or leave out allowRefresh=false.");
      }
      Set<String> chosen = servers.choose(placement, key, scope, present);
      if (chosen.isEmpty()) {
        throw new CuveeException(
            ErrorCode.DATA_UNAVAILABLE,
            "No server is ready to take segment '"
                + key.segment()
                + "'. Start a server, or wait until one is ready, and upload again.");
      }
      URI object = deepStore.put(archive, objectName(key, conditions));
      SegmentRecord record =
          new SegmentRecord(
              key.table(),
              key.segment(),
              metadata.crc(),
              object.toString(),
              metadata.docCount(),
              bytes,
              System.currentTimeMillis(),
              before.map(old -> old.value().arriving()).orElse(true),
              metadata.distinctCounts(),
              Optional.empty(),
              scope,
              conditions.marks());
      write(record, before);
      assign(placement, record, before, chosen);
      CompletableFuture<Arrivals.Outcome> loaded = arrivals.await(key, record.crc());
      before.ifPresent(old -> deleteWhenReplaced(old.value(), record, loaded, false));
      reconciler.requestCheck();
      LOG.info(
          "{} segment {}: {} rows, on {}",
          before.isPresent() ? "Replaced" : "Took",
          key,
          record.totalDocs(),
          chosen);
      return new Taken(record, true, chosen, loaded);
    }
  }

  private static void checkVersion(
      SegmentKey key, Optional<Versioned<SegmentRecord>> before, OptionalLong expected) {
    if (expected.isPresent()
        && before.filter(old -> old.value().crc() == expected.getAsLong()).isEmpty()) {
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "Segment '"
              + key.segment()
              + "' "
              + before.map(old -> "has the CRC " + old.value().crc()).orElse("was deleted")
              + ", not "
              + expected.getAsLong()
              + " as the upload expects: it was changed meanwhile. Start again from what it is now.");
    }
  }

  /// Notes texts with a version of a segment.
  ///
  /// @throws CuveeException `CONFLICT` if the segment has another version now
  public void mark(SegmentKey key, long crc, Map<String, String> marks) {
    try (TableLocks.Held _ = locks.changeSegment(key.table(), key.segment())) {
      leadership.requireTerm();
      Optional<Versioned<SegmentRecord>> present = records.find(key);
      checkVersion(key, present, OptionalLong.of(crc));
      var _ = noted(present.orElseThrow(), marks);
    }
  }

  private SegmentRecord noted(Versioned<SegmentRecord> present, Map<String, String> marks) {
    Map<String, String> all = new HashMap<>(present.value().marks());
    all.putAll(marks);
    SegmentRecord noted = present.value().withMarks(all);
    if (!noted.equals(present.value()) && !records.put(noted, Optional.of(present))) {
      throw new CuveeException(
          ErrorCode.CONFLICT, "Segment '" + noted.name() + "' was changed meanwhile. Try again.");
    }
    return noted;
  }

  /// One folder a segment, one name a version; the names are ours, so that no user's name reaches
  /// its length limit. A version tells its time, but for a segment that counts only together with
  /// others: it must not be taken for one that stands for itself, if the metadata are lost.
  private static String objectName(SegmentKey key, Conditions conditions) {
    String version =
        conditions.replacement().isPresent() ? UUID.randomUUID().toString() : ObjectVersions.next();
    return key.table() + "/" + key.segment() + "/" + version;
  }

  private static long size(Path archive) {
    try {
      return Files.size(archive);
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "The upload at " + archive + " cannot be read: " + e.getMessage(), e);
    }
  }

  private Taken unchanged(SegmentRecord record, Placement placement) {
    CompletableFuture<Arrivals.Outcome> loaded = arrivals.await(record.key(), record.crc());
    if (placement.of(record.key()).isEmpty()) {
      reconciler.requestPass();
    }
    reconciler.requestCheck();
    return new Taken(record, false, placement.of(record.key()).keySet(), loaded);
  }

  private void write(SegmentRecord record, Optional<Versioned<SegmentRecord>> before) {
    boolean written;
    try {
      written = records.put(record, before);
    } catch (RuntimeException e) {
      // It may have been written all the same, or be so in a moment.
      undo(record, before, false);
      throw e;
    }
    if (!written) {
      deleteObject(record.downloadUrl());
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "Segment '"
              + record.name()
              + "' was changed by another upload meanwhile. Upload it again.");
    }
  }

  private void assign(
      Placement placement,
      SegmentRecord record,
      Optional<Versioned<SegmentRecord>> before,
      Set<String> chosen) {
    Map<String, Assignment> assignedBefore = placement.of(record.key());
    try {
      placement.assign(record.key(), chosen, record.crc());
    } catch (RuntimeException e) {
      undo(record, before, true);
      try {
        placement.restore(record.key(), assignedBefore);
      } catch (RuntimeException notRestored) {
        // The next pass does it: the record is what counts.
        e.addSuppressed(notRestored);
      }
      throw e;
    }
  }

  /// Puts the record back and deletes the object; if the record cannot be put back, or may still
  /// come, it counts, and needs its object.
  ///
  /// @param certain whether the record was written
  private void undo(
      SegmentRecord record, Optional<Versioned<SegmentRecord>> before, boolean certain) {
    try {
      Optional<Versioned<SegmentRecord>> present = records.find(record.key());
      boolean ours =
          present.isPresent() && present.get().value().downloadUrl().equals(record.downloadUrl());
      boolean undone =
          ours
              && (before.isPresent()
                  ? records.put(before.get().value(), present)
                  : !records.delete(List.of(present.get()), OptionalLong.empty()).isEmpty());
      if (undone || certain && !ours) {
        deleteObject(record.downloadUrl());
      }
    } catch (RuntimeException e) {
      LOG.warn("Segment {} could not be taken back: {}", record.key(), e.toString());
    }
  }

  /// Servers that are still loading the older version may finish in peace; and as long as none can
  /// load the new one, the older one is all that there is.
  private void deleteWhenReplaced(
      SegmentRecord old,
      SegmentRecord present,
      CompletableFuture<Arrivals.Outcome> replaced,
      boolean failedBefore) {
    var _ =
        replaced.thenAccept(outcome -> {
          if (!outcome.failed()) {
            deleteObject(old.downloadUrl());
            return;
          }
          if (!failedBefore) {
            LOG.warn(
                "The older version of {} stays in the deep store at {} until a server loads the new one",
                old.key(),
                old.downloadUrl());
          }
          // What failed may have been the older version, whose object was just deleted.
          deleteWhenReplaced(old, present, arrivals.await(present.key(), present.crc()), true);
        });
  }

  private void deleteObject(String url) {
    try {
      deepStore.delete(URI.create(url));
    } catch (CuveeException e) {
      LOG.warn("The object {} stays behind in the deep store: {}", url, e.getMessage());
    }
  }
}
