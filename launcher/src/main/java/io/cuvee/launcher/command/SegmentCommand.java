package io.cuvee.launcher.command;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.launcher.loading.TableLoader;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.format.SegmentMetadata;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// Segments without a cluster.
@Command(
    name = "segment",
    description = "Builds, shows and checks segments, without a cluster.",
    mixinStandardHelpOptions = true,
    subcommands = {
      SegmentCommand.Build.class,
      SegmentCommand.Inspect.class,
      SegmentCommand.Verify.class
    },
    synopsisSubcommandLabel = "(build | inspect | verify)",
    footer = {
      "",
      "Example: cuvee segment inspect /var/lib/cuvee/server/segments/flights_OFFLINE/flights_0"
    })
final class SegmentCommand implements Runnable {
  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw new CommandLine.ParameterException(
        spec.commandLine(), "cuvee: name what to do with segments: build, inspect or verify.");
  }

  @Command(
      name = "build",
      description = "Builds one segment from a file.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: cuvee segment build trips.parquet --out /tmp/trips_0"})
  static final class Build implements Callable<Integer> {
    @Parameters(
        paramLabel = "FILE",
        description = "CSV, JSON lines, Avro or Parquet; also .gz and .zst.")
    private Path file;

    @Option(
        names = "--out",
        paramLabel = "DIR",
        required = true,
        description = "The segment's folder; must not exist.")
    private Path out;

    @Option(
        names = "--schema",
        paramLabel = "F",
        description = "The schema, a JSON file (default: guessed from the file).")
    private @Nullable Path schemaFile;

    @Option(
        names = "--config",
        paramLabel = "F",
        description = "The table config, a JSON file (default: no indexes).")
    private @Nullable Path configFile;

    @Mixin private BuildOptions build;

    @Override
    public Integer call() throws IOException {
      String table = TableLoader.tableName(file);
      Schema schema =
          schemaFile != null
              ? Schema.parse(Files.readString(schemaFile))
              : RecordFiles.inferSchema(file, ReadOptions.DEFAULTS, table);
      TableConfig config =
          configFile != null
              ? TableConfig.parse(Files.readString(configFile))
              : TableConfig.offline(schema.name(), 1);
      Path target = out.toAbsolutePath().normalize();
      SegmentSpec spec =
          SegmentSpec.of(config, target.getFileName().toString(), schema)
              .withLimits(build.limits());
      Progress progress = new Progress("Reading");
      SegmentMetadata metadata;
      try {
        metadata = TableLoader.buildOne(file, ReadOptions.DEFAULTS, spec, target, progress);
      } finally {
        progress.end();
      }
      System.out.printf(
          Locale.ROOT,
          "Built %s: %,d rows, CRC %08x%n",
          target,
          metadata.docCount(),
          metadata.crc());
      return 0;
    }
  }

  @Command(
      name = "inspect",
      description = "Prints columns, encodings, indexes and sizes of segments.",
      mixinStandardHelpOptions = true,
      footer = {"", "Example: cuvee segment inspect /tmp/trips_0"})
  static final class Inspect implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", arity = "1..*", description = "Folders of segments.")
    private List<Path> directories;

    @Override
    public Integer call() {
      for (Path directory : directories) {
        SegmentReport.inspect(directory, System.out);
      }
      return 0;
    }
  }

  @Command(
      name = "verify",
      description = "Checks every checksum and decodes every value of segments.",
      mixinStandardHelpOptions = true,
      footer = {
        "",
        "Example: cuvee segment verify /tmp/trips_0",
        "Exit code: 0 if all are sound, 1 if one is damaged."
      })
  static final class Verify implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", arity = "1..*", description = "Folders of segments.")
    private List<Path> directories;

    @Override
    public Integer call() {
      boolean sound = true;
      for (Path directory : directories) {
        sound &= SegmentReport.verify(directory, System.out, System.err);
      }
      return sound ? 0 : 1;
    }
  }
}
