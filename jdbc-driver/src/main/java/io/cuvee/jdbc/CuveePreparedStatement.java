package io.cuvee.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.io.Reader;
import java.math.BigDecimal;
import java.net.URL;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.ParameterMetaData;
import java.sql.PreparedStatement;
import java.sql.Ref;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.RowId;
import java.sql.SQLException;
import java.sql.SQLType;
import java.sql.SQLXML;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Calendar;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A statement that the broker planned once; its parameters travel typed, never as text in the SQL.
public final class CuveePreparedStatement extends CuveeStatement implements PreparedStatement {
  private final PreparedQuery query;

  /// Each in Avatica's typed form; null while not set.
  private final @Nullable Map<String, Object>[] values;

  @SuppressWarnings({"unchecked", "rawtypes"}) // Java has no arrays of generic types.
  CuveePreparedStatement(CuveeConnection connection, PreparedQuery query) {
    super(connection);
    this.query = query;
    this.values = (Map<String, Object>[]) new Map[query.signature().parameters().size()];
  }

  // Execution

  @Override
  public boolean execute() throws SQLException {
    List<Map<String, Object>> bound = new ArrayList<>();
    for (int i = 0; i < values.length; i++) {
      Map<String, Object> value = values[i];
      if (value == null) {
        throw SqlErrors.of(
            "Parameter " + (i + 1) + " of " + values.length + " is not set.",
            SqlState.UNBOUND_PARAMETER);
      }
      bound.add(value);
    }
    return run(call -> connection().session().execute(query, bound, call));
  }

  @Override
  public ResultSet executeQuery() throws SQLException {
    execute();
    return requireResultSet();
  }

  @Override
  public long executeLargeUpdate() throws SQLException {
    if (execute()) {
      getMoreResults();
      throw SqlErrors.of(
          "The statement returns rows; run it with executeQuery.", SqlState.GENERAL_ERROR);
    }
    return getLargeUpdateCount();
  }

  @Override
  public int executeUpdate() throws SQLException {
    return saturated(executeLargeUpdate());
  }

  @Override
  void giveBack(StatementId statement, boolean isComplete) {
    // The broker keeps it until this statement is closed.
  }

  @Override
  public void close() throws SQLException {
    boolean wasOpen = !isClosed();
    super.close();
    if (wasOpen) {
      connection().session().giveBack(query.statement(), false);
    }
  }

