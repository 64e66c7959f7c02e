package io.cuvee.launcher.loading;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.ingest.transform.IngestionRules;
import io.cuvee.segment.build.BuildLimits;
import io.cuvee.segment.build.BuildProgress;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.SegmentArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.Semaphore;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Builds segments from the rows of files, then uploads them: two steps, so that a bad row leaves
/// the table as it was. While the columns of one segment are written, the rows of the next are
/// read.
public final class TableLoader {
  private static final String ARCHIVE_ENDING = ".tar.gz";

  /// Builds at a time: one takes rows in, one writes columns.
  private static final int BUILDS = 2;

  private final Schema schema;
  private final TableConfig config;
  private final Path workDirectory;
  private final long rowsPerSegment;
  private final BuildLimits limits;

  /// Within the memory and by the threads that builds have by default.
  ///
  /// @param workDirectory for segments between building and uploading; emptied at the end
  public TableLoader(Schema schema, TableConfig config, Path workDirectory, long rowsPerSegment) {
    this(schema, config, workDirectory, rowsPerSegment, BuildLimits.DEFAULT);
  }

  /// @param workDirectory for segments between building and uploading; emptied at the end
  /// @param limits of all that is built at a time
  public TableLoader(
      Schema schema,
      TableConfig config,
      Path workDirectory,
      long rowsPerSegment,
      BuildLimits limits) {
    this.limits = limits.shared(BUILDS);
    this.schema = schema;
    this.config = config;
    this.workDirectory = workDirectory;
    this.rowsPerSegment = rowsPerSegment;
  }

  /// The segments that were built from files, packed, on their way into a table.
  ///
  /// @param rows that were read
  public record Built(long rows, List<Path> archives, Path directory) implements AutoCloseable {
    public Built {
      archives = List.copyOf(archives);
    }

    /// Names of the segments.
    public List<String> segments() {
      return archives.stream().map(TableLoader::segmentName).toList();
    }

    /// Removes the archives.
    @Override
    public void close() {
      deleteTree(directory);
    }
  }

