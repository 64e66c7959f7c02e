package io.cuvee.common.config;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The settings of a process: a file, overruled by `CUVEE_…` variables, overruled by `-D
/// key=value`. Components read their keys through the typed accessors, which remember keys and
/// problems; [#check()] then reports all problems and unknown keys together. Not thread-safe; read
/// at start-up.
public final class Settings {
  private static final Pattern DURATION = Pattern.compile("([0-9]+)\\s*(ms|s|m|h|d)");

  private final Map<String, String> values;
  private final TreeSet<String> known = new TreeSet<>();
  private final List<String> groups = new ArrayList<>();
  private final List<String> problems = new ArrayList<>();

  private Settings(Map<String, String> values) {
    this.values = values;
  }

  public static Settings of(Map<String, String> values) {
    return new Settings(new LinkedHashMap<>(values));
  }

  /// Reads `file` (`.properties`, `.yaml` or `.yml`; absent for none), then the environment, then
  /// `overrides`.
  ///
  /// @throws CuveeException `INVALID_SETTING` if the file cannot be read
  public static Settings load(
      Optional<Path> file, Map<String, String> environment, Map<String, String> overrides) {
    Map<String, String> values = new LinkedHashMap<>();
    file.ifPresent(path -> readFile(path, values));
    environment.forEach((name, value) -> {
      // CUVEE_DATA_DIR is data.dir; dashes are doubled underscores: CUVEE_BROKER_QUERY__TIMEOUT.
      if (name.startsWith("CUVEE_") && !RESERVED_VARIABLES.contains(name)) {
        String key =
            name.substring("CUVEE_".length())
                .toLowerCase(Locale.ROOT)
                .replace("__", "-")
                .replace('_', '.');
        values.put(key, value);
      }
    });
    values.putAll(overrides);
    return new Settings(values);
  }

  /// Variables of the start script and the tests, which are no settings.
  private static final Collection<String> RESERVED_VARIABLES =
      List.of(
          "CUVEE_HOME",
          "CUVEE_JAVA17_HOME",
          "CUVEE_JAVA_HOME",
          "CUVEE_JAVA_OPTS",
          "CUVEE_JVM_DIRS",
          "CUVEE_LOG_LEVEL",
          "CUVEE_MAVEN",
          "CUVEE_SKIP_BUILD",
          "CUVEE_SKIP_CACHE");

  private static void readFile(Path path, Map<String, String> values) {
    try {
      String text = Files.readString(path);
      String name = path.getFileName().toString();
      if (name.endsWith(".yaml") || name.endsWith(".yml")) {
        flatten("", new YAMLMapper().readTree(text), values);
      } else {
        Properties properties = new Properties();
        properties.load(new StringReader(text));
        properties.forEach((key, value) -> values.put(key.toString(), value.toString()));
      }
    } catch (JsonProcessingException e) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "Settings file " + path + " is not valid YAML: " + e.getOriginalMessage(),
          e);
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "Settings file " + path + " cannot be read: " + e.getMessage(),
          e);
    }
  }

  private static void flatten(String prefix, JsonNode node, Map<String, String> values) {
    if (node.isObject()) {
      node.properties()
          .forEach(field ->
              flatten(
                  prefix.isEmpty() ? field.getKey() : prefix + "." + field.getKey(),
                  field.getValue(),
                  values));
    } else if (!node.isNull() && !node.isMissingNode()) {
      values.put(prefix, node.isValueNode() ? node.asText() : node.toString());
    }
  }

  public Optional<String> text(String key) {
    known.add(key);
    return Optional.ofNullable(values.get(key));
  }

  public String text(String key, String defaultValue) {
    return text(key).orElse(defaultValue);
  }

  /// A whole number within bounds; a value outside is a problem, reported by [#check()].
  public int integer(String key, int defaultValue, int min, int max) {
    return text(key)
        .map(text -> {
          try {
            int value = Integer.parseInt(text.trim());
            if (value >= min && value <= max) {
              return value;
            }
          } catch (NumberFormatException e) {
            // reported below
          }
          problems.add(key + " is '" + text + "': use a whole number from " + min + " to " + max);
          return defaultValue;
        })
        .orElse(defaultValue);
  }

  public boolean bool(String key, boolean defaultValue) {
    return text(key)
        .map(text ->
            switch (text.trim().toLowerCase(Locale.ROOT)) {
              case "true" -> true;
              case "false" -> false;
              default -> {
                problems.add(key + " is '" + text + "': use true or false");
                yield defaultValue;
              }
            })
        .orElse(defaultValue);
  }

  /// A time span, written as `250ms`, `10s`, `5m`, `2h` or `7d`.
  public Duration duration(String key, Duration defaultValue) {
    return text(key)
        .map(text -> {
          Matcher form = DURATION.matcher(text.trim());
          if (!form.matches()) {
            problems.add(key + " is '" + text + "': write a time span as 250ms, 10s, 5m, 2h or 7d");
            return defaultValue;
          }
          long amount = Long.parseLong(form.group(1));
          return switch (form.group(2)) {
            case "ms" -> Duration.ofMillis(amount);
            case "s" -> Duration.ofSeconds(amount);
            case "m" -> Duration.ofMinutes(amount);
            case "h" -> Duration.ofHours(amount);
            default -> Duration.ofDays(amount);
          };
        })
        .orElse(defaultValue);
  }

  public DataSize size(String key, DataSize defaultValue) {
    return text(key)
        .map(text -> {
          try {
            return DataSize.parse(text);
          } catch (CuveeException e) {
            problems.add(key + ": " + e.getMessage());
            return defaultValue;
          }
        })
        .orElse(defaultValue);
  }

  /// Declares keys that other roles read, so that one file can serve all roles.
  public void allow(Collection<String> keys) {
    known.addAll(keys);
  }

  /// Declares all keys that begin with `prefix`, as `broker.`, to be another role's.
  public void allowGroup(String prefix) {
    groups.add(prefix);
  }

  /// @throws CuveeException `INVALID_SETTING` that lists every problem and every unknown key with
  ///   the nearest known one
  public void check() {
    List<String> all = new ArrayList<>(problems);
    for (String key : values.keySet()) {
      if (!known.contains(key) && groups.stream().noneMatch(key::startsWith)) {
        all.add("unknown setting '" + key + "'." + Suggestions.didYouMean(key, known));
      }
    }
    if (!all.isEmpty()) {
      throw new CuveeException(ErrorCode.INVALID_SETTING, "Settings: " + String.join("; ", all));
    }
  }
}
