package io.cuvee.controller.api;

import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.Multipart;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// What several routes read from their requests.
final class Requests {
  private static final int MAX_JSON_BYTES = 16 << 20;

  private static final int MAX_KEY_LENGTH = 255;

  private Requests() {}

  /// The query parameter `type`, or another of its name.
  static Optional<TableType> tableType(HttpRequest request, String parameter) {
    return request
        .query(parameter)
        .filter(text -> !text.isBlank())
        .map(text ->
            switch (text.toUpperCase(Locale.ROOT)) {
              case "OFFLINE" -> TableType.OFFLINE;
              case "REALTIME" -> TableType.REALTIME;
              default ->
                  throw new CuveeException(
                      ErrorCode.INVALID_INPUT,
                      parameter + " is '" + text + "'. Use OFFLINE or REALTIME.");
            });
  }

  /// A JSON document: the body itself, or the one part of a form.
  static String document(HttpRequest request) throws IOException {
    boolean form =
        request.header("Content-Type").orElse("").toLowerCase(Locale.ROOT).startsWith("multipart/");
    return form ? onlyPart(request, MAX_JSON_BYTES).text() : request.text(MAX_JSON_BYTES);
  }

  /// The one file of a form.
  static Multipart.Part onlyPart(HttpRequest request, long maxBytes) throws IOException {
    List<Multipart.Part> parts = request.multipart(maxBytes);
    if (parts.size() != 1) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "The form has "
              + parts.size()
              + " parts; send exactly one file. With curl: -F file=@path.");
    }
    return parts.getFirst();
  }

  static String required(HttpRequest request, String parameter) {
    return request
        .query(parameter)
        .filter(text -> !text.isBlank())
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.INVALID_INPUT, "The query parameter '" + parameter + "' is missing."));
  }

  /// A parameter that is a whole number.
  static long number(HttpRequest request, String parameter) {
    String text = required(request, parameter);
    try {
      return Long.parseLong(text.strip());
    } catch (NumberFormatException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, parameter + " is '" + text + "'. Use a whole number.", e);
    }
  }

  /// A parameter that is true or false; false if it is not there.
  static boolean flag(HttpRequest request, String name) {
    String value = request.query(name, "false");
    return switch (value) {
      case "true", "" -> true;
      case "false" -> false;
      default ->
          throw new CuveeException(
              ErrorCode.INVALID_INPUT, name + " is '" + value + "'. Use true or false.");
    };
  }

  /// A parameter in milliseconds, or with a unit as `10s`.
  static Duration duration(HttpRequest request, String parameter, Duration defaultValue) {
    Optional<String> text = request.query(parameter).filter(value -> !value.isBlank());
    if (text.isEmpty()) {
      return defaultValue;
    }
    String value = text.get().strip();
    try {
      if (value.endsWith("ms")) {
        return Duration.ofMillis(Long.parseLong(value.substring(0, value.length() - 2)));
      }
      if (value.endsWith("s")) {
        return Duration.ofSeconds(Long.parseLong(value.substring(0, value.length() - 1)));
      }
      return Duration.ofMillis(Long.parseLong(value));
    } catch (ArithmeticException | NumberFormatException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          parameter + " is '" + value + "'. Write milliseconds, or 10s.",
          e);
    }
  }

  /// By what a client lets us know a request that it sends again.
  static Optional<String> idempotencyKey(HttpRequest request) {
    Optional<String> key = request.header("Idempotency-Key").map(String::strip);
    if (key.isPresent() && (key.get().isEmpty() || key.get().length() > MAX_KEY_LENGTH)) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "The Idempotency-Key has "
              + key.get().length()
              + " characters; use 1 to "
              + MAX_KEY_LENGTH
              + ".");
    }
    return key;
  }
}
