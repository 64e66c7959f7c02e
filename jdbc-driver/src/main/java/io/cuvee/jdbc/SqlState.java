package io.cuvee.jdbc;

/// The SQLStates that the driver itself raises; a broker's states pass through as they come.
final class SqlState {
  static final String OPTION_CHANGED = "01S02";
  static final String UNBOUND_PARAMETER = "07002";
  static final String INVALID_INDEX = "07009";
  static final String CANNOT_CONNECT = "08001";
  static final String CONNECTION_CLOSED = "08003";
  static final String CONNECTION_REJECTED = "08004";
  static final String CONNECTION_FAILURE = "08006";
  static final String OUTCOME_UNKNOWN = "08007";
  static final String NOT_SUPPORTED = "0A000";
  static final String OUT_OF_RANGE = "22003";
  static final String INVALID_CAST = "22018";
  static final String INVALID_PARAMETER = "22023";
  static final String INVALID_CURSOR = "24000";
  static final String INVALID_AUTHORIZATION = "28000";
  static final String OBJECT_CLOSED = "55000";
  static final String QUERY_CANCELED = "57014";
  static final String GENERAL_ERROR = "HY000";

  private SqlState() {}
}
