package io.cuvee.jdbc;

import io.cuvee.jdbc.http.Endpoint;
import io.cuvee.jdbc.http.HttpCaller;
import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A parsed and checked URL with its properties; a key in the URL beats the same key in the
/// properties. Immutable.
///
/// `jdbc:cuvee://host[:8099][,host2[:port]…]/[schema][?key=value&…]` names brokers,
/// `jdbc:cuvee:discover://controller[:9000][,…]/…` names controllers that know the brokers.
final class ConnectionOptions {
  static final String PREFIX = "jdbc:cuvee:";
  private static final String DISCOVER_PREFIX = PREFIX + "discover:";
  private static final int BROKER_PORT = 8099;
  private static final int CONTROLLER_PORT = 9000;
  private static final Pattern DURATION = Pattern.compile("(\\d+)\\s*(ms|s|m|h|)");

  private final String url;
  private final boolean discovers;
  private final List<Endpoint> endpoints;
  private final Map<ConnectionSetting, String> values;
  private final ZoneId timeZone;
  private final int fetchSize;
  private final long maxRows;
  private final Duration timeout;
  private final Duration connectTimeout;
  private final Duration networkTimeout;

  private ConnectionOptions(
      String url,
      boolean discovers,
      List<Endpoint> endpoints,
      Map<ConnectionSetting, String> values) {
    this.url = url;
    this.discovers = discovers;
    this.endpoints = List.copyOf(endpoints);
    this.values = values;
    this.timeZone = zone(text(ConnectionSetting.TIME_ZONE));
    this.fetchSize = (int) number(ConnectionSetting.FETCH_SIZE, Integer.MAX_VALUE);
    this.maxRows = number(ConnectionSetting.MAX_ROWS, Long.MAX_VALUE);
    this.timeout = duration(ConnectionSetting.TIMEOUT);
    this.connectTimeout = duration(ConnectionSetting.CONNECT_TIMEOUT);
    this.networkTimeout = duration(ConnectionSetting.NETWORK_TIMEOUT);
    if (connectTimeout.isZero()) {
      throw new IllegalArgumentException("Setting 'connectTimeout' must be more than 0.");
    }
    for (ConnectionSetting setting : ConnectionSetting.values()) {
      checkChoice(setting);
    }
  }

  /// Parses a URL that starts with [#PREFIX].
  ///
  /// @throws SQLException `08001` with a message that says which part is wrong
  static ConnectionOptions parse(String url, Properties properties) throws SQLException {
    try {
      return parseChecked(url, properties);
    } catch (IllegalArgumentException e) {
      throw SqlErrors.of(
          "The URL '" + withoutSecrets(url) + "' or its properties are wrong: " + e.getMessage(),
          SqlState.CANNOT_CONNECT,
          e);
    }
  }

  private static ConnectionOptions parseChecked(String url, Properties properties) {
    boolean discovers = url.startsWith(DISCOVER_PREFIX);
    String rest = url.substring(discovers ? DISCOVER_PREFIX.length() : PREFIX.length());
    if (!rest.startsWith("//")) {
      throw new IllegalArgumentException(
          "It must look like jdbc:cuvee://host:8099/ or jdbc:cuvee:discover://controller:9000/.");
    }
    int query = rest.indexOf('?');
    String address = rest.substring(2, query < 0 ? rest.length() : query);
    int slash = address.indexOf('/');
    String hosts = slash < 0 ? address : address.substring(0, slash);
    String schema = slash < 0 ? "" : decode(address.substring(slash + 1));

    Map<ConnectionSetting, String> values = new EnumMap<>(ConnectionSetting.class);
    for (String key : properties.stringPropertyNames()) {
      values.put(ConnectionSetting.byKey(key), properties.getProperty(key));
    }
    if (!schema.isEmpty()) {
      values.put(ConnectionSetting.SCHEMA, schema);
    }
    if (query >= 0) {
      for (String pair : rest.substring(query + 1).split("&", -1)) {
        putPair(values, pair);
      }
    }
    return new ConnectionOptions(
        url,
        discovers,
        Endpoint.parseList(hosts, discovers ? CONTROLLER_PORT : BROKER_PORT),
        values);
  }

  private static void putPair(Map<ConnectionSetting, String> values, String pair) {
    if (pair.isEmpty()) {
      return;
    }
    int equals = pair.indexOf('=');
    if (equals < 0) {
      throw new IllegalArgumentException("'" + pair + "' is not of the form key=value.");
    }
    values.put(
        ConnectionSetting.byKey(decode(pair.substring(0, equals))),
        decode(pair.substring(equals + 1)));
  }

