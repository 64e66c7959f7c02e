package io.cuvee.ingest.decode;

import de.siegmar.fastcsv.reader.CsvParseException;
import de.siegmar.fastcsv.reader.CsvReader;
import de.siegmar.fastcsv.reader.CsvRecord;
import de.siegmar.fastcsv.reader.FieldMismatchStrategy;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.transform.FieldWriter;
import io.cuvee.ingest.transform.RowWriter;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/// Rows of messages that are one line of CSV each, in UTF-8; the config names the columns. An empty
/// field is a missing value.
public final class CsvDecoder implements MessageDecoder {
  private final char delimiter;
  private final char arrayDelimiter;
  private final List<String> header;

  /// @param properties `header`, and perhaps `delimiter` and `multiValueDelimiter`
  /// @throws CuveeException `INVALID_TABLE`
  public CsvDecoder(Map<String, String> properties) {
    this.delimiter = character(properties, "delimiter", ',');
    this.arrayDelimiter = character(properties, "multiValueDelimiter", ';');
    String names = properties.get("header");
    if (names == null) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "streamConfigs: CSV messages have no header of their own: name their columns in"
              + " 'decoder.prop.header'.");
    }
    this.header = List.of(names.split(Pattern.quote(String.valueOf(delimiter)), -1));
  }

  private static char character(Map<String, String> properties, String key, char otherwise) {
    String value = properties.getOrDefault(key, String.valueOf(otherwise));
    if (value.length() != 1) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "streamConfigs: 'decoder.prop." + key + "' is '" + value + "', not one character.");
    }
    return value.charAt(0);
  }

  @Override
  public void decode(byte[] message, RowWriter row) {
    CsvRecord line = line(message);
    if (line.getFieldCount() != header.size()) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "The line has "
              + line.getFieldCount()
              + " fields, but the header names "
              + header.size()
              + " columns.");
    }
    for (int i = 0; i < header.size(); i++) {
      int column = row.column(header.get(i).strip()).orElse(-1);
      String text = line.getField(i);
      if (column >= 0 && !text.isEmpty()) {
        write(row.begin(column), text);
      }
    }
  }

  private CsvRecord line(byte[] message) {
    try {
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(message)).toString();
      Iterator<CsvRecord> lines =
          CsvReader.builder()
              .fieldSeparator(delimiter)
              .skipEmptyLines(true)
              .extraFieldStrategy(FieldMismatchStrategy.IGNORE)
              .missingFieldStrategy(FieldMismatchStrategy.IGNORE)
              .ofCsvRecord(text)
              .iterator();
      if (!lines.hasNext()) {
        throw new CuveeException(ErrorCode.INVALID_INPUT, "The message is empty.");
      }
      CsvRecord line = lines.next();
      if (lines.hasNext()) {
        throw new CuveeException(
            ErrorCode.INVALID_INPUT, "The message has more than one line of CSV.");
      }
      return line;
    } catch (CharacterCodingException e) {
      throw new CuveeException(ErrorCode.INVALID_INPUT, "The message is not UTF-8.", e);
    } catch (CsvParseException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, "The message is no CSV: " + e.getMessage() + ".", e);
    }
  }

  private void write(FieldWriter writer, String text) {
    if (!writer.field().type().isArray()) {
      writer.writeText(text);
      return;
    }
    writer.beginArray();
    for (String element : text.split(Pattern.quote(String.valueOf(arrayDelimiter)), -1)) {
      writer.writeText(element);
    }
    writer.endArray();
  }
}
