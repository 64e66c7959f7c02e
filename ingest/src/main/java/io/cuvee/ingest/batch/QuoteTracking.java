package io.cuvee.ingest.batch;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.FilterReader;
import java.io.IOException;
import java.io.Reader;

/// Watches the quotes of a CSV text that passes, because the parser takes the end of the file for
/// the end of a quoted field: one quote too few would swallow all rows after it.
final class QuoteTracking extends FilterReader {
  private enum Place {
    FIELD_START,
    PLAIN,
    QUOTED,
    /// After a quote inside of quotes: it ends the field unless another one follows.
    QUOTE
  }

  private final char delimiter;
  private Place place = Place.FIELD_START;
  private long line = 1;
  private long openedAt;

  QuoteTracking(Reader text, char delimiter) {
    super(text);
    this.delimiter = delimiter;
  }

  @Override
  public int read() throws IOException {
    int c = super.read();
    if (c >= 0) {
      pass((char) c);
    }
    return c;
  }

  @Override
  public int read(char[] buffer, int offset, int length) throws IOException {
    int read = super.read(buffer, offset, length);
    for (int i = offset; i < offset + read; i++) {
      pass(buffer[i]);
    }
    return read;
  }

  private void pass(char c) {
    if (c == '\n') {
      line++;
    }
    if (place == Place.QUOTED) {
      if (c == '"') {
        place = Place.QUOTE;
      }
    } else if (c == '"' && place != Place.PLAIN) {
      if (place == Place.FIELD_START) {
        openedAt = line;
      }
      place = Place.QUOTED;
    } else {
      place = c == delimiter || c == '\n' || c == '\r' ? Place.FIELD_START : Place.PLAIN;
    }
  }

  /// To be called at the end of the text.
  ///
  /// @throws CuveeException `INVALID_INPUT` if a quoted field goes on
  void requireClosed(String file) {
    if (place == Place.QUOTED) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          file
              + ", line "
              + openedAt
              + ": a quote (\") begins a field here and is never closed. Close it, or double it if it"
              + " belongs to the value.");
    }
  }
}