  // Metadata

  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    checkOpen();
    return new CuveeResultSetMetaData(query.signature().columns());
  }

  @Override
  public ParameterMetaData getParameterMetaData() throws SQLException {
    checkOpen();
    return new CuveeParameterMetaData(query.signature().parameters());
  }

  // A prepared statement has its text already

  private static SQLException hasText() {
    return SqlErrors.of(
        "A prepared statement has its SQL already; call the method without it.",
        SqlState.GENERAL_ERROR);
  }

  @Override
  public ResultSet executeQuery(String sql) throws SQLException {
    throw hasText();
  }

  @Override
  public boolean execute(String sql) throws SQLException {
    throw hasText();
  }

  @Override
  public long executeLargeUpdate(String sql) throws SQLException {
    throw hasText();
  }

  @Override
  public void addBatch() throws SQLException {
    throw SqlErrors.unsupported("A batch");
  }

  // Parameters

  private ZoneId zone() {
    return connection().options().timeZone();
  }

  private void set(int parameterIndex, Map<String, Object> value) throws SQLException {
    checkOpen();
    if (parameterIndex < 1 || parameterIndex > values.length) {
      throw SqlErrors.of(
          "Parameter " + parameterIndex + " was set, but the statement has " + values.length + ".",
          SqlState.INVALID_INDEX);
    }
    values[parameterIndex - 1] = value;
  }

  @Override
  public void clearParameters() throws SQLException {
    checkOpen();
    Arrays.fill(values, null);
  }

  @Override
  public void setNull(int parameterIndex, int sqlType) throws SQLException {
    set(parameterIndex, Parameters.nothing());
  }

  @Override
  public void setNull(int parameterIndex, int sqlType, String typeName) throws SQLException {
    set(parameterIndex, Parameters.nothing());
  }

  @Override
  public void setBoolean(int parameterIndex, boolean x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setByte(int parameterIndex, byte x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setShort(int parameterIndex, short x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setInt(int parameterIndex, int x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setLong(int parameterIndex, long x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setFloat(int parameterIndex, float x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setDouble(int parameterIndex, double x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setBigDecimal(int parameterIndex, @Nullable BigDecimal x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setString(int parameterIndex, @Nullable String x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setNString(int parameterIndex, @Nullable String x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setBytes(int parameterIndex, byte @Nullable [] x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setDate(int parameterIndex, @Nullable Date x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setTime(int parameterIndex, @Nullable Time x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setTimestamp(int parameterIndex, @Nullable Timestamp x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setDate(int parameterIndex, @Nullable Date x, @Nullable Calendar calendar)
      throws SQLException {
    if (x == null || calendar == null) {
      setDate(parameterIndex, x);
    } else {
      set(
          parameterIndex,
          Parameters.date(
              Instant.ofEpochMilli(x.getTime()).atZone(Values.zoneOf(calendar)).toLocalDate()));
    }
  }

  @Override
  public void setTime(int parameterIndex, @Nullable Time x, @Nullable Calendar calendar)
      throws SQLException {
    if (x == null || calendar == null) {
      setTime(parameterIndex, x);
    } else {
      set(
          parameterIndex,
          Parameters.time(
              Instant.ofEpochMilli(x.getTime()).atZone(Values.zoneOf(calendar)).toLocalTime()));
    }
  }

  @Override
  public void setTimestamp(int parameterIndex, @Nullable Timestamp x, @Nullable Calendar calendar)
      throws SQLException {
    if (x == null || calendar == null) {
      setTimestamp(parameterIndex, x);
    } else {
      set(parameterIndex, Parameters.timestamp(x, Values.zoneOf(calendar)));
    }
  }

  @Override
  public void setArray(int parameterIndex, @Nullable Array x) throws SQLException {
    setObject(parameterIndex, x);
  }

  @Override
  public void setURL(int parameterIndex, @Nullable URL x) throws SQLException {
    setObject(parameterIndex, x == null ? null : x.toString());
  }

  @Override
  public void setObject(int parameterIndex, @Nullable Object x) throws SQLException {
    set(parameterIndex, Parameters.of(x, zone()));
  }

  @Override
  public void setObject(int parameterIndex, @Nullable Object x, int targetSqlType)
      throws SQLException {
    set(parameterIndex, Parameters.of(x, targetSqlType, zone()));
  }

  @Override
  public void setObject(int parameterIndex, @Nullable Object x, int targetSqlType, int scale)
      throws SQLException {
    setObject(parameterIndex, x, targetSqlType);
  }

  @Override
  public void setObject(int parameterIndex, @Nullable Object x, SQLType targetSqlType)
      throws SQLException {
    setObject(parameterIndex, x, targetSqlType.getVendorTypeNumber());
  }

  @Override
  public void setObject(int parameterIndex, @Nullable Object x, SQLType targetSqlType, int scale)
      throws SQLException {
    setObject(parameterIndex, x, targetSqlType);
  }

  // Streams, which are read to their end at once

  private static String textOf(Reader reader) throws SQLException {
    StringBuilder text = new StringBuilder();
    char[] buffer = new char[8192];
    try {
      for (int n = reader.read(buffer); n >= 0; n = reader.read(buffer)) {
        text.append(buffer, 0, n);
      }
    } catch (IOException e) {
      throw streamFailed(e);
    }
    return text.toString();
  }

  private static byte[] bytesOf(InputStream in) throws SQLException {
    try {
      return in.readAllBytes();
    } catch (IOException e) {
      throw streamFailed(e);
    }
  }

  private static SQLException streamFailed(IOException e) {
    return SqlErrors.of(
        "Reading a parameter's stream failed: " + e.getMessage(), SqlState.INVALID_PARAMETER, e);
  }

  private static String cut(String text, long length) {
    return length < text.length() ? text.substring(0, (int) length) : text;
  }

  private static byte[] cut(byte[] bytes, long length) {
    return length < bytes.length ? Arrays.copyOf(bytes, (int) length) : bytes;
  }

  private void setText(int parameterIndex, @Nullable InputStream x, Charset charset, long length)
      throws SQLException {
    setString(parameterIndex, x == null ? null : new String(cut(bytesOf(x), length), charset));
  }

  @Override
  public void setAsciiStream(int parameterIndex, @Nullable InputStream x) throws SQLException {
    setText(parameterIndex, x, StandardCharsets.US_ASCII, Long.MAX_VALUE);
  }

  @Override
  public void setAsciiStream(int parameterIndex, @Nullable InputStream x, int length)
      throws SQLException {
    setText(parameterIndex, x, StandardCharsets.US_ASCII, length);
  }

  @Override
  public void setAsciiStream(int parameterIndex, @Nullable InputStream x, long length)
      throws SQLException {
    setText(parameterIndex, x, StandardCharsets.US_ASCII, length);
  }

  @Deprecated
  @Override
  public void setUnicodeStream(int parameterIndex, @Nullable InputStream x, int length)
      throws SQLException {
    setText(parameterIndex, x, StandardCharsets.UTF_8, length);
  }

  @Override
  public void setBinaryStream(int parameterIndex, @Nullable InputStream x) throws SQLException {
    setBinaryStream(parameterIndex, x, Long.MAX_VALUE);
  }

  @Override
  public void setBinaryStream(int parameterIndex, @Nullable InputStream x, int length)
      throws SQLException {
    setBinaryStream(parameterIndex, x, (long) length);
  }

  @Override
  public void setBinaryStream(int parameterIndex, @Nullable InputStream x, long length)
      throws SQLException {
    setBytes(parameterIndex, x == null ? null : cut(bytesOf(x), length));
  }

  @Override
  public void setCharacterStream(int parameterIndex, @Nullable Reader x) throws SQLException {
    setCharacterStream(parameterIndex, x, Long.MAX_VALUE);
  }

  @Override
  public void setCharacterStream(int parameterIndex, @Nullable Reader x, int length)
      throws SQLException {
    setCharacterStream(parameterIndex, x, (long) length);
  }

  @Override
  public void setCharacterStream(int parameterIndex, @Nullable Reader x, long length)
      throws SQLException {
    setString(parameterIndex, x == null ? null : cut(textOf(x), length));
  }

  @Override
  public void setNCharacterStream(int parameterIndex, @Nullable Reader x) throws SQLException {
    setCharacterStream(parameterIndex, x);
  }

  @Override
  public void setNCharacterStream(int parameterIndex, @Nullable Reader x, long length)
      throws SQLException {
    setCharacterStream(parameterIndex, x, length);
  }

  @Override
  public void setClob(int parameterIndex, @Nullable Clob x) throws SQLException {
    setCharacterStream(parameterIndex, x == null ? null : x.getCharacterStream());
  }

  @Override
  public void setClob(int parameterIndex, @Nullable Reader x) throws SQLException {
    setCharacterStream(parameterIndex, x);
  }

  @Override
  public void setClob(int parameterIndex, @Nullable Reader x, long length) throws SQLException {
    setCharacterStream(parameterIndex, x, length);
  }

  @Override
  public void setNClob(int parameterIndex, @Nullable NClob x) throws SQLException {
    setClob(parameterIndex, x);
  }

  @Override
  public void setNClob(int parameterIndex, @Nullable Reader x) throws SQLException {
    setCharacterStream(parameterIndex, x);
  }

  @Override
  public void setNClob(int parameterIndex, @Nullable Reader x, long length) throws SQLException {
    setCharacterStream(parameterIndex, x, length);
  }

  @Override
  public void setBlob(int parameterIndex, @Nullable Blob x) throws SQLException {
    setBinaryStream(parameterIndex, x == null ? null : x.getBinaryStream());
  }

  @Override
  public void setBlob(int parameterIndex, @Nullable InputStream x) throws SQLException {
    setBinaryStream(parameterIndex, x);
  }

  @Override
  public void setBlob(int parameterIndex, @Nullable InputStream x, long length)
      throws SQLException {
    setBinaryStream(parameterIndex, x, length);
  }

  // Types that Cuvée does not have

  @Override
  public void setRef(int parameterIndex, Ref x) throws SQLException {
    throw SqlErrors.unsupported("REF");
  }

  @Override
  public void setRowId(int parameterIndex, RowId x) throws SQLException {
    throw SqlErrors.unsupported("ROWID");
  }

  @Override
  public void setSQLXML(int parameterIndex, SQLXML x) throws SQLException {
    throw SqlErrors.unsupported("SQLXML");
  }
}
