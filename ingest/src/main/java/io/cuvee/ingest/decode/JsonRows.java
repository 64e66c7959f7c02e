package io.cuvee.ingest.decode;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.Page;
import io.cuvee.ingest.decode.JsonDecoder.UnknownFields;
import io.cuvee.ingest.transform.IngestionRules;
import io.cuvee.ingest.transform.JsonFields;
import io.cuvee.ingest.transform.RowWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;

/// The rows of one request: a JSON array of objects, or objects one after the other, as in JSON
/// lines. Each is checked against the schema as it would be when it is consumed; one that does not
/// fit, or has a field that is no column, makes the whole request fail.
///
/// @param count how many rows
/// @param rows their texts as they came, each with its length in four bytes before it
public record JsonRows(int count, ByteBuffer rows) {
  private static final int MAX_ROWS = 100_000;
  private static final byte[] MARK = {(byte) 0xEF, (byte) 0xBB, (byte) 0xBF};

  /// @param body in UTF-8
  /// @throws CuveeException `INVALID_INPUT` that names the row
  public static JsonRows parse(byte[] body, IngestionRules rules) {
    JsonDecoder decoder = new JsonDecoder(UnknownFields.REFUSED);
    RowWriter writer = new RowWriter(rules.source());
    Texts texts = new Texts(body.length);
    int from = startsWithMark(body) ? MARK.length : 0;
    try (JsonParser parser = decoder.parser(body, from, body.length - from)) {
      JsonToken token = parser.nextToken();
      boolean isArray = token == JsonToken.START_ARRAY;
      if (isArray) {
        token = parser.nextToken();
      }
      while (token != null && token != JsonToken.END_ARRAY) {
        int begin = Math.toIntExact(parser.currentTokenLocation().getByteOffset());
        if (rules.nested().isPresent()) {
          rules.nested().get().write(JsonFields.READER.readValue(parser), writer);
        } else {
          decoder.decodeObject(parser, writer);
        }
        writer.endRow();
        int end = Math.toIntExact(parser.currentLocation().getByteOffset());
        if (begin < 0 || end < begin) {
          throw invalid("The rows are not in UTF-8.", null);
        }
        texts.add(body, from + begin, end - begin);
        if (texts.rowCount > MAX_ROWS) {
          throw invalid(
              "A request may have at most " + MAX_ROWS + " rows. Send them in several.", null);
        }
        // Of several rows from one object the object's number is told.
        if (writer.rowCount() >= Page.TARGET_ROWS || rules.nested().isPresent()) {
          check(writer, rules, texts);
        }
        token = parser.nextToken();
      }
      if (isArray && (token != JsonToken.END_ARRAY || parser.nextToken() != null)) {
        throw invalid("The array of rows does not end, or something follows it.", null);
      }
      if (!isArray && token != null) {
        throw invalid("A row must be a JSON object.", null);
      }
      check(writer, rules, texts);
    } catch (JsonProcessingException e) {
      throw wrongRow(texts.rowCount, JsonDecoder.noJson(e));
    } catch (IOException e) {
      throw wrongRow(texts.rowCount, e);
    } catch (CuveeException e) {
      throw wrongRow(texts.rowCount, e);
    }
    return new JsonRows(texts.rowCount, ByteBuffer.wrap(texts.toByteArray()));
  }

  private static void check(RowWriter writer, IngestionRules rules, Texts texts) {
    int before =
        rules.nested().isPresent() ? texts.rowCount - 1 : texts.rowCount - writer.rowCount();
    var _ =
        rules.shape(
            writer.take(),
            (row, reason) -> {
              // The row that the failure is about.
              texts.rowCount = rules.nested().isPresent() ? before : before + row;
              throw new CuveeException(ErrorCode.INVALID_INPUT, reason);
            });
  }

  private static boolean startsWithMark(byte[] body) {
    return body.length >= MARK.length
        && java.util.Arrays.equals(body, 0, MARK.length, MARK, 0, MARK.length);
  }

  private static CuveeException wrongRow(int before, Exception e) {
    return invalid(
        "Row " + (before + 1) + " of the request: " + e.getMessage() + " No row was written.", e);
  }

  private static CuveeException invalid(
      String message, @org.jspecify.annotations.Nullable Exception e) {
    return new CuveeException(ErrorCode.INVALID_INPUT, message, e);
  }

  private static final class Texts extends ByteArrayOutputStream {
    private int rowCount;

    Texts(int size) {
      super(size + size / 8 + 64);
    }

    void add(byte[] body, int from, int length) {
      write(length >>> 24);
      write(length >>> 16);
      write(length >>> 8);
      write(length);
      write(body, from, length);
      rowCount++;
    }
  }
}