  /// Decodes `%xx`; a plus sign stays one, because time zones have it.
  private static String decode(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// The URL without the values of passwords and tokens, for messages and for `getURL()`.
  static String withoutSecrets(String url) {
    return url.replaceAll("(?i)((?:password|token)=)[^&]*", "$1***");
  }

  private void checkChoice(ConnectionSetting setting) {
    String value = values.get(setting);
    if (value != null
        && !setting.choices().isEmpty()
        && !setting.choices().contains(lower(value))) {
      throw new IllegalArgumentException(
          "Setting '"
              + setting.key()
              + "' is '"
              + value
              + "' but must be one of "
              + String.join(", ", setting.choices())
              + ".");
    }
  }

  private static String lower(String text) {
    return text.toLowerCase(Locale.ROOT);
  }

  private static ZoneId zone(String name) {
    try {
      return ZoneId.of(name);
    } catch (DateTimeException e) {
      throw new IllegalArgumentException("Setting 'timeZone': " + e.getMessage() + ".", e);
    }
  }

  private long number(ConnectionSetting setting, long max) {
    String text = text(setting);
    try {
      long number = Long.parseLong(text);
      if (number >= 0 && number <= max) {
        return number;
      }
    } catch (NumberFormatException e) {
      // Falls through to the message that also covers negative and huge numbers.
    }
    throw new IllegalArgumentException(
        "Setting '"
            + setting.key()
            + "' is '"
            + text
            + "' but must be a number from 0 to "
            + max
            + ".");
  }

  private Duration duration(ConnectionSetting setting) {
    String text = text(setting);
    Matcher matcher = DURATION.matcher(lower(text.trim()));
    if (!matcher.matches() || matcher.group(1).length() > 9) {
      throw new IllegalArgumentException(
          "Setting '"
              + setting.key()
              + "' is '"
              + text
              + "' but must be a duration such as 30s, 500ms, 5m or a number of seconds.");
    }
    long amount = Long.parseLong(matcher.group(1));
    switch (matcher.group(2)) {
      case "ms":
        return Duration.ofMillis(amount);
      case "m":
        return Duration.ofMinutes(amount);
      case "h":
        return Duration.ofHours(amount);
      default:
        return Duration.ofSeconds(amount);
    }
  }

  /// The URL as the user gave it, without secrets.
  String url() {
    return withoutSecrets(url);
  }

  /// Whether [#endpoints()] are controllers rather than brokers.
  boolean discovers() {
    return discovers;
  }

  List<Endpoint> endpoints() {
    return endpoints;
  }

  @Nullable String get(ConnectionSetting setting) {
    return values.getOrDefault(setting, setting.defaultValue());
  }

  private String text(ConnectionSetting setting) {
    String value = get(setting);
    return value == null ? "" : value;
  }

  ZoneId timeZone() {
    return timeZone;
  }

  int fetchSize() {
    return fetchSize;
  }

  long maxRows() {
    return maxRows;
  }

  /// The limit of a query's time, zero for the broker's default.
  Duration timeout() {
    return timeout;
  }

  Duration networkTimeout() {
    return networkTimeout;
  }

  String schema() {
    return text(ConnectionSetting.SCHEMA);
  }

  String applicationName() {
    return text(ConnectionSetting.APPLICATION_NAME);
  }

  /// What the broker is told when the connection opens: the settings that it acts on, never a
  /// secret.
  Map<String, String> brokerInfo() {
    return Map.of(
        "dialect", lower(text(ConnectionSetting.DIALECT)),
        "allowPartial", lower(text(ConnectionSetting.ALLOW_PARTIAL)),
        "timeZone", timeZone.getId(),
        "schema", schema(),
        "applicationName", applicationName());
  }

  /// An HTTP caller with these options' timeouts, TLS and credentials.
  ///
  /// @throws SQLException `08001` if a trust or key store cannot be read
  HttpCaller newCaller() throws SQLException {
    String userAgent = "cuvee-jdbc/" + DriverVersion.TEXT;
    HttpCaller caller;
    if (lower(text(ConnectionSetting.SSL)).equals("true")) {
      HttpCaller.Tls tls =
          new HttpCaller.Tls(
              get(ConnectionSetting.SSL_TRUST_STORE),
              get(ConnectionSetting.SSL_TRUST_STORE_PASSWORD),
              get(ConnectionSetting.SSL_KEY_STORE),
              get(ConnectionSetting.SSL_KEY_STORE_PASSWORD));
      try {
        caller = HttpCaller.secure(userAgent, connectTimeout, tls);
      } catch (IOException e) {
        throw SqlErrors.of(String.valueOf(e.getMessage()), SqlState.CANNOT_CONNECT, e);
      }
    } else {
      caller = HttpCaller.plain(userAgent, connectTimeout);
    }
    String token = get(ConnectionSetting.TOKEN);
    String user = get(ConnectionSetting.USER);
    if (token != null) {
      return caller.withToken(token);
    }
    return user == null || user.isEmpty()
        ? caller
        : caller.withPassword(user, text(ConnectionSetting.PASSWORD));
  }
}
