package io.cuvee.ingest.batch;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import de.siegmar.fastcsv.reader.CsvRecord;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.ingest.transform.TimeText;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Guesses the schema of a file: from its own types (Avro, Parquet), or from its first
/// [#SAMPLE_ROWS] rows (CSV, JSON), taking for each column the narrowest of BOOLEAN, LONG, DOUBLE,
/// DATE, TIMESTAMP that all its values have, else STRING.
final class SchemaInference {
  static final int SAMPLE_ROWS = 20_000;

  private static final Pattern WHOLE = Pattern.compile("[+-]?[0-9]{1,18}");
  private static final Pattern REAL =
      Pattern.compile("[+-]?([0-9]+\\.?[0-9]*|\\.[0-9]+)([eE][+-]?[0-9]+)?");

  private SchemaInference() {}

  static Schema infer(Path path, ReadOptions options, String name) throws IOException {
    FileFormat format = options.format().orElseGet(() -> FileFormat.ofFile(path));
    List<FieldSpec> fields =
        switch (format) {
          case CSV -> csv(path, options);
          case JSON -> json(path);
          case AVRO -> AvroSource.fields(path);
          case PARQUET -> ParquetSource.fields(path);
        };
    return Schema.of(name, fields);
  }

  /// The columns of all schemas.
  static Schema union(List<Schema> schemas, String name) {
    if (schemas.size() == 1) {
      return schemas.getFirst();
    }
    Map<String, FieldSpec> fields = new LinkedHashMap<>();
    for (Schema schema : schemas) {
      for (FieldSpec field : schema.fields()) {
        fields.merge(
            field.name().toLowerCase(Locale.ROOT),
            field,
            (a, b) -> a.type().equals(b.type()) ? a : field(a.name(), common(a.type(), b.type())));
      }
    }
    return Schema.of(name, List.copyOf(fields.values()));
  }

  private static ColumnType common(ColumnType a, ColumnType b) {
    if (a.dataType() == DataType.JSON || b.dataType() == DataType.JSON) {
      return ColumnType.JSON;
    }
    DataType type =
        a.dataType().isInteger() && b.dataType().isInteger()
            ? DataType.LONG
            : common(a.dataType(), b.dataType());
    return new ColumnType(type, a.isArray() || b.isArray());
  }

  static FieldSpec field(String name, ColumnType type) {
    boolean time = type.dataType().isTime() && !type.isArray();
    return new FieldSpec(
        name,
        type,
        time ? FieldSpec.Role.DATE_TIME : FieldSpec.Role.DIMENSION,
        false,
        null,
        time
            ? (type.dataType() == DataType.DATE ? "SIMPLE_DATE_FORMAT|yyyy-MM-dd" : "TIMESTAMP")
            : null,
        time ? (type.dataType() == DataType.DATE ? "DAYS|1" : "MILLISECONDS|1") : null);
  }

  private static List<FieldSpec> csv(Path path, ReadOptions options) throws IOException {
    CsvSource.Records records = CsvSource.records(path, options);
    try (records) {
      List<@Nullable DataType> types = new ArrayList<>();
      records.header().forEach(column -> types.add(null));
      Iterator<CsvRecord> rows = records.iterator();
      for (int row = 0; row < SAMPLE_ROWS && rows.hasNext(); row++) {
        CsvRecord record = rows.next();
        for (int i = 0; i < Math.min(types.size(), record.getFieldCount()); i++) {
          String text = record.getField(i);
          if (!text.isEmpty()) {
            types.set(i, common(types.get(i), ofText(text)));
          }
        }
      }
      List<FieldSpec> fields = new ArrayList<>();
      for (int i = 0; i < types.size(); i++) {
        DataType type = types.get(i);
        fields.add(
            field(records.header().get(i), ColumnType.of(type == null ? DataType.STRING : type)));
      }
      return fields;
    }
  }

  private static List<FieldSpec> json(Path path) throws IOException {
    Map<String, @Nullable ColumnType> types = new LinkedHashMap<>();
    String file = path.getFileName().toString();
    try (JsonParser parser = JsonSource.parser(path)) {
      for (int row = 0; row < SAMPLE_ROWS; row++) {
        JsonNode record = JsonSource.nextRecord(parser, file);
        if (record == null) {
          break;
        }
        record
            .properties()
            .forEach(
                entry -> types.merge(entry.getKey(), Marker.of(entry.getValue()), Marker::common));
      }
    }
    if (types.isEmpty()) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          file + ": there are no records to guess a schema from. State a schema.");
    }
    List<FieldSpec> fields = new ArrayList<>();
    types.forEach((name, type) ->
        fields.add(
            field(name, type == null || type.equals(Marker.UNKNOWN) ? ColumnType.STRING : type)));
    return fields;
  }

  /// Types of JSON values; an array of BYTES stands for "nothing but null so far", which no JSON
  /// value has.
  private static final class Marker {
    static final ColumnType UNKNOWN = ColumnType.arrayOf(DataType.BYTES);

    static ColumnType of(JsonNode value) {
      return switch (value.getNodeType()) {
        case NULL, MISSING -> UNKNOWN;
        case BOOLEAN -> ColumnType.BOOLEAN;
        case NUMBER ->
            ColumnType.of(
                value.isIntegralNumber() && value.canConvertToLong()
                    ? DataType.LONG
                    : DataType.DOUBLE);
        case STRING -> {
          DataType type = ofText(value.textValue());
          yield ColumnType.of(type.isTime() ? type : DataType.STRING);
        }
        case ARRAY -> {
          ColumnType element = UNKNOWN;
          for (JsonNode item : value) {
            element = common(element, of(item));
          }
          yield element.equals(UNKNOWN)
              ? ColumnType.arrayOf(DataType.STRING)
              : element.isArray() || element.dataType() == DataType.JSON
                  ? ColumnType.JSON
                  : ColumnType.arrayOf(element.dataType());
        }
        case OBJECT, BINARY, POJO -> ColumnType.JSON;
      };
    }

    static ColumnType common(ColumnType a, ColumnType b) {
      if (a.equals(b) || b.equals(UNKNOWN)) {
        return a;
      }
      if (a.equals(UNKNOWN)) {
        return b;
      }
      if (a.dataType() == DataType.JSON || b.dataType() == DataType.JSON) {
        return ColumnType.JSON;
      }
      return new ColumnType(
          SchemaInference.common(a.dataType(), b.dataType()), a.isArray() || b.isArray());
    }
  }

  private static DataType ofText(String raw) {
    String text = raw.strip();
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.equals("true") || lower.equals("false")) {
      return DataType.BOOLEAN;
    }
    // A leading zero marks a code, as in 00501, not a number.
    boolean code = text.length() > 1 && text.charAt(0) == '0' && Character.isDigit(text.charAt(1));
    if (!code && WHOLE.matcher(text).matches()) {
      return DataType.LONG;
    }
    if (!code && REAL.matcher(text).matches()) {
      return DataType.DOUBLE;
    }
    if (TimeText.parseDate(text).isPresent()) {
      return DataType.DATE;
    }
    return TimeText.parseMillis(text).isPresent() ? DataType.TIMESTAMP : DataType.STRING;
  }

  private static DataType common(@Nullable DataType a, DataType b) {
    if (a == null || a == b) {
      return b;
    }
    if (a.isNumeric() && b.isNumeric()) {
      return DataType.DOUBLE;
    }
    if (a.isTime() && b.isTime()) {
      return DataType.TIMESTAMP;
    }
    return DataType.STRING;
  }
}
