package io.cuvee.jdbc;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// The keys that a URL or a `Properties` may hold; everything that is known about one is here.
enum ConnectionSetting {
  USER("user", null, "Name of the user, sent as HTTP Basic authentication."),
  PASSWORD("password", null, "Password of the user."),
  TOKEN("token", null, "Bearer token, sent instead of user and password."),
  SCHEMA("schema", "default", "Schema of table names that have none; also the path of the URL."),
  DIALECT("dialect", "sql", "Language of the statements.", "sql", "pql"),
  ALLOW_PARTIAL(
      "allowPartial",
      "false",
      "Whether a result that misses data is a result with a SQLWarning instead of an error.",
      "false",
      "true"),
  TIME_ZONE("timeZone", "UTC", "Time zone in which java.sql.Timestamp and SQL text correspond."),
  FETCH_SIZE("fetchSize", "10000", "Rows asked for in one round trip; the broker may send fewer."),
  MAX_ROWS("maxRows", "0", "Most rows that a statement returns; 0 is no limit."),
  TIMEOUT("timeout", "0", "Limit of a query's time, as 30s, 500ms or seconds; 0 is the broker's."),
  CONNECT_TIMEOUT("connectTimeout", "5s", "How long to try to reach one broker or controller."),
  NETWORK_TIMEOUT("networkTimeout", "10m", "How long to wait for any single answer; 0 is forever."),
  APPLICATION_NAME("applicationName", "", "Name that the broker shows for this program's queries."),
  SSL("ssl", "false", "Whether to use TLS (https).", "false", "true"),
  SSL_TRUST_STORE("sslTrustStore", null, "File of trusted certificates; else the JVM's."),
  SSL_TRUST_STORE_PASSWORD("sslTrustStorePassword", null, "Password of the trust store."),
  SSL_KEY_STORE("sslKeyStore", null, "File with this client's certificate and key."),
  SSL_KEY_STORE_PASSWORD("sslKeyStorePassword", null, "Password of the key store.");

  private final String key;
  private final @Nullable String defaultValue;
  private final String description;
  private final String choices;

  ConnectionSetting(
      String key, @Nullable String defaultValue, String description, String... choices) {
    this.key = key;
    this.defaultValue = defaultValue;
    this.description = description;
    this.choices = String.join(",", choices);
  }

  String key() {
    return key;
  }

  @Nullable String defaultValue() {
    return defaultValue;
  }

  String description() {
    return description;
  }

  /// The values allowed, or empty if any is.
  List<String> choices() {
    return choices.isEmpty() ? List.of() : List.of(choices.split(",", -1));
  }

  boolean isSecret() {
    return key.toLowerCase(Locale.ROOT).endsWith("password") || this == TOKEN;
  }

  /// Finds a setting by its key, in any case.
  ///
  /// @throws IllegalArgumentException with the nearest and all known keys if there is none
  static ConnectionSetting byKey(String key) {
    for (ConnectionSetting setting : values()) {
      if (setting.key.equalsIgnoreCase(key)) {
        return setting;
      }
    }
    throw new IllegalArgumentException(unknownKeyMessage(key));
  }

  private static String unknownKeyMessage(String key) {
    List<String> known = new ArrayList<>();
    String nearest = "";
    int nearestDistance = Math.max(2, key.length() / 3) + 1;
    for (ConnectionSetting setting : values()) {
      known.add(setting.key);
      int distance = editDistance(setting.key.toLowerCase(Locale.ROOT), plainLetters(key));
      if (distance < nearestDistance) {
        nearest = setting.key;
        nearestDistance = distance;
      }
    }
    return "Unknown connection setting '"
        + key
        + "'."
        + (nearest.isEmpty() ? "" : " Did you mean '" + nearest + "'?")
        + " Known are: "
        + String.join(", ", known)
        + ".";
  }

  private static String plainLetters(String key) {
    return key.toLowerCase(Locale.ROOT).replaceAll("[^a-z]", "");
  }

  /// Levenshtein's distance, row by row.
  private static int editDistance(String left, String right) {
    int[] previous = new int[right.length() + 1];
    for (int j = 0; j <= right.length(); j++) {
      previous[j] = j;
    }
    for (int i = 1; i <= left.length(); i++) {
      int[] current = new int[right.length() + 1];
      current[0] = i;
      for (int j = 1; j <= right.length(); j++) {
        int replace = previous[j - 1] + (left.charAt(i - 1) == right.charAt(j - 1) ? 0 : 1);
        current[j] = Math.min(replace, 1 + Math.min(previous[j], current[j - 1]));
      }
      previous = current;
    }
    return previous[right.length()];
  }
}
