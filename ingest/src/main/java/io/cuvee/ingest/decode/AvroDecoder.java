package io.cuvee.ingest.decode;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.transform.AvroFields;
import io.cuvee.ingest.transform.NestedFields;
import io.cuvee.ingest.transform.RowWriter;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;
import org.apache.avro.SchemaParseException;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;
import org.jspecify.annotations.Nullable;

/// Rows of messages that are one Avro record each, in the plain binary encoding, of the schema that
/// the config states.
public final class AvroDecoder implements MessageDecoder {
  private final GenericDatumReader<GenericRecord> reader;
  private final Schema schema;
  private final List<Schema.Field> fields;
  private final Optional<NestedFields> nested;
  private @Nullable BinaryDecoder binary;
  private @Nullable GenericRecord record;

  /// @param properties `schema`, in Avro's JSON
  /// @throws CuveeException `INVALID_TABLE`
  public AvroDecoder(Map<String, String> properties) {
    this(properties, Optional.empty());
  }

  AvroDecoder(Map<String, String> properties, Optional<NestedFields> nested) {
    this(stated(properties), nested);
  }

  /// @param schema a record
  AvroDecoder(Schema schema, Optional<NestedFields> nested) {
    this.nested = nested;
    this.schema = schema;
    this.fields = schema.getFields();
    // Generic data alone: a schema never names a class to load.
    this.reader = new GenericDatumReader<>(schema, schema, new GenericData());
  }

  private static Schema stated(Map<String, String> properties) {
    String text = properties.get("schema");
    if (text == null) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "streamConfigs: Avro messages do not have their schema with them: state it in"
              + " 'decoder.prop.schema'.");
    }
    try {
      Schema schema = new Schema.Parser().parse(text);
      if (schema.getType() != Schema.Type.RECORD) {
        throw new CuveeException(
            ErrorCode.INVALID_TABLE,
            "streamConfigs: the Avro schema must be a record, not " + schema.getType() + ".");
      }
      return schema;
    } catch (SchemaParseException | IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "streamConfigs: 'decoder.prop.schema' is no Avro schema: " + e.getMessage() + ".",
          e);
    }
  }

  @Override
  public void decode(byte[] message, RowWriter row) {
    decode(message, 0, row);
  }

  /// The record begins at `from`.
  void decode(byte[] message, int from, RowWriter row) {
    try {
      BinaryDecoder decoder =
          DecoderFactory.get().binaryDecoder(message, from, message.length - from, binary);
      binary = decoder;
      GenericRecord read = reader.read(record, decoder);
      record = read;
      if (!decoder.isEnd()) {
        throw new CuveeException(ErrorCode.INVALID_INPUT, "Something follows the Avro record.");
      }
      if (nested.isPresent()) {
        nested.get().write(AvroFields.json(schema, read), row);
        return;
      }
      for (int i = 0; i < fields.size(); i++) {
        int column = row.column(fields.get(i).name()).orElse(-1);
        if (column >= 0) {
          AvroFields.write(row.begin(column), fields.get(i).schema(), read.get(i));
        }
      }
    } catch (IOException
        | AvroRuntimeException
        | IndexOutOfBoundsException
        | NegativeArraySizeException
        | ArithmeticException
        | IllegalArgumentException e) {
      record = null;
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, "It is no Avro record: " + e.getMessage() + ".", e);
    }
  }
}
