package io.cuvee.ingest.stream.rows;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.PartitionReader;
import io.cuvee.ingest.stream.StreamConfig;
import io.cuvee.ingest.stream.StreamConsumerFactory;
import io.cuvee.ingest.stream.StreamSource;

/// Rows over HTTP. The number of partitions is the table's own; a partition's log begins at offset
/// 0, and is read on servers.
public final class RowsConsumerFactory implements StreamConsumerFactory {
  private static final int MAX_PARTITIONS = 64;

  @Override
  public String streamType() {
    return StreamConfig.ROWS;
  }

  @Override
  public void validate(StreamConfig config) {
    var _ = partitions(config);
    for (String key : config.properties().keySet()) {
      if (!key.equals("partitions")) {
        throw new CuveeException(
            ErrorCode.INVALID_TABLE,
            "streamConfigs: '"
                + key
                + "' is not known for streamType rows. It has stream.rows.partitions.");
      }
    }
    if (!config.decoder().equals("JSONMessageDecoder")) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "streamConfigs: rows over HTTP are JSON; leave out stream.rows.decoder.class.name.");
    }
  }

  /// How many partitions the config asks for.
  ///
  /// @throws CuveeException `INVALID_TABLE`
  public static int partitions(StreamConfig config) {
    String text = config.properties().getOrDefault("partitions", "1").strip();
    try {
      int partitions = Integer.parseInt(text);
      if (partitions >= 1 && partitions <= MAX_PARTITIONS) {
        return partitions;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw new CuveeException(
        ErrorCode.INVALID_TABLE,
        "streamConfigs: 'stream.rows.partitions' is '"
            + text
            + "', not a whole number from 1 to "
            + MAX_PARTITIONS
            + ".");
  }

  @Override
  public StreamSource connect(StreamConfig config) {
    int partitions = partitions(config);
    return new StreamSource() {
      @Override
      public int partitionCount() {
        return partitions;
      }

      @Override
      public long earliestOffset(int partition) {
        return 0;
      }

      @Override
      public long latestOffset(int partition) {
        return 0;
      }

      @Override
      public PartitionReader open(int partition, long offset) {
        throw new CuveeException(
            ErrorCode.IO, "The log of topic '" + config.topic() + "' can be read on servers only.");
      }

      @Override
      public void close() {}
    };
  }

  @Override
  public StreamSource connect(StreamConfig config, String physicalTable, LocalStreams local) {
    return local.rows(physicalTable, partitions(config));
  }
}
