package io.cuvee.ingest.decode;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectReader;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.transform.JsonFields;
import io.cuvee.ingest.transform.NestedFields;
import io.cuvee.ingest.transform.RowWriter;
import java.io.IOException;

/// Rows of messages that are one JSON object each, whose inner records and lists become rows and
/// columns.
final class NestedJsonDecoder implements MessageDecoder {
  private static final ObjectReader READER =
      JsonFields.READER.with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private final NestedFields nested;

  NestedJsonDecoder(NestedFields nested) {
    this.nested = nested;
  }

  @Override
  public void decode(byte[] message, RowWriter row) {
    try {
      nested.write(READER.readTree(message), row);
    } catch (JsonProcessingException e) {
      throw JsonDecoder.noJson(e);
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, "It cannot be read as JSON: " + e.getMessage() + ".", e);
    }
  }
}
