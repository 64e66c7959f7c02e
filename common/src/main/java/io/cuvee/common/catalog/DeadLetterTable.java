package io.cuvee.common.catalog;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;

/// The table of the messages that became no rows of other tables: a REALTIME table of posted rows
/// that keeps each message once, though all replicas send it.
public final class DeadLetterTable {
  /// Of a message that is kept; the rest of a longer one is left out.
  public static final int MAX_MESSAGE_BYTES = 256 << 10;

  private static final String TABLE = "table_name";
  private static final String PARTITION = "partition_id";
  private static final String OFFSET = "stream_offset";
  private static final String REASON = "reason";
  private static final String MESSAGE = "message";
  private static final String IS_BASE64 = "is_base64";
  private static final String BYTES = "message_bytes";
  private static final String REJECTED_AT = "rejected_at";

  private DeadLetterTable() {}

  /// The schema, of the table's own name.
  public static Schema schema(String table) {
    return Schema.parse(
        """
        {"schemaName": "%s", "primaryKeyColumns": ["table_name", "partition_id", "stream_offset"],
         "dimensionFieldSpecs": [
          {"name": "table_name", "dataType": "STRING"}, {"name": "partition_id", "dataType": "INT"},
          {"name": "stream_offset", "dataType": "LONG"}, {"name": "reason", "dataType": "STRING"},
          {"name": "message", "dataType": "STRING"}, {"name": "is_base64", "dataType": "BOOLEAN"},
          {"name": "message_bytes", "dataType": "INT"}],
         "dateTimeFieldSpecs": [{"name": "rejected_at", "dataType": "TIMESTAMP",
          "format": "TIMESTAMP", "granularity": "1:MILLISECONDS"}]}
        """
            .formatted(table));
  }

  /// The config: as many replicas as the table that the messages were for, kept for 30 days.
  public static TableConfig config(String table, int replication) {
    return TableConfig.parse(
        """
        {"tableName": "%s", "tableType": "REALTIME",
         "segmentsConfig": {"schemaName": "%s", "timeColumnName": "rejected_at",
          "replication": "%d", "retentionTimeUnit": "DAYS", "retentionTimeValue": "30"},
         "tableIndexConfig": {"noDictionaryColumns": ["message"]},
         "dedupConfig": {"dedupEnabled": true}}
        """
            .formatted(table, table, replication));
  }

  /// @throws CuveeException `INVALID_TABLE` if letters for the table `source` cannot be kept there
  public static void check(String source, TableConfig config, Schema schema) {
    List<String> missing =
        schema(config.logicalName()).fields().stream()
            .filter(field ->
                schema.field(field.name()).filter(own -> own.type().equals(field.type())).isEmpty())
            .map(field -> field.name() + " " + field.type())
            .toList();
    if (!missing.isEmpty() || config.keys().isEmpty() || config.type() != TableType.REALTIME) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '"
              + source
              + "': ingestionConfig.deadLetterTable is '"
              + config.logicalName()
              + "', which is there but "
              + (missing.isEmpty()
                  ? "has no dedupConfig"
                  : "lacks the columns " + String.join(", ", missing))
              + ". Name a table that does not exist: it is made.");
    }
  }

  /// A row in JSON.
  ///
  /// @param message as it came; null if it had no value
  public static String row(
      String source,
      int partition,
      long offset,
      String reason,
      byte @org.jspecify.annotations.Nullable [] message,
      long atMillis) {
    ObjectNode row =
        Json.MAPPER
            .createObjectNode()
            .put(TABLE, source)
            .put(PARTITION, partition)
            .put(OFFSET, offset)
            .put(REASON, reason)
            .put(REJECTED_AT, atMillis)
            .put(BYTES, message == null ? 0 : message.length);
    if (message != null) {
      byte[] kept = Arrays.copyOf(message, Math.min(message.length, MAX_MESSAGE_BYTES));
      try {
        row.put(
                MESSAGE,
                StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(kept)).toString())
            .put(IS_BASE64, false);
      } catch (CharacterCodingException e) {
        row.put(MESSAGE, Base64.getEncoder().encodeToString(kept)).put(IS_BASE64, true);
      }
    }
    return row.toString();
  }
}
