package io.cuvee.launcher.command;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.batch.FileFormat;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.launcher.loading.TableLoader;
import io.cuvee.segment.build.BuildLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Files into a table.
@Command(
    name = "import",
    description =
        "Loads files into a table, creating it if it does not exist, and waits until the rows can"
            + " be queried.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: cuvee import trips-*.csv.gz --table trips --controller http://localhost:9000",
      "The schema is guessed from the first file where none is given. A row that does not fit stops"
          + " the import and",
      "leaves the table as it was."
    })
final class ImportCommand implements Callable<Integer> {
  private static final long ROWS_PER_SEGMENT = 500_000;
  private static final Duration LOOK = Duration.ofSeconds(30);
  private static final Duration LOADING = Duration.ofMinutes(2);
  private static final DateTimeFormatter MOMENT =
      DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmssSSS").withZone(ZoneOffset.UTC);

  @Parameters(
      paramLabel = "FILE",
      arity = "1..*",
      description = "CSV, JSON lines, Avro or Parquet; also .gz and .zst.")
  private List<Path> files;

  @Option(
      names = "--table",
      paramLabel = "T",
      description = "The table (default: from the first file's name).")
  private @Nullable String table;

  @Option(
      names = "--controller",
      paramLabel = "URL",
      defaultValue = "http://localhost:9000",
      description = "A controller (default: ${DEFAULT-VALUE}).")
  private String controllerUrl;

  @Option(
      names = "--schema",
      paramLabel = "F",
      description = "The schema, a JSON file, for a table that does not exist.")
  private @Nullable Path schemaFile;

  @Option(
      names = "--config",
      paramLabel = "F",
      description = "The table config, a JSON file, for a table that does not exist.")
  private @Nullable Path configFile;

  @Option(
      names = "--input-format",
      paramLabel = "F",
      description = "csv, json, avro or parquet (default: by the file's name).")
  private @Nullable String format;

  @Option(
      names = "--delimiter",
      paramLabel = "C",
      description = "Between CSV columns (default: comma; tab for .tsv).")
  private @Nullable Character delimiter;

  @Option(
      names = "--load",
      paramLabel = "NAME",
      description =
          "Names this load, and its segments after it. Loading under this name again replaces what"
              + " it gave before, segment by segment, instead of adding to it: so a load that was"
              + " cut short is repeated, and others of the same table may run beside it.")
  private @Nullable String load;

  @Mixin private BuildOptions build;

  @Override
  public Integer call() throws IOException {
    BuildLimits limits = build.limits();
    ReadOptions options =
        new ReadOptions(
            Optional.ofNullable(format).map(FileFormat::parse),
            Optional.ofNullable(delimiter),
            ';',
            Optional.empty());
    String name = table != null ? table : TableLoader.tableName(files.getFirst());
    long begun = System.nanoTime();
    try (ControllerClient controller = new ControllerClient(controllerUrl)) {
      Optional<TableConfig> existing = controller.table(name);
      Schema schema = schema(controller, name, existing.isPresent(), options);
      TableConfig config = existing.isPresent() ? existing.get() : newConfig(name);
      String broker =
          controller
              .broker()
              .orElseThrow(() ->
                  new CuveeException(
                      ErrorCode.DATA_UNAVAILABLE, "The cluster has no live broker. Start one."));
      String jdbcUrl = "jdbc:cuvee://" + broker + "/";
      long before =
          existing.isEmpty() || load != null ? 0 : RowCounts.await(jdbcUrl, name, 0, LOOK);
      String prefix = name + "_" + (load == null ? MOMENT.format(Instant.now()) : load);
      Path work = Files.createTempDirectory("cuvee-import");
      Progress progress = new Progress("Reading");
      long rows;
      long queryable;
      try (TableLoader.Built built =
          new TableLoader(schema, config, work, ROWS_PER_SEGMENT, limits)
              .build(files, options, prefix, progress::rows)) {
        progress.end();
        rows = built.rows();
        // Only now, when every row is known to fit, does anything come into being.
        if (existing.isEmpty()) {
          if (controller.schema(schema.name()).isEmpty()) {
            controller.createSchema(schema);
          }
          controller.createTable(config);
        }
        if (load == null) {
          TableLoader.upload(built, name, controller);
          queryable = RowCounts.await(jdbcUrl, name, before + rows, LOADING) - before;
        } else {
          TableLoader.replace(built, name, prefix, controller);
          queryable = RowCounts.await(jdbcUrl, name, built.segments(), rows, LOADING);
        }
      } finally {
        Files.deleteIfExists(work);
      }
      System.out.printf(
          Locale.ROOT,
          "Imported into %s: rows read %,d = rows queryable %,d, in %.1f s%n",
          name,
          rows,
          queryable,
          (System.nanoTime() - begun) / 1e9);
      return rows == queryable ? 0 : 1;
    }
  }

  private Schema schema(
      ControllerClient controller, String name, boolean tableExists, ReadOptions options)
      throws IOException {
    if (tableExists) {
      return controller
          .schema(name)
          .orElseThrow(() ->
              new CuveeException(
                  ErrorCode.NOT_FOUND, "Table '" + name + "' has no schema '" + name + "'."));
    }
    if (schemaFile != null) {
      return Schema.parse(Files.readString(schemaFile));
    }
    return RecordFiles.inferSchema(files, options, name);
  }

  private TableConfig newConfig(String name) throws IOException {
    if (configFile == null) {
      return TableConfig.offline(name, 1);
    }
    TableConfig config = TableConfig.parse(Files.readString(configFile));
    if (!config.logicalName().equals(name)) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          configFile + " is for the table '" + config.logicalName() + "', not '" + name + "'.");
    }
    return config;
  }
}
