package io.cuvee.ingest.batch;

import java.util.Optional;

/// How a file is read where its format leaves a choice.
///
/// @param format absent: by the file's name
/// @param delimiter of CSV columns; absent: comma, or tab for `.tsv`
/// @param arrayDelimiter between the elements of an array in one CSV field
/// @param header names of CSV columns, separated by the delimiter; absent: the first line has them
public record ReadOptions(
    Optional<FileFormat> format,
    Optional<Character> delimiter,
    char arrayDelimiter,
    Optional<String> header) {
  public static final ReadOptions DEFAULTS =
      new ReadOptions(Optional.empty(), Optional.empty(), ';', Optional.empty());

  public ReadOptions withFormat(FileFormat newFormat) {
    return new ReadOptions(Optional.of(newFormat), delimiter, arrayDelimiter, header);
  }
}
