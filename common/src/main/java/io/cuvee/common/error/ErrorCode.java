package io.cuvee.common.error;

/// What went wrong, in a form that programs can rely on. The number is stable and is what HTTP
/// answers carry as `errorCode`; the SQLState is what JDBC clients see.
public enum ErrorCode {
  SQL_PARSE(150, Kind.USER, "42601"),
  SQL_VALIDATION(700, Kind.USER, "42000"),
  TABLE_NOT_FOUND(190, Kind.USER, "42P01"),
  COLUMN_NOT_FOUND(710, Kind.USER, "42703"),
  FUNCTION_NOT_FOUND(720, Kind.USER, "42883"),
  TYPE_MISMATCH(730, Kind.USER, "42804"),
  FEATURE_NOT_SUPPORTED(740, Kind.USER, "0A000"),
  READ_ONLY(750, Kind.USER, "25006"),
  DATA_EXCEPTION(201, Kind.USER, "22000"),
  NUMERIC_OVERFLOW(202, Kind.USER, "22003"),
  DIVISION_BY_ZERO(203, Kind.USER, "22012"),
  INVALID_PARAMETER(204, Kind.USER, "22023"),
  QUERY_TIMEOUT(250, Kind.RESOURCES, "57014"),
  QUERY_CANCELLED(503, Kind.USER, "57014"),
  MEMORY_LIMIT(245, Kind.RESOURCES, "53200"),
  TOO_MANY_REQUESTS(429, Kind.RESOURCES, "53300"),
  QUOTA_EXCEEDED(430, Kind.RESOURCES, "53100"),
  DATA_UNAVAILABLE(427, Kind.EXTERNAL, "08006"),
  SERVER_UNREACHABLE(425, Kind.EXTERNAL, "08006"),
  NO_CONTROLLER(426, Kind.EXTERNAL, "08006"),
  AUTHENTICATION(180, Kind.USER, "28000"),
  INVALID_SCHEMA(600, Kind.USER, "22023"),
  INVALID_TABLE(601, Kind.USER, "22023"),
  INVALID_SETTING(602, Kind.USER, "22023"),
  INVALID_INPUT(603, Kind.USER, "22023"),
  NOT_FOUND(604, Kind.USER, "42704"),
  ALREADY_EXISTS(605, Kind.USER, "42710"),
  CONFLICT(606, Kind.USER, "40001"),
  CORRUPT_SEGMENT(610, Kind.INTERNAL, "58030"),
  UNSUPPORTED_VERSION(611, Kind.EXTERNAL, "0A000"),
  IO(620, Kind.EXTERNAL, "58030"),
  PROTOCOL(630, Kind.EXTERNAL, "08P01"),
  ADDRESS_IN_USE(640, Kind.USER, "08001"),
  INTERNAL(450, Kind.INTERNAL, "XX000");

  /// Who can mend it.
  public enum Kind {
    /// The caller's input is wrong.
    USER,
    /// A limit was reached; less work, more budget or a later try helps.
    RESOURCES,
    /// Something we depend on failed.
    EXTERNAL,
    /// A defect of ours, or damaged data.
    INTERNAL
  }

  private final int number;
  private final Kind kind;
  private final String sqlState;

  ErrorCode(int number, Kind kind, String sqlState) {
    this.number = number;
    this.kind = kind;
    this.sqlState = sqlState;
  }

  /// Stable number, as in `exceptions[].errorCode` of the HTTP answer.
  public int number() {
    return number;
  }

  public Kind kind() {
    return kind;
  }

  /// Five-character SQLState for JDBC.
  public String sqlState() {
    return sqlState;
  }

  /// The code with this number, or [#INTERNAL] if a newer peer sent one that we do not know.
  public static ErrorCode ofNumber(int number) {
    for (ErrorCode code : values()) {
      if (code.number == number) {
        return code;
      }
    }
    return INTERNAL;
  }
}
