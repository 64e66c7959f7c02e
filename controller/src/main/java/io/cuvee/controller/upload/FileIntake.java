package io.cuvee.controller.upload;

import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.table.Tables;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.ingest.transform.IngestionRules;
import io.cuvee.segment.build.BuildLimits;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.format.SegmentMetadata;
import io.cuvee.segment.store.SegmentArchive;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/// Takes files of rows into tables: one file becomes one segment. Thread-safe.
public final class FileIntake {
  private static final DateTimeFormatter NAME_TIME =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS'Z'", Locale.ROOT).withZone(ZoneOffset.UTC);

  private static final int MAX_FILE_NAME = 100;
  private static final long TURN_SECONDS = 60;

  private final Tables tables;
  private final SegmentIntake segments;
  private final Leadership leadership;
  private final Path directory;
  private final BuildLimits limits;

  /// Building takes up to the limits each.
  private final Semaphore builds = new Semaphore(buildsAtOnce(), true);

  /// @param directory for files and segments under way
  /// @param limits of building one segment
  public FileIntake(
      Tables tables,
      SegmentIntake segments,
      Leadership leadership,
      Path directory,
      BuildLimits limits) {
    this.tables = tables;
    this.segments = segments;
    this.leadership = leadership;
    this.directory = directory;
    this.limits = limits;
  }

  private static int buildsAtOnce() {
    return Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
  }

  /// Builds a segment of the file's rows and takes it.
  ///
  /// @param requestKey the same for a request that is sent again; the rows are then taken once
  /// @param file is moved away
  /// @param clientName of the file, for messages and for its ending
  /// @return empty if the file has no rows
  /// @throws CuveeException `INVALID_INPUT` that names line, column and value of a row that does
  ///   not fit, `CONFLICT` if the key came with other rows before
  public Optional<SegmentIntake.Taken> take(
      TableConfig config,
      Path file,
      Optional<String> clientName,
      ReadOptions options,
      Optional<String> requestKey) {
    leadership.requireTerm();
    Schema schema = tables.schemaOf(config);
    try (Sandbox sandbox = Sandbox.create(directory)) {
      Path input = sandbox.resolve(harmlessName(clientName));
      Files.move(file, input, StandardCopyOption.REPLACE_EXISTING);
      Path built = sandbox.resolve(segmentName(config, requestKey));
      SegmentMetadata metadata = build(config, schema, input, options, built, sandbox);
      if (metadata.docCount() == 0) {
        return Optional.empty();
      }
      SchemaFit.check(metadata, schema);
      Path archive = sandbox.resolve("segment.tar.gz");
      SegmentArchive.pack(built, archive);
      SegmentScope scope = SegmentScopes.of(config, metadata, built);
      return Optional.of(store(config, metadata, scope, archive, requestKey));
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "The file could not be taken over: " + e.getMessage() + ".", e);
    }
  }

  private SegmentIntake.Taken store(
      TableConfig config,
      SegmentMetadata metadata,
      SegmentScope scope,
      Path archive,
      Optional<String> requestKey) {
    try {
      return segments.store(config, metadata, scope, archive, SegmentIntake.Conditions.of(false));
    } catch (CuveeException e) {
      if (e.code() != ErrorCode.ALREADY_EXISTS || requestKey.isEmpty()) {
        throw e;
      }
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "The Idempotency-Key '"
              + requestKey.get()
              + "' came with other rows for table '"
              + config.logicalName()
              + "' before. Use a new key for each file.",
          e);
    }
  }

  private SegmentMetadata build(
      TableConfig config,
      Schema schema,
      Path input,
      ReadOptions options,
      Path target,
      Sandbox sandbox) {
    String name = target.getFileName().toString();
    SegmentSpec spec = SegmentSpec.of(config, name, schema).withLimits(limits);
    awaitTurn();
    try (PageSource rows = RecordFiles.open(input, options, IngestionRules.of(config, schema))) {
      return new SegmentBuilder(spec).build(rows, target);
    } catch (CuveeException e) {
      throw new CuveeException(
          e.code(), sandbox.withoutDirectory(String.valueOf(e.getMessage())), e);
    } finally {
      builds.release();
    }
  }

  private void awaitTurn() {
    try {
      if (!builds.tryAcquire(TURN_SECONDS, TimeUnit.SECONDS)) {
        throw new CuveeException(
            ErrorCode.TOO_MANY_REQUESTS,
            "Too many files are being taken in at the same time. Try again later.");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(ErrorCode.QUERY_CANCELLED, "Interrupted while waiting.", e);
    }
  }

  /// A request with a key always has the same segment, so that a second one finds it.
  private static String segmentName(TableConfig config, Optional<String> requestKey) {
    String table = config.logicalName();
    String id =
        requestKey
            .map(key -> "request_" + digest(key))
            .orElseGet(() ->
                NAME_TIME.format(Instant.now())
                    + "_"
                    + UUID.randomUUID().toString().substring(0, 8));
    return table.substring(0, Math.min(table.length(), 200)) + "_" + id;
  }

  private static String digest(String key) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new CuveeException(ErrorCode.INTERNAL, "This Java has no SHA-256.", e);
    }
  }

  /// The client's name as far as it can do no harm as a name of ours.
  private static String harmlessName(Optional<String> clientName) {
    String name = clientName.orElse("").replaceAll("[^A-Za-z0-9._-]", "_");
    String end = name.substring(Math.max(0, name.length() - MAX_FILE_NAME));
    String bare = end.replaceAll("^[._-]+", "");
    return bare.isEmpty() || bare.equals("segment.tar.gz") ? "upload" : bare;
  }
}
