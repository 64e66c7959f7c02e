package io.cuvee.ingest.decode;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.transform.NestedFields;
import io.cuvee.ingest.transform.RowWriter;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Rows of messages that are one Avro record each, in Confluent's form: a zero, the number of the
/// schema in a registry in 32 bits, and the record in the plain binary encoding of that schema. A
/// message of another form, or whose number the registry does not know, is no row; while the
/// registry does not answer, messages with new numbers wait.
final class RegistryAvroDecoder implements MessageDecoder {
  private static final int HEAD = 1 + Integer.BYTES;

  /// Beyond, all are made anew.
  private static final int MOST_DECODERS = 1000;

  private final SchemaRegistry registry;
  private final Optional<NestedFields> nested;
  private final Map<Integer, AvroDecoder> decoders = new HashMap<>();

  /// @param properties `schema.registry.rest.url`, and perhaps
  ///   `schema.registry.basic.auth.user.info`, `user:password`
  /// @throws CuveeException `INVALID_TABLE`
  RegistryAvroDecoder(Map<String, String> properties, Optional<NestedFields> nested) {
    this.registry = SchemaRegistry.of(properties);
    this.nested = nested;
  }

  @Override
  public void decode(byte[] message, RowWriter row) {
    if (message.length < HEAD || message[0] != 0) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "It does not begin with a zero and the number of a schema, as Confluent's Avro does.");
    }
    int id = ByteBuffer.wrap(message).getInt(1);
    AvroDecoder decoder = decoders.get(id);
    if (decoder == null) {
      decoder = new AvroDecoder(registry.schema(id), nested);
      if (decoders.size() == MOST_DECODERS) {
        decoders.clear();
      }
      decoders.put(id, decoder);
    }
    decoder.decode(message, HEAD, row);
  }
}
