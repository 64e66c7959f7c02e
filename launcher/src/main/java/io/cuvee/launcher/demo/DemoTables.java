package io.cuvee.launcher.demo;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.launcher.loading.ControllerClient;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.launcher.loading.TableLoader;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.LongConsumer;

/// The demo's tables, from the example files. Loaded once a folder: a second start finds them.
public final class DemoTables {
  private static final long ROWS_PER_SEGMENT = 500_000;
  private static final Duration LIMIT = Duration.ofMinutes(3);

  private final Path examples;
  private final Path work;
  private final ControllerClient controller;
  private final String jdbcUrl;

  /// @param examples the folder `examples/flights`
  /// @param work for files that are needed while loading
  public DemoTables(Path examples, Path work, ControllerClient controller, String jdbcUrl) {
    this.examples = examples;
    this.work = work;
    this.controller = controller;
    this.jdbcUrl = jdbcUrl;
  }

  /// A table of the demo.
  public enum Table {
    FLIGHTS("flights", "flights-3m.parquet", 3_000_000),
    AIRPORTS("airports", "airports.csv", 3_376);

    private final String tableName;
    private final String file;
    private final long rows;

    Table(String tableName, String file, long rows) {
      this.tableName = tableName;
      this.file = file;
      this.rows = rows;
    }

    public String tableName() {
      return tableName;
    }

    /// How many rows its file has.
    public long rows() {
      return rows;
    }
  }

  /// The folder of the example files, beside the start script.
  public static Path examplesDirectory() {
    String home = System.getenv("CUVEE_HOME");
    Path examples =
        Path.of(home == null ? "." : home)
            .resolve("examples")
            .resolve("flights")
            .toAbsolutePath()
            .normalize();
    if (!Files.isDirectory(examples)) {
      throw new CuveeException(
          ErrorCode.NOT_FOUND,
          "There is no folder " + examples + ". Run ./cuvee of a checkout or an unpacked package.");
    }
    return examples;
  }

  /// Loads the table if the cluster does not have it yet, and waits until all its rows can be
  /// queried.
  ///
  /// @return rows that can be queried
  public long load(Table table, LongConsumer progress) {
    try {
      if (controller.segments(table.tableName()).isEmpty()) {
        create(table, progress);
      }
      return RowCounts.await(jdbcUrl, table.tableName(), table.rows(), LIMIT);
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "The example files cannot be read: " + e.getMessage(), e);
    }
  }

  private void create(Table table, LongConsumer progress) throws IOException {
    Schema schema =
        Schema.parse(Files.readString(examples.resolve(table.tableName() + ".schema.json")));
    TableConfig config =
        TableConfig.parse(Files.readString(examples.resolve(table.tableName() + ".table.json")));
    TableLoader loader = new TableLoader(schema, config, work, ROWS_PER_SEGMENT);
    try (TableLoader.Built built =
        loader.build(
            List.of(examples.resolve(table.file)),
            ReadOptions.DEFAULTS,
            table.tableName(),
            progress)) {
      if (controller.schema(schema.name()).isEmpty()) {
        controller.createSchema(schema);
      }
      if (controller.table(table.tableName()).isEmpty()) {
        controller.createTable(config);
      }
      TableLoader.upload(built, table.tableName(), controller);
    }
  }
}
