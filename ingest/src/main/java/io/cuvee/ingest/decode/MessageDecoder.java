package io.cuvee.ingest.decode;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.StreamConfig;
import io.cuvee.ingest.transform.NestedFields;
import io.cuvee.ingest.transform.RowWriter;
import java.util.Optional;

/// Finds the values of one row in a message, or of several if the table unnests lists. Not
/// thread-safe.
public interface MessageDecoder {
  /// Writes the values that the message has for columns of the schema; the caller ends the last
  /// row, or abandons all after a failure.
  ///
  /// @throws CuveeException `INVALID_INPUT` that says what is wrong with the message
  void decode(byte[] message, RowWriter row);

  /// The decoder that a table's config names, by the simple names of Pinot's classes.
  ///
  /// @param nested of the table's rules
  /// @throws CuveeException `INVALID_TABLE` if its settings are wrong, `FEATURE_NOT_SUPPORTED` if
  ///   there is none of this name
  static MessageDecoder of(StreamConfig config, Schema schema, Optional<NestedFields> nested) {
    return switch (config.decoder()) {
      case "JSONMessageDecoder", "KafkaJSONMessageDecoder" ->
          nested.<MessageDecoder>map(NestedJsonDecoder::new).orElseGet(JsonDecoder::new);
      // Its fields are values.
      case "CSVMessageDecoder" -> new CsvDecoder(config.decoderProperties());
      case "SimpleAvroMessageDecoder" -> new AvroDecoder(config.decoderProperties(), nested);
      case "KafkaConfluentSchemaRegistryAvroMessageDecoder" ->
          new RegistryAvroDecoder(config.decoderProperties(), nested);
      default ->
          throw new CuveeException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              "Table with schema '"
                  + schema.name()
                  + "': there is no decoder '"
                  + config.decoder()
                  + "'. Use JSONMessageDecoder, CSVMessageDecoder,"
                  + " SimpleAvroMessageDecoder or KafkaConfluentSchemaRegistryAvroMessageDecoder.");
    };
  }
}
