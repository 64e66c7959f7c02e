package io.cuvee.jdbc;

import java.sql.ParameterMetaData;
import java.sql.SQLException;
import java.util.List;

/// What the broker found out about a statement's parameters. Immutable.
public final class CuveeParameterMetaData implements ParameterMetaData {
  private final List<Column> parameters;

  CuveeParameterMetaData(List<Column> parameters) {
    this.parameters = parameters;
  }

  private Column parameter(int index) throws SQLException {
    if (index < 1 || index > parameters.size()) {
      throw SqlErrors.of(
          "Parameter " + index + " was asked for, but there are " + parameters.size() + ".",
          SqlState.INVALID_INDEX);
    }
    return parameters.get(index - 1);
  }

  @Override
  public int getParameterCount() {
    return parameters.size();
  }

  @Override
  public int isNullable(int param) throws SQLException {
    parameter(param);
    return parameterNullable;
  }

  @Override
  public boolean isSigned(int param) throws SQLException {
    return parameter(param).signed;
  }

  @Override
  public int getPrecision(int param) throws SQLException {
    return Math.max(0, parameter(param).precision);
  }

  @Override
  public int getScale(int param) throws SQLException {
    return Math.max(0, parameter(param).scale);
  }

  @Override
  public int getParameterType(int param) throws SQLException {
    return parameter(param).sqlType;
  }

  @Override
  public String getParameterTypeName(int param) throws SQLException {
    return parameter(param).typeName;
  }

  @Override
  public String getParameterClassName(int param) throws SQLException {
    return parameter(param).javaClass().getName();
  }

  @Override
  public int getParameterMode(int param) throws SQLException {
    parameter(param);
    return parameterModeIn;
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return SqlErrors.unwrap(this, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }
}
