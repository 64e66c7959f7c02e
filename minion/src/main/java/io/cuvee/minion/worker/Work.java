package io.cuvee.minion.worker;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.task.MovedRows;
import io.cuvee.cluster.task.TaskRecord;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.PageSource;
import io.cuvee.segment.build.BuildLimits;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.SegmentArchive;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One attempt of a task, and what it may do: read the table's segments, build others, and put them
/// into the table. For one thread.
public final class Work {
  private static final Logger LOG = LoggerFactory.getLogger(Work.class);

  /// A segment may be replaced by others while it is being worked on.
  private static final int MAX_TRIES = 5;

  private final TaskRecord task;
  private final MetadataStore metadata;
  private final Function<URI, DeepStore> deepStores;
  private final Controllers controllers;
  private final BuildLimits limits;
  private final Path directory;
  private final Runnable check;
  private final Consumer<String> progress;
  private final TableConfig table;
  private final Schema schema;

  /// @param deepStores opens the store with this root
  /// @param directory of this attempt, which is deleted after it
  /// @param check throws if the work is to end
  Work(
      TaskRecord task,
      MetadataStore metadata,
      Function<URI, DeepStore> deepStores,
      Controllers controllers,
      BuildLimits limits,
      Path directory,
      Runnable check,
      Consumer<String> progress) {
    this(
        task,
        metadata,
        deepStores,
        controllers,
        limits,
        directory,
        check,
        progress,
        tableOf(metadata, task.table()));
  }

  private Work(
      TaskRecord task,
      MetadataStore metadata,
      Function<URI, DeepStore> deepStores,
      Controllers controllers,
      BuildLimits limits,
      Path directory,
      Runnable check,
      Consumer<String> progress,
      TableConfig table) {
    this.task = task;
    this.metadata = metadata;
    this.deepStores = deepStores;
    this.controllers = controllers;
    this.limits = limits;
    this.directory = directory;
    this.check = check;
    this.progress = progress;
    this.table = table;
    this.schema =
        metadata
            .get("schemas/" + table.schemaName())
            .map(text -> Schema.parse(text.value()))
            .orElseThrow(() -> gone("Schema", table.schemaName()));
  }

  private static TableConfig tableOf(MetadataStore metadata, String table) {
    return metadata
        .get("tables/" + table)
        .map(text -> TableConfig.parse(text.value()))
        .orElseThrow(() -> gone("Table", table));
  }

  /// The same attempt, which reads and writes the segments of another table.
  ///
  /// @param physicalTable its name
  public Work on(String physicalTable) {
    return new Work(
        task,
        metadata,
        deepStores,
        controllers,
        limits,
        directory,
        check,
        progress,
        tableOf(metadata, physicalTable));
  }

  private static CuveeException gone(String what, String name) {
    return new CuveeException(
        ErrorCode.TABLE_NOT_FOUND, what + " '" + name + "' does not exist any more.");
  }

  public TaskRecord task() {
    return task;
  }

  public Map<String, String> settings() {
    return task.settings();
  }

