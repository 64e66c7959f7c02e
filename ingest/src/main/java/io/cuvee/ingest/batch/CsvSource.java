package io.cuvee.ingest.batch;

import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.transform.FieldWriter;
import io.cuvee.ingest.transform.RowWriter;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.PushbackReader;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Rows of a CSV file after RFC 4180 in UTF-8. The header names the columns; an empty field is a
/// missing value.
final class CsvSource implements PageSource {
  private final String file;
  private final CsvReader<CsvRecord> reader;
  private final Iterator<CsvRecord> records;
  private final QuoteTracking quotes;
  private final RowWriter rows;
  private final int[] columns;
  private final boolean[] fromFile;
  private final char arrayDelimiter;

  private CsvSource(String file, Records text, Schema schema, ReadOptions options) {
    List<String> header = text.header();
    this.file = file;
    this.reader = text.reader();
    this.records = text.iterator();
    this.quotes = text.quotes();
    this.rows = new RowWriter(schema);
    this.arrayDelimiter = options.arrayDelimiter();
    this.columns = new int[header.size()];
    this.fromFile = new boolean[rows.columnCount()];
    rows.requireMatch(file, header);
    for (int i = 0; i < columns.length; i++) {
      columns[i] = rows.column(header.get(i)).orElse(-1);
      if (columns[i] >= 0) {
        fromFile[columns[i]] = true;
      }
    }
  }

  /// The header and the records of a file, for whoever wants the text.
  record Records(
      List<String> header,
      CsvReader<CsvRecord> reader,
      Iterator<CsvRecord> iterator,
      QuoteTracking quotes)
      implements Closeable {
    @Override
    public void close() throws IOException {
      reader.close();
    }
  }

  static Records records(Path path, ReadOptions options) throws IOException {
    String file = path.getFileName().toString();
    InputStream bytes = FileBytes.open(path);
    try {
      Reader text =
          new InputStreamReader(
              bytes,
              StandardCharsets.UTF_8
                  .newDecoder()
                  .onMalformedInput(CodingErrorAction.REPORT)
                  .onUnmappableCharacter(CodingErrorAction.REPORT));
      char delimiter = delimiter(path, options);
      QuoteTracking quotes = new QuoteTracking(withoutByteOrderMark(text), delimiter);
      CsvReader<CsvRecord> reader =
          CsvReader.builder()
              .fieldSeparator(delimiter)
              .skipEmptyLines(true)
              .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
              .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
              .ofCsvRecord(quotes);
      Iterator<CsvRecord> iterator = reader.iterator();
      List<String> header;
      if (options.header().isPresent()) {
        header =
            List.of(options.header().get().split(java.util.regex.Pattern.quote("" + delimiter)));
      } else if (iterator.hasNext()) {
        header = iterator.next().getFields().stream().map(String::strip).toList();
      } else {
        throw new CuveeException(
            ErrorCode.INVALID_INPUT,
            file + ": the file is empty; its first line must name the columns.");
      }
      Set<String> seen = new HashSet<>();
      for (String name : header) {
        if (!seen.add(name.toLowerCase(Locale.ROOT))) {
          throw new CuveeException(
              ErrorCode.INVALID_INPUT, file + ", line 1: the column '" + name + "' occurs twice.");
        }
      }
      return new Records(header, reader, iterator, quotes);
    } catch (UncheckedIOException e) {
      bytes.close();
      throw unreadable(file, e.getCause());
    } catch (RuntimeException e) {
      bytes.close();
      throw e instanceof CuveeException ? e : unreadable(file, e);
    }
  }

  static CsvSource open(Path path, ReadOptions options, Schema schema) throws IOException {
    Records records = records(path, options);
    try {
      return new CsvSource(path.getFileName().toString(), records, schema, options);
    } catch (RuntimeException e) {
      records.reader().close();
      throw e;
    }
  }

  private static char delimiter(Path path, ReadOptions options) {
    String name =
        FileFormat.stripCompression(path.getFileName().toString()).toLowerCase(Locale.ROOT);
    return options.delimiter().orElse(name.endsWith(".tsv") ? '\t' : ',');
  }

  private static Reader withoutByteOrderMark(Reader text) throws IOException {
    PushbackReader reader = new PushbackReader(text);
    int first = reader.read();
    if (first >= 0 && first != '\uFEFF') {
      reader.unread(first);
    }
    return reader;
  }

  @Override
  public @Nullable Page next() {
    int count = 0;
    long line = 0;
    try {
      while (count < Page.TARGET_ROWS && records.hasNext()) {
        CsvRecord record = records.next();
        line = record.getStartingLineNumber();
        write(record);
        count++;
      }
    } catch (UncheckedIOException e) {
      throw unreadable(file, e.getCause());
    } catch (CuveeException e) {
      throw new CuveeException(e.code(), file + ", line " + line + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      throw unreadable(file, e);
    }
    if (count < Page.TARGET_ROWS) {
      quotes.requireClosed(file);
    }
    return count == 0 ? null : rows.take(count);
  }

  private void write(CsvRecord record) {
    if (record.getFieldCount() != columns.length) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "the line has "
              + record.getFieldCount()
              + " fields, but the header names "
              + columns.length
              + " columns.");
    }
    for (int i = 0; i < columns.length; i++) {
      if (columns[i] >= 0) {
        write(rows.writer(columns[i]), record.getField(i));
      }
    }
    for (int column = 0; column < fromFile.length; column++) {
      if (!fromFile[column]) {
        rows.writer(column).writeNull();
      }
    }
  }

  private void write(FieldWriter writer, String text) {
    if (text.isEmpty()) {
      writer.writeNull();
    } else if (writer.field().type().isArray()) {
      writer.beginArray();
      int from = 0;
      for (int end = text.indexOf(arrayDelimiter);
          end >= 0;
          end = text.indexOf(arrayDelimiter, from)) {
        writer.writeText(text.substring(from, end));
        from = end + 1;
      }
      writer.writeText(text.substring(from));
      writer.endArray();
    } else {
      writer.writeText(text);
    }
  }

  private static CuveeException unreadable(String file, Throwable e) {
    return new CuveeException(
        ErrorCode.INVALID_INPUT,
        file
            + " cannot be read as CSV in UTF-8: "
            + (e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage()),
        e);
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
