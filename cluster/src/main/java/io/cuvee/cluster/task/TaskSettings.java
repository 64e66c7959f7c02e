package io.cuvee.cluster.task;

import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Reads the settings of one type of tasks in a table's config.
public final class TaskSettings {
  /// How many tasks are made at a time, at most.
  private static final String MAX_TASKS = "tableMaxNumTasks";

  private static final Pattern PERIOD =
      Pattern.compile("(?:(\\d{1,9})d)?(?:(\\d{1,9})h)?(?:(\\d{1,9})m)?(?:(\\d{1,9})s)?");

  private final TableConfig table;
  private final String type;
  private final Map<String, String> settings;

  public TaskSettings(TableConfig table, String type, Map<String, String> settings) {
    this.table = table;
    this.type = type;
    this.settings = Map.copyOf(settings);
  }

  public Map<String, String> all() {
    return settings;
  }

  public Optional<String> text(String key) {
    return Optional.ofNullable(settings.get(key))
        .map(String::strip)
        .filter(text -> !text.isEmpty());
  }

  /// @param advice what to write, as `Write it as …`
  public String required(String key, String advice) {
    return text(key).orElseThrow(() -> wrong(key, advice));
  }

  public long number(String key, long defaultValue, long min) {
    Optional<String> text = text(key);
    try {
      long value = text.isPresent() ? Long.parseLong(text.get()) : defaultValue;
      if (value >= min) {
        return value;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw wrong(key, "Use a whole number from " + min + ".");
  }

  public int maxTasks(int defaultValue) {
    return (int) Math.min(10_000, number(MAX_TASKS, defaultValue, 1));
  }

  /// A period in Pinot's form: `1d`, `12h`, `1h30m`.
  public Optional<Duration> period(String key) {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return Optional.empty();
    }
    Matcher parts = PERIOD.matcher(text.get());
    if (parts.matches()) {
      Duration period =
          Duration.ofDays(part(parts, 1))
              .plusHours(part(parts, 2))
              .plusMinutes(part(parts, 3))
              .plusSeconds(part(parts, 4));
      return Optional.of(period);
    }
    throw wrong(key, "Write it as 1d, 12h, 30m or 10s.");
  }

  private static long part(Matcher parts, int group) {
    String text = parts.group(group);
    return text == null ? 0 : Long.parseLong(text);
  }

  /// An error that names the setting.
  public CuveeException wrong(String key, String advice) {
    String value = settings.get(key);
    return new CuveeException(
        ErrorCode.INVALID_TABLE,
        "Table '"
            + table.logicalName()
            + "': "
            + key
            + " of "
            + type
            + (value == null ? " is missing. " : " is '" + value + "'. ")
            + advice);
  }

  /// A short text that stands for a long one: others have another, for all that matters.
  public static String fingerprint(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest, 0, 12);
    } catch (NoSuchAlgorithmException e) {
      throw new CuveeException(ErrorCode.INTERNAL, "This Java has no SHA-256.", e);
    }
  }
}