  /// A setting that the task's generator always gives.
  public String setting(String key) {
    String text = task.settings().get(key);
    if (text == null) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, "The task lacks the setting '" + key + "'. Schedule it again.");
    }
    return text;
  }

  public TableConfig table() {
    return table;
  }

  public Schema schema() {
    return schema;
  }

  /// For files of this attempt.
  public Path directory() {
    return directory;
  }

  /// Another store than the cluster's.
  public DeepStore store(URI root) {
    return deepStores.apply(root);
  }

  /// Fails if the task was cancelled, or is another minion's. To be called every now and then; rows
  /// that are read do it.
  public void check() {
    check.run();
  }

  /// Tells how far it is.
  public void progress(String text) {
    progress.accept(text);
  }

  /// What is known of a segment now.
  public Optional<SegmentRecord> segment(String name) {
    return metadata
        .get(SegmentRecord.path(table.physicalName(), name))
        .map(text -> SegmentRecord.parse(text.value()));
  }

  /// Works on a segment as it is now, whatever it was when the task was made; again if it is
  /// replaced meanwhile.
  ///
  /// @param change replaces it or marks it
  /// @return what `change` gave; empty if there is no such segment any more
  public <T> Optional<T> onPresent(String name, Function<SegmentRecord, T> change) {
    for (int tries = 1; ; tries++) {
      Optional<SegmentRecord> record = segment(name);
      try {
        return record.map(change);
      } catch (CuveeException e) {
        if (e.code() != ErrorCode.CONFLICT || tries == MAX_TRIES) {
          throw e;
        }
      }
    }
  }

  /// Fetches a version of a segment and checks that it is whole.
  ///
  /// @throws CuveeException `CONFLICT` if it is gone by now
  public FetchedSegment fetch(SegmentRecord record) {
    check();
    Path fetched = directory.resolve(UUID.randomUUID().toString());
    URI object = URI.create(record.downloadUrl());
    try {
      Path archive = fetched.resolve("archive");
      Files.createDirectories(fetched);
      deepStores
          .apply(
              DeepStores.announced(metadata)
                  .orElseThrow(() ->
                      new CuveeException(
                          ErrorCode.IO, "No controller has said where the deep store is.")))
          .get(object, archive);
      SegmentArchive.unpack(archive, fetched.resolve("segment"), SegmentArchive.Limits.DEFAULT);
      Files.delete(archive);
    } catch (CuveeException e) {
      if (e.code() == ErrorCode.NOT_FOUND) {
        throw new CuveeException(
            ErrorCode.CONFLICT,
            "The object of segment '" + record.name() + "' is gone: it was replaced meanwhile.",
            e);
      }
      throw e;
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "Segment '" + record.name() + "' cannot be kept: " + e.getMessage(), e);
    }
    Segment segment = Segment.open(fetched.resolve("segment"), Verify.CHECKSUMS);
    if (segment.metadata().crc() != record.crc()) {
      segment.close();
      throw new CuveeException(
          ErrorCode.CORRUPT_SEGMENT,
          "The object of segment '" + record.name() + "' holds another segment.");
    }
    return new FetchedSegment(record, segment, fetched, check);
  }

  /// A segment that was built.
  ///
  /// @param archive of it, in the directory of this attempt
  public record Built(SegmentMetadata metadata, Path archive) {}

  /// Builds a segment as the table's config says.
  ///
  /// @param rows with all columns of the schema; not closed
  public Built build(String segment, PageSource rows) {
    check();
    Path building = directory.resolve(UUID.randomUUID().toString()).resolve(segment);
    SegmentMetadata metadata =
        new SegmentBuilder(SegmentSpec.of(table, segment, schema).withLimits(limits))
            .build(rows, building);
    Path archive = building.resolveSibling("segment.tar.gz");
    check();
    SegmentArchive.pack(building, archive);
    Directories.delete(building);
    return new Built(metadata, archive);
  }

  /// Puts a segment in the place of the version of it that was read.
  ///
  /// @param marks to note with it, beside those that the version has
  /// @throws CuveeException `CONFLICT` if the table has another version by now
  public void replace(SegmentRecord read, Built built, Map<String, String> marks) {
    check();
    Map<String, String> all = new HashMap<>(read.marks());
    all.putAll(marks);
    controllers.upload(table.physicalName(), built.archive(), "expectedCrc=" + read.crc(), all);
    Directories.delete(built.archive());
  }

  /// Adds a segment; one that the table has under this name is left as it is.
  public void add(Built built, Map<String, String> marks) {
    check();
    try {
      controllers.upload(table.physicalName(), built.archive(), "allowRefresh=false", marks);
    } catch (CuveeException e) {
      if (e.code() != ErrorCode.CONFLICT || segment(built.metadata().segment()).isEmpty()) {
        throw e;
      }
      LOG.info("Segment {} is there already", built.metadata().segment());
    }
  }

  /// Notes texts with the version of a segment that was read.
  public void mark(SegmentRecord read, Map<String, String> marks) {
    check();
    controllers.mark(table.physicalName(), read.name(), read.crc(), marks);
  }

  /// Makes the segments that take the place of others, and tells their names.
  public interface Builder {
    /// @param put takes each one as soon as it is built
    void build(Consumer<Built> put);
  }

  /// Puts segments in the place of others, all at once. If it fails nothing has changed.
  ///
  /// @param read versions of the segments that are replaced
  /// @param names that new segments may have; those that are not built are left out
  /// @param marks to note with each
  /// @param moved what changes with them, if they have rows of the REALTIME half
  /// @throws CuveeException `CONFLICT` if other rows were moved meanwhile, or one of those read has
  ///   another version by now
  public void replaceAll(
      Collection<SegmentRecord> read,
      Collection<String> names,
      Map<String, String> marks,
      Optional<MovedRows.Step> moved,
      Builder builder) {
    check();
    List<String> from = read.stream().map(SegmentRecord::name).toList();
    String id = controllers.startReplacement(table.physicalName(), from, names);
    List<String> built = new ArrayList<>();
    boolean ended = false;
    try {
      for (SegmentRecord old : read) {
        if (segment(old.name()).filter(now -> now.crc() == old.crc()).isEmpty()) {
          throw new CuveeException(
              ErrorCode.CONFLICT, "Segment '" + old.name() + "' was changed meanwhile.");
        }
      }
      builder.build(segment -> {
        check();
        controllers.upload(
            table.physicalName(), segment.archive(), "segmentLineageEntryId=" + id, marks);
        Directories.delete(segment.archive());
        built.add(segment.metadata().segment());
      });
      check();
      controllers.endReplacement(table.physicalName(), id, built, moved);
      ended = true;
    } finally {
      if (!ended) {
        takeBack(id);
      }
    }
  }

  /// If that fails as well, the controller does it after a while.
  private void takeBack(String id) {
    try {
      controllers.revertReplacement(table.physicalName(), id);
    } catch (CuveeException e) {
      LOG.warn("The replacement {} is not taken back yet: {}", id, e.getMessage());
    }
  }
}
