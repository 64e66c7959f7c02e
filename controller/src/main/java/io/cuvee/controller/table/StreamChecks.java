package io.cuvee.controller.table;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.decode.MessageDecoder;
import io.cuvee.ingest.stream.StreamConfig;
import io.cuvee.ingest.stream.StreamConsumerFactory;
import io.cuvee.ingest.stream.rows.RowsConsumerFactory;
import java.util.Optional;

/// Whether a table config can be filled by its stream; the stream itself is not asked.
final class StreamChecks {
  /// Whether servers of this release consume.
  private static final boolean CONSUMES = true;

  private StreamChecks() {}

  /// @throws CuveeException `INVALID_TABLE` that names the key, or `FEATURE_NOT_SUPPORTED`
  static void check(TableConfig config, Schema schema) {
    StreamConfig stream = StreamConfig.parse(config.streamConfigs());
    StreamConsumerFactory.of(stream).validate(stream);
    MessageDecoder.of(stream, schema, Optional.empty());
    if (config.isDimension()) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '" + config.logicalName() + "': a dimension table cannot be REALTIME.");
    }
    if (config.replicaGroups().isPresent() && stream.streamType().equals(StreamConfig.ROWS)) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Table '"
              + config.logicalName()
              + "' gets rows over HTTP and has replica groups, but its segments are where the logs"
              + " of its rows are. Leave out instanceAssignmentConfigMap.");
    }
    if (config.keys().isPresent()
        && stream.streamType().equals(StreamConfig.ROWS)
        && RowsConsumerFactory.partitions(stream) > 1) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Table '"
              + config.logicalName()
              + "' has primary keys and several logs, but rows of one key must be in one log. Set"
              + " stream.rows.partitions to 1, or use Kafka with the key as the messages' key.");
    }
    if (!CONSUMES) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Table '"
              + config.logicalName()
              + "' has the type REALTIME: this release does not consume streams yet. Use OFFLINE and upload segments.");
    }
  }
}
