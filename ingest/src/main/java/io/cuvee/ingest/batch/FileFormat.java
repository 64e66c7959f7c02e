package io.cuvee.ingest.batch;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.nio.file.Path;
import java.util.Locale;

/// The file formats that can be read.
public enum FileFormat {
  CSV,
  JSON,
  AVRO,
  PARQUET;

  /// By name, as `csv` in a batch config.
  ///
  /// @throws CuveeException `INVALID_INPUT` that lists the formats
  public static FileFormat parse(String name) {
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "csv", "tsv" -> CSV;
      case "json", "jsonl", "ndjson" -> JSON;
      case "avro" -> AVRO;
      case "parquet" -> PARQUET;
      default ->
          throw new CuveeException(
              ErrorCode.INVALID_INPUT,
              "Unknown file format '" + name + "'. Use csv, json, avro or parquet.");
    };
  }

  /// By the file's name: `trips.csv.gz` is CSV.
  ///
  /// @throws CuveeException `INVALID_INPUT` if the name does not tell
  public static FileFormat ofFile(Path file) {
    String name = file.getFileName().toString();
    String bare = stripCompression(name);
    int dot = bare.lastIndexOf('.');
    try {
      return parse(dot < 0 ? "" : bare.substring(dot + 1));
    } catch (CuveeException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "The name of '"
              + name
              + "' does not tell its format. Use a name that ends in .csv, .tsv, .json, .jsonl, .avro or .parquet"
              + " (.gz and .zst may follow), or state the format.",
          e);
    }
  }

  static String stripCompression(String name) {
    for (String ending : new String[] {".gz", ".zst", ".zstd"}) {
      if (name.toLowerCase(Locale.ROOT).endsWith(ending)) {
        return name.substring(0, name.length() - ending.length());
      }
    }
    return name;
  }
}
