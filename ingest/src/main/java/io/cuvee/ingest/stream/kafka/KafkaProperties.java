package io.cuvee.ingest.stream.kafka;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.StreamConfig;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.regex.Pattern;

/// What a table's config may say to the Kafka client: properties that name no class to load and no
/// place to write to, and of login modules those with a password alone.
final class KafkaProperties {
  private static final Set<String> ALLOWED =
      Set.of(
          "client.id",
          "client.rack",
          "client.dns.lookup",
          "check.crcs",
          "connections.max.idle.ms",
          "default.api.timeout.ms",
          "fetch.max.bytes",
          "fetch.max.wait.ms",
          "fetch.min.bytes",
          "isolation.level",
          "max.partition.fetch.bytes",
          "max.poll.records",
          "metadata.max.age.ms",
          "receive.buffer.bytes",
          "reconnect.backoff.max.ms",
          "reconnect.backoff.ms",
          "request.timeout.ms",
          "retry.backoff.max.ms",
          "retry.backoff.ms",
          "sasl.jaas.config",
          "sasl.mechanism",
          "security.protocol",
          "send.buffer.bytes",
          "socket.connection.setup.timeout.max.ms",
          "socket.connection.setup.timeout.ms",
          "ssl.cipher.suites",
          "ssl.enabled.protocols",
          "ssl.endpoint.identification.algorithm",
          "ssl.key.password",
          "ssl.keystore.certificate.chain",
          "ssl.keystore.key",
          "ssl.keystore.location",
          "ssl.keystore.password",
          "ssl.keystore.type",
          "ssl.protocol",
          "ssl.truststore.certificates",
          "ssl.truststore.location",
          "ssl.truststore.password",
          "ssl.truststore.type");

  /// Keys of Pinot that are not the client's own.
  private static final Set<String> IGNORED =
      Set.of(
          "fetch.timeout.millis",
          "connection.timeout.millis",
          "idle.timeout.millis",
          "zk.broker.url",
          "hlc.zk.connect.string",
          "hlc.bootstrap.server",
          "key.deserializer",
          "value.deserializer",
          "group.id",
          "enable.auto.commit");

  private static final Pattern LOGIN_MODULE =
      Pattern.compile(
          "\\s*org\\.apache\\.kafka\\.common\\.security\\.(plain\\.PlainLoginModule"
              + "|scram\\.ScramLoginModule)\\s+required(\\s+(username|password|tokenauth)\\s*=\\s*"
              + "(\"[^\"]*\"|[^\\s;\"]+))*\\s*;\\s*");

  private KafkaProperties() {}

  /// @throws CuveeException `INVALID_TABLE` that names the key
  static Properties of(StreamConfig config) {
    Properties properties = new Properties();
    for (Map.Entry<String, String> entry : config.properties().entrySet()) {
      String key = entry.getKey();
      if (key.equals("broker.list") || IGNORED.contains(key)) {
        continue;
      }
      if (!ALLOWED.contains(key)) {
        throw invalid(
            "the Kafka property '"
                + key
                + "' cannot be set by a table. Ask the operator of the servers if it is needed");
      }
      if (key.equals("sasl.jaas.config") && !LOGIN_MODULE.matcher(entry.getValue()).matches()) {
        throw invalid(
            "'sasl.jaas.config' may name one login module, PlainLoginModule or ScramLoginModule,"
                + " with username and password");
      }
      properties.put(key, entry.getValue());
    }
    String brokers = config.properties().get("broker.list");
    if (brokers == null || brokers.isBlank()) {
      throw invalid("'stream.kafka.broker.list' is missing");
    }
    properties.put("bootstrap.servers", brokers.strip());
    properties.putIfAbsent("isolation.level", "read_committed");
    // Offsets are the table's: the client neither commits nor chooses any.
    properties.put("enable.auto.commit", "false");
    properties.put("auto.offset.reset", "none");
    properties.put("allow.auto.create.topics", "false");
    properties.putIfAbsent("max.poll.records", "5000");
    return properties;
  }

  private static CuveeException invalid(String problem) {
    return new CuveeException(ErrorCode.INVALID_TABLE, "streamConfigs: " + problem + ".");
  }
}
