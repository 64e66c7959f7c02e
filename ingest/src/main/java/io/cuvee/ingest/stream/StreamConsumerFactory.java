package io.cuvee.ingest.stream;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ServiceLoader;
import java.util.stream.Collectors;

/// A kind of stream, found by [ServiceLoader].
public interface StreamConsumerFactory {
  /// What a table's `streamType` says for this kind, as `kafka`.
  String streamType();

  /// Checks what the config says of the stream without asking the stream.
  ///
  /// @throws CuveeException `INVALID_TABLE`
  void validate(StreamConfig config);

  /// Connects to a stream; whether it is there is found out when it is asked.
  ///
  /// @throws CuveeException `INVALID_TABLE`
  StreamSource connect(StreamConfig config);

  /// Streams that servers hold themselves.
  interface LocalStreams {
    /// The rows that were written to a table over HTTP.
    StreamSource rows(String physicalTable, int partitions);
  }

  /// The same on a server.
  default StreamSource connect(StreamConfig config, String physicalTable, LocalStreams local) {
    return connect(config);
  }

  /// The kind that a config names.
  ///
  /// @throws CuveeException `INVALID_TABLE` if there is none
  static StreamConsumerFactory of(StreamConfig config) {
    ServiceLoader<StreamConsumerFactory> factories =
        ServiceLoader.load(
            StreamConsumerFactory.class, StreamConsumerFactory.class.getClassLoader());
    for (StreamConsumerFactory factory : factories) {
      if (factory.streamType().equals(config.streamType())) {
        return factory;
      }
    }
    throw new CuveeException(
        ErrorCode.INVALID_TABLE,
        "streamConfigs: there is no streamType '"
            + config.streamType()
            + "'. Use one of "
            + factories.stream()
                .map(factory -> factory.get().streamType())
                .sorted()
                .collect(Collectors.joining(", "))
            + ".");
  }
}
