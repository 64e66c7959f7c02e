package io.cuvee.jdbc.http;

import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// A host and port that speaks HTTP.
public final class Endpoint {
  private final String host;
  private final int port;

  public Endpoint(String host, int port) {
    if (port < 1 || port > 65_535) {
      throw new IllegalArgumentException(
          "Port " + port + " of host '" + host + "' is not between 1 and 65535.");
    }
    this.host = host;
    this.port = port;
  }

  /// Parses `host[:port][,host2[:port2]…]`; IPv6 addresses stand in brackets.
  ///
  /// @throws IllegalArgumentException with a message for users if the text is something else
  public static List<Endpoint> parseList(String text, int defaultPort) {
    List<Endpoint> endpoints = new ArrayList<>();
    for (String part : text.split(",", -1)) {
      endpoints.add(parse(part.trim(), defaultPort));
    }
    return endpoints;
  }

  private static Endpoint parse(String text, int defaultPort) {
    int colon = text.lastIndexOf(':');
    boolean hasPort = colon > text.lastIndexOf(']');
    String host = hasPort ? text.substring(0, colon) : text;
    if (host.isEmpty()) {
      host = "localhost";
    }
    if (host.indexOf(':') >= 0 && !host.startsWith("[")) {
      throw new IllegalArgumentException(
          "Host '" + text + "': an IPv6 address needs brackets, as in [::1]:" + defaultPort + ".");
    }
    if (!hasPort) {
      return new Endpoint(host, defaultPort);
    }
    try {
      return new Endpoint(host, Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "Port '" + text.substring(colon + 1) + "' of host '" + host + "' is not a number.", e);
    }
  }

  public String host() {
    return host;
  }

  public int port() {
    return port;
  }

  /// The address of a path (with its query part, already encoded) on this endpoint.
  public URI uri(boolean tls, String path) {
    return URI.create((tls ? "https://" : "http://") + this + path);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Endpoint
        && host.equalsIgnoreCase(((Endpoint) other).host)
        && port == ((Endpoint) other).port;
  }

  @Override
  public int hashCode() {
    return Objects.hash(host.toLowerCase(Locale.ROOT), port);
  }

  @Override
  public String toString() {
    return host + ":" + port;
  }
}
