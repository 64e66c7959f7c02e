package io.cuvee.client;

import org.jspecify.annotations.Nullable;

/// What the cluster refused, or that it could not be reached.
public final class ClientException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final int code;

  ClientException(String message, int code) {
    super(message);
    this.code = code;
  }

  ClientException(String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = 0;
  }

  /// The HTTP status of a refused request, the error code of a failed query, or 0 if there was no
  /// answer.
  public int code() {
    return code;
  }
}
