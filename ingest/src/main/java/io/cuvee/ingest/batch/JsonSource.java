package io.cuvee.ingest.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.transform.JsonFields;
import io.cuvee.ingest.transform.NestedFields;
import io.cuvee.ingest.transform.RowWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Rows of a file of JSON objects, one after the other (JSON lines) or in one array.
final class JsonSource implements PageSource {
  private final String file;
  private final JsonParser parser;
  private final RowWriter rows;
  private final Optional<NestedFields> nested;

  private JsonSource(String file, JsonParser parser, Schema schema, Optional<NestedFields> nested) {
    this.file = file;
    this.parser = parser;
    this.rows = new RowWriter(schema);
    this.nested = nested;
  }

  static JsonSource open(Path path, Schema schema, Optional<NestedFields> nested)
      throws IOException {
    return new JsonSource(path.getFileName().toString(), parser(path), schema, nested);
  }

  static JsonParser parser(Path path) throws IOException {
    return Json.MAPPER.getFactory().createParser(FileBytes.open(path));
  }

  /// The next record, or `null` at the end.
  static @Nullable JsonNode nextRecord(JsonParser parser, String file) {
    try {
      JsonToken token = parser.nextToken();
      if (token == JsonToken.START_ARRAY
          && parser.getParsingContext().getParent() != null
          && parser.getParsingContext().getParent().inRoot()) {
        token = parser.nextToken();
      }
      if (token == JsonToken.END_ARRAY && parser.getParsingContext().inRoot()) {
        token = parser.nextToken();
      }
      if (token == null) {
        return null;
      }
      if (token != JsonToken.START_OBJECT) {
        throw new CuveeException(
            ErrorCode.INVALID_INPUT,
            file
                + ", line "
                + parser.currentTokenLocation().getLineNr()
                + ": a record must be a JSON object, not "
                + token
                + ".");
      }
      return JsonFields.READER.readValue(parser);
    } catch (JsonProcessingException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          file
              + ", line "
              + (e.getLocation() == null ? "?" : e.getLocation().getLineNr())
              + ": "
              + e.getOriginalMessage(),
          e);
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, file + " cannot be read as JSON: " + e.getMessage(), e);
    }
  }

  @Override
  public @Nullable Page next() {
    while (rows.rowCount() < Page.TARGET_ROWS) {
      JsonNode record = nextRecord(parser, file);
      if (record == null) {
        break;
      }
      try {
        write(record);
      } catch (CuveeException e) {
        throw new CuveeException(
            e.code(),
            file + ", line " + parser.currentLocation().getLineNr() + ": " + e.getMessage(),
            e);
      }
    }
    return rows.rowCount() == 0 ? null : rows.take();
  }

  private void write(JsonNode record) {
    if (nested.isPresent()) {
      nested.get().write(record, rows);
    } else {
      for (Map.Entry<String, JsonNode> field : record.properties()) {
        rows.column(field.getKey())
            .ifPresent(column -> JsonFields.write(rows.begin(column), field.getValue()));
      }
    }
    rows.endRow();
  }

  @Override
  public void close() {
    try {
      parser.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
