package io.cuvee.http;

import io.cuvee.common.error.ErrorCode;

/// Which HTTP status tells of which failure.
final class HttpErrors {
  private HttpErrors() {}

  static int status(ErrorCode code) {
    return switch (code) {
      case SQL_PARSE,
          SQL_VALIDATION,
          COLUMN_NOT_FOUND,
          FUNCTION_NOT_FOUND,
          TYPE_MISMATCH,
          FEATURE_NOT_SUPPORTED,
          DATA_EXCEPTION,
          NUMERIC_OVERFLOW,
          DIVISION_BY_ZERO,
          INVALID_PARAMETER,
          INVALID_SCHEMA,
          INVALID_TABLE,
          INVALID_SETTING,
          INVALID_INPUT ->
          400;
      case AUTHENTICATION -> 401;
      case READ_ONLY, QUOTA_EXCEEDED -> 403;
      case TABLE_NOT_FOUND, NOT_FOUND -> 404;
      case ALREADY_EXISTS, CONFLICT, QUERY_CANCELLED -> 409;
      case TOO_MANY_REQUESTS -> 429;
      case CORRUPT_SEGMENT, ADDRESS_IN_USE, UNSUPPORTED_VERSION, INTERNAL -> 500;
      case PROTOCOL -> 502;
      case DATA_UNAVAILABLE, SERVER_UNREACHABLE, NO_CONTROLLER, IO -> 503;
      case QUERY_TIMEOUT -> 504;
      case MEMORY_LIMIT -> 507;
    };
  }
}
