package io.cuvee.ingest.batch;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.transform.IngestionRules;
import io.cuvee.ingest.transform.NestedFields;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// Opens files of rows. CSV and JSON may be compressed with gzip or zstd.
public final class RecordFiles {
  private RecordFiles() {}

  /// The rows of a file as pages whose columns are those of `schema`, in its order. Columns of the
  /// file are matched by name; those the schema does not have are left out, those the file does not
  /// have get their default or NULL.
  ///
  /// @throws CuveeException `INVALID_INPUT` (also from the source's `next`) that names file, line
  ///   or row, column and value
  public static PageSource open(Path file, ReadOptions options, Schema schema) {
    return open(file, options, schema, Optional.empty());
  }

  private static PageSource open(
      Path file, ReadOptions options, Schema schema, Optional<NestedFields> nested) {
    requireFile(file);
    FileFormat format = options.format().orElseGet(() -> FileFormat.ofFile(file));
    try {
      return switch (format) {
        case CSV -> CsvSource.open(file, options, schema);
        case JSON -> JsonSource.open(file, schema, nested);
        case AVRO -> AvroSource.open(file, schema, nested);
        case PARQUET -> ParquetSource.open(file, schema);
      };
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /// The rows of a file as a table stores them.
  ///
  /// @throws CuveeException `INVALID_INPUT` as above
  public static PageSource open(Path file, ReadOptions options, IngestionRules rules) {
    return rules.shape(open(file, options, rules.source(), rules.nested()), file.toString());
  }

  /// A schema that the file's rows fit, guessed from the file.
  ///
  /// @param name of the schema
  public static Schema inferSchema(Path file, ReadOptions options, String name) {
    requireFile(file);
    try {
      return SchemaInference.infer(file, options, name);
    } catch (IOException e) {
      throw unreadable(file, e);
    }
  }

  /// A schema that the rows of all files fit: the columns of all of them, with types that hold each
  /// file's values.
  public static Schema inferSchema(List<Path> files, ReadOptions options, String name) {
    return SchemaInference.union(
        files.stream().map(file -> inferSchema(file, options, name)).toList(), name);
  }

  private static void requireFile(Path file) {
    if (!Files.isRegularFile(file)) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "There is no file " + file + ". Check the path and the current folder.");
    }
  }

  private static CuveeException unreadable(Path file, IOException e) {
    return new CuveeException(ErrorCode.IO, file + " cannot be read: " + e.getMessage(), e);
  }
}
