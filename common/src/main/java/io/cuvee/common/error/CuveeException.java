package io.cuvee.common.error;

import org.jspecify.annotations.Nullable;

/// The exception of all modules. Its message says what was wrong, where, and what to do about it,
/// and may be shown to users as it is.
public final class CuveeException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  public CuveeException(ErrorCode code, String message) {
    this(code, message, null);
  }

  public CuveeException(ErrorCode code, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }

  /// `failure` itself if it is ours, else an [ErrorCode#INTERNAL] that wraps it.
  public static CuveeException of(Throwable failure) {
    if (failure instanceof CuveeException ours) {
      return ours;
    }
    String message = failure.getMessage();
    return new CuveeException(
        ErrorCode.INTERNAL,
        failure.getClass().getSimpleName() + (message == null ? "" : ": " + message),
        failure);
  }
}
