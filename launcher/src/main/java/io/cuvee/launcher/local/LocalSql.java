package io.cuvee.launcher.local;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.file.FileTree;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.batch.ReadOptions;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.launcher.shell.ResultPrinter;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Runs SQL over files in this process: each file becomes a segment in a temporary folder, the
/// planner, the engine and the operators are the cluster's. The schema of a file is guessed as
/// `import` does.
public final class LocalSql implements AutoCloseable {
  private static final Duration TIME_LIMIT = Duration.ofHours(1);

  private final Path work;
  private final LocalEngine engine = new LocalEngine(Runtime.getRuntime().availableProcessors());

  /// Paths and globs, and the tables that stand for them.
  private final Map<String, String> names = new LinkedHashMap<>();

  public LocalSql() {
    try {
      work = Files.createTempDirectory("cuvee-sql");
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "No temporary folder can be made: " + e.getMessage(), e);
    }
  }

  /// Runs one statement and prints its result.
  ///
  /// @return rows of the result
  public long run(String text, ResultPrinter printer) throws SQLException {
    FileReferences statement = FileReferences.of(text, names);
    statement.files().forEach(this::load);
    return engine.query(
        statement.sql(),
        TIME_LIMIT,
        (plan, pages) -> printer.print(new PageRows(plan.columns(), pages)));
  }

  /// Cancels the statement that runs on another thread, if one does.
  public void cancel() {
    engine.cancel();
  }

  private void load(String table, String pattern) {
    if (engine.hasTable(table)) {
      return;
    }
    List<Path> files = InputFiles.find(pattern);
    Schema schema = RecordFiles.inferSchema(files, ReadOptions.DEFAULTS, table);
    List<Segment> loaded = new ArrayList<>();
    for (Path file : files) {
      Path directory = work.resolve(table + "_" + loaded.size());
      try (PageSource source = RecordFiles.open(file, ReadOptions.DEFAULTS, schema)) {
        new SegmentBuilder(SegmentSpec.of(table, directory.getFileName().toString(), schema))
            .build(source, directory);
      }
      loaded.add(Segment.open(directory, Verify.STRUCTURE));
    }
    engine.put(schema, loaded);
  }

  @Override
  public void close() {
    engine.close();
    try {
      FileTree.delete(work);
    } catch (IOException e) {
      System.err.println(
          "cuvee: the temporary folder " + work + " could not be removed: " + e.getMessage());
    }
  }
}
