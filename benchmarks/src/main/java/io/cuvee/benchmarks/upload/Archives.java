package io.cuvee.benchmarks.upload;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.file.FileTree;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.store.SegmentArchive;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// Segments of random numbers, which no encoding makes smaller, packed.
final class Archives {
  static final String TABLE = "uploads";
  private static final int COLUMNS = 4;
  private static final long SEED = 11;

  private final Schema schema =
      new Schema(
          TABLE,
          List.of(
              FieldSpec.dimension("c0", ColumnType.LONG),
              FieldSpec.dimension("c1", ColumnType.LONG),
              FieldSpec.dimension("c2", ColumnType.LONG),
              FieldSpec.dimension("c3", ColumnType.LONG)),
          List.of(),
          List.of());

  private final Path directory;
  private final Random random = new Random(SEED);

  Archives(Path directory) throws IOException {
    this.directory = Files.createDirectories(directory);
  }

  Schema schema() {
    return schema;
  }

  TableConfig config() {
    return TableConfig.parse(
        """
        {"tableName": "%s", "tableType": "OFFLINE",
         "segmentsConfig": {"schemaName": "%s", "replication": "2"}}
        """
            .formatted(TABLE, TABLE));
  }

  /// Rows that take about so many bytes.
  static int rows(long bytes) {
    return (int) Math.max(1, bytes / (COLUMNS * Long.BYTES));
  }

  List<Path> make(String name, int count, int rows) throws IOException {
    List<Path> archives = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      String segment = name + "_" + i;
      List<Values> columns = new ArrayList<>();
      for (int column = 0; column < COLUMNS; column++) {
        columns.add(new LongValues(random.longs(rows).toArray(), rows, null));
      }
      Path built = directory.resolve(segment);
      new SegmentBuilder(SegmentSpec.of(TABLE + "_OFFLINE", segment, schema))
          .build(PageSource.of(List.of(new Page(rows, columns))), built);
      Path archive = directory.resolve(segment + ".tar.gz");
      SegmentArchive.pack(built, archive);
      FileTree.delete(built);
      archives.add(archive);
    }
    return archives;
  }
}