  /// Reads the files to their ends and builds their segments; nothing reaches the cluster yet.
  ///
  /// @param prefix of segment names, `flights` for `flights_0`, `flights_1`, …; the same prefix and
  ///   rows give the same names and bytes, so that loading again changes nothing
  /// @param progress hears the rows that have been read so far
  /// @throws CuveeException `INVALID_INPUT` for a row that does not fit
  public Built build(List<Path> files, ReadOptions options, String prefix, LongConsumer progress) {
    Path work =
        workDirectory.resolve("load-" + ProcessHandle.current().pid() + "-" + System.nanoTime());
    try {
      Files.createDirectories(work);
      List<Path> archives = new ArrayList<>();
      long rows = build(files, options, prefix, work, archives, progress);
      return new Built(rows, archives, work);
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "The folder " + work + " cannot be written: " + e.getMessage(), e);
    } catch (RuntimeException | Error e) {
      deleteTree(work);
      throw e;
    }
  }

  /// Uploads all segments, or none: after a failure those that had not been there before are taken
  /// back.
  public static void upload(Built built, String logicalTable, ControllerClient controller) {
    Set<String> before = controller.segments(logicalTable);
    List<String> uploaded = new ArrayList<>();
    try {
      for (Path archive : built.archives()) {
        uploaded.add(segmentName(archive));
        controller.upload(logicalTable, archive);
      }
    } catch (RuntimeException e) {
      for (String segment : uploaded) {
        if (!before.contains(segment)) {
          try {
            controller.deleteSegment(logicalTable, segment);
          } catch (RuntimeException notTakenBack) {
            e.addSuppressed(notTakenBack);
          }
        }
      }
      throw e;
    }
  }

  /// Puts all segments in the place of those that an earlier load with this prefix gave. After a
  /// failure, what was uploaded stays: another try, even one that runs at the same time, gives the
  /// same.
  public static void replace(
      Built built, String logicalTable, String prefix, ControllerClient controller) {
    for (Path archive : built.archives()) {
      controller.upload(logicalTable, archive);
    }
    List<String> segments = built.segments();
    Pattern ofLoad = Pattern.compile(Pattern.quote(prefix) + "_\\d+");
    for (String segment : controller.segments(logicalTable)) {
      if (ofLoad.matcher(segment).matches() && !segments.contains(segment)) {
        controller.deleteSegment(logicalTable, segment);
      }
    }
  }

  private static String segmentName(Path archive) {
    String file = archive.getFileName().toString();
    return file.substring(0, file.length() - ARCHIVE_ENDING.length());
  }

  private long build(
      List<Path> files,
      ReadOptions options,
      String prefix,
      Path work,
      List<Path> archives,
      LongConsumer progress) {
    List<Future<Path>> building = new ArrayList<>();
    Semaphore slots = new Semaphore(BUILDS);
    PageQueue queue = new PageQueue();
    long rows = 0;
    IngestionRules rules = IngestionRules.of(config, schema);
    try (ExecutorService builders = Executors.newFixedThreadPool(BUILDS)) {
      try {
        long inSegment = 0;
        for (Path file : files) {
          try (PageSource source = RecordFiles.open(file, options, rules)) {
            for (Page page = source.next(); page != null; page = source.next()) {
              for (int from = 0; from < page.rowCount(); ) {
                if (inSegment == 0) {
                  slots.acquire();
                  queue = new PageQueue();
                  String name = prefix + "_" + building.size();
                  building.add(submit(builders, slots, queue, name, work));
                }
                int count = (int) Math.min(page.rowCount() - from, rowsPerSegment - inSegment);
                if (!queue.put(page.slice(from, count))) {
                  // It failed, and says why.
                  building.getLast().get();
                }
                from += count;
                inSegment += count;
                if (inSegment == rowsPerSegment) {
                  queue.end();
                  inSegment = 0;
                }
              }
              rows += page.rowCount();
              progress.accept(rows);
            }
          }
        }
        if (inSegment > 0) {
          queue.end();
        }
        for (Future<Path> archive : building) {
          archives.add(archive.get());
        }
        return rows;
      } catch (RuntimeException | Error | ExecutionException | InterruptedException e) {
        queue.abort();
        builders.shutdownNow();
        throw e;
      }
    } catch (ExecutionException e) {
      throw CuveeException.of(e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(ErrorCode.QUERY_CANCELLED, "Loading was interrupted.", e);
    }
  }

  private Future<Path> submit(
      ExecutorService builders, Semaphore slots, PageQueue rows, String name, Path work) {
    return builders.submit(() -> {
      try (rows) {
        Path directory = work.resolve(name);
        new SegmentBuilder(SegmentSpec.of(config, name, schema).withLimits(limits))
            .build(rows, directory);
        Path archive = work.resolve(name + ARCHIVE_ENDING);
        SegmentArchive.pack(directory, archive);
        deleteTree(directory);
        return archive;
      } finally {
        slots.release();
      }
    });
  }

  /// Builds one segment from a file into a directory, without a cluster.
  public static SegmentMetadata buildOne(
      Path file, ReadOptions options, SegmentSpec spec, Path directory, BuildProgress progress) {
    try (PageSource source = RecordFiles.open(file, options, spec.schema())) {
      return new SegmentBuilder(spec).build(source, directory, progress);
    }
  }

  /// A table name from a file's name: `Trips 2024.csv.gz` is `trips_2024`.
  public static String tableName(Path file) {
    String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
    int dot = name.indexOf('.', 1);
    String bare = (dot < 0 ? name : name.substring(0, dot)).replaceAll("[^a-z0-9_]", "_");
    return bare.isEmpty() || Character.isDigit(bare.charAt(0)) ? "t_" + bare : bare;
  }

  private static void deleteTree(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      // Temporary files that stay behind do no harm; the next load uses another folder.
    }
  }
}
