package io.cuvee.ingest.stream;

import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The `streamConfigs` of a table, with Pinot's keys.
///
/// @param streamType kind of the stream, as `kafka`
/// @param topic name of the stream
/// @param decoder simple name of the decoder class
/// @param decoderProperties by the names after `stream.<type>.decoder.prop.`
/// @param start where a new table begins to read
/// @param flush when a consuming segment is sealed
/// @param properties what is left, for the kind of stream: keys after `stream.<type>.`, then those
///   after `stream.<type>.consumer.prop.`, and keys without any such prefix
public record StreamConfig(
    String streamType,
    String topic,
    String decoder,
    Map<String, String> decoderProperties,
    Start start,
    Flush flush,
    Map<String, String> properties) {
  /// The kind of stream whose messages are written over HTTP.
  public static final String ROWS = "rows";

  private static final Pattern PERIOD = Pattern.compile("(\\d+)\\s*(ms|[smhd])");

  /// Where a new table begins.
  public enum Start {
    EARLIEST,
    LATEST
  }

  /// When a consuming segment is sealed: whatever comes first.
  ///
  /// @param rows most rows
  /// @param time since it began
  /// @param size that the sealed segment should have; absent if rows alone decide
  public record Flush(int rows, Duration time, Optional<DataSize> size) {
    static final int DEFAULT_ROWS = 5_000_000;
    static final Duration DEFAULT_TIME = Duration.ofHours(6);
  }

  public StreamConfig {
    decoderProperties = Map.copyOf(decoderProperties);
    properties = Map.copyOf(properties);
  }

  /// @throws CuveeException `INVALID_TABLE` that names the key
  public static StreamConfig parse(Map<String, String> configs) {
    TreeMap<String, String> left = new TreeMap<>(configs);
    String type = required(left, "streamType").toLowerCase(Locale.ROOT);
    String prefix = "stream." + type + ".";
    if (type.equals(ROWS)) {
      // They are the table's own, and JSON.
      left.putIfAbsent(prefix + "topic.name", ROWS);
      left.putIfAbsent(prefix + "decoder.class.name", "JSONMessageDecoder");
      left.putIfAbsent(prefix + "consumer.prop.auto.offset.reset", "smallest");
    }
    String topic = required(left, prefix + "topic.name");
    String decoderClass = required(left, prefix + "decoder.class.name");
    // Ways of consuming and classes of Pinot's own, which have no choice here.
    left.remove(prefix + "consumer.type");
    left.remove(prefix + "consumer.factory.class.name");
    Start start = start(left, prefix + "consumer.prop.auto.offset.reset");
    Flush flush = flush(left);
    Map<String, String> decoderProperties = new TreeMap<>();
    Map<String, String> properties = new TreeMap<>();
    left.forEach((key, value) -> {
      if (key.startsWith(prefix + "decoder.prop.")) {
        decoderProperties.put(key.substring((prefix + "decoder.prop.").length()), value);
      } else if (key.startsWith(prefix + "consumer.prop.")) {
        properties.put(key.substring((prefix + "consumer.prop.").length()), value);
      } else if (key.startsWith(prefix)) {
        properties.put(key.substring(prefix.length()), value);
      } else if (!key.startsWith("realtime.segment.")) {
        properties.put(key, value);
      } else {
        throw invalid(key, "is not known");
      }
    });
    return new StreamConfig(
        type,
        topic,
        decoderClass.substring(decoderClass.lastIndexOf('.') + 1),
        decoderProperties,
        start,
        flush,
        properties);
  }

  private static String required(Map<String, String> configs, String key) {
    String value = configs.remove(key);
    if (value == null || value.isBlank()) {
      throw invalid(key, "is missing");
    }
    return value.strip();
  }

  private static Start start(Map<String, String> configs, String key) {
    String value = configs.remove(key);
    return switch (value == null ? "largest" : value.strip().toLowerCase(Locale.ROOT)) {
      case "smallest", "earliest" -> Start.EARLIEST;
      case "largest", "latest" -> Start.LATEST;
      default -> throw invalid(key, "is '" + value + "'. Use smallest or largest");
    };
  }

  private static Flush flush(Map<String, String> configs) {
    String threshold = "realtime.segment.flush.threshold.";
    String rows = configs.remove(threshold + "rows");
    String segmentRows = configs.remove(threshold + "segment.rows");
    String time = configs.remove(threshold + "time");
    String size = configs.remove(threshold + "segment.size");
    configs.remove("realtime.segment.flush.autotune.initialRows");
    String stated = segmentRows == null ? rows : segmentRows;
    int count = stated == null ? 0 : wholeNumber(threshold + "rows", stated);
    return new Flush(
        // In Pinot 0 rows mean that the size decides.
        count == 0 ? Flush.DEFAULT_ROWS : count,
        time == null ? Flush.DEFAULT_TIME : duration(threshold + "time", time),
        size == null ? Optional.empty() : Optional.of(dataSize(threshold + "segment.size", size)));
  }

  private static int wholeNumber(String key, String text) {
    try {
      int value = Integer.parseInt(text.strip());
      if (value >= 0) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Reported below.
    }
    throw invalid(key, "is '" + text + "', not a whole number from 0 to 2147483647");
  }

  /// A period as `6h` or `1d12h`, or milliseconds.
  static Duration duration(String key, String text) {
    String stripped = text.strip().toLowerCase(Locale.ROOT);
    if (!stripped.isEmpty()
        && stripped.length() <= 15
        && stripped.chars().allMatch(Character::isDigit)) {
      return positive(key, text, Duration.ofMillis(Long.parseLong(stripped)));
    }
    Duration total = Duration.ZERO;
    Matcher parts = PERIOD.matcher(stripped);
    int end = 0;
    while (parts.find() && parts.start() == end && parts.group(1).length() <= 9) {
      long amount = Long.parseLong(parts.group(1));
      total =
          total.plus(
              switch (parts.group(2)) {
                case "ms" -> Duration.ofMillis(amount);
                case "s" -> Duration.ofSeconds(amount);
                case "m" -> Duration.ofMinutes(amount);
                case "h" -> Duration.ofHours(amount);
                default -> Duration.ofDays(amount);
              });
      end = parts.end();
    }
    if (end != stripped.length()) {
      throw invalid(key, "is '" + text + "'. Write a period as 6h, 30m or 1d, or milliseconds");
    }
    return positive(key, text, total);
  }

  private static Duration positive(String key, String text, Duration duration) {
    if (duration.isZero()) {
      throw invalid(key, "is '" + text + "', which is no time at all");
    }
    return duration;
  }

  private static DataSize dataSize(String key, String text) {
    try {
      return DataSize.parse(text);
    } catch (CuveeException e) {
      throw invalid(key, "is '" + text + "'. Write a size as 200M");
    }
  }

  static CuveeException invalid(String key, String problem) {
    return new CuveeException(
        ErrorCode.INVALID_TABLE, "streamConfigs: '" + key + "' " + problem + ".");
  }
}
