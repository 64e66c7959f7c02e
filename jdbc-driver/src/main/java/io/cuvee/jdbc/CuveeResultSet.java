package io.cuvee.jdbc;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.Reader;
import java.io.StringReader;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.net.MalformedURLException;
import java.net.URI;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.sql.Array;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.Date;
import java.sql.NClob;
import java.sql.ResultSet;
import java.sql.ResultSetMetaData;
import java.sql.SQLException;
import java.sql.SQLWarning;
import java.sql.Statement;
import java.sql.Time;
import java.sql.Timestamp;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Calendar;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.sql.rowset.serial.SerialBlob;
import javax.sql.rowset.serial.SerialClob;
import org.jspecify.annotations.Nullable;

/// The rows of a query, fetched from the broker frame by frame as the program reads on. Not
/// thread-safe, except that the statement may be cancelled from another thread.
public final class CuveeResultSet extends ReadOnlyResultSet {
  /// Where the rows after a frame come from.
  interface FrameSource {
    /// The rows from an offset on; an empty frame that is not the last means: ask again.
    Frame next(long offset) throws SQLException;

    /// Called once, with whether all rows have been read.
    void close(boolean isComplete) throws SQLException;
  }

  private final @Nullable CuveeStatement statement;
  private final List<Column> columns;
  private final int columnCount;
  private final ZoneId zone;
  private final QueryCall call;
  private final FrameSource source;
  private Frame frame;

  /// The next frame, if it came already.
  private @Nullable Frame peeked;

  private int indexInFrame = -1;

  /// The number of rows of the frames before the current one.
  private long frameOffset;

  private boolean isOnRow;
  private boolean isAfterLast;
  private boolean wasNull;
  private boolean isClosed;
  private @Nullable Map<String, Integer> indexByLabel;

  CuveeResultSet(
      @Nullable CuveeStatement statement,
      List<Column> columns,
      Frame firstFrame,
      QueryCall call,
      FrameSource source,
      ZoneId zone) {
    this.statement = statement;
    this.columns = columns;
    this.columnCount = columns.size();
    this.frame = firstFrame;
    this.call = call;
    this.source = source;
    this.zone = zone;
  }

  /// A result set of rows that are all here, without a statement.
  static CuveeResultSet ofRows(List<Column> columns, List<Object[]> rows, ZoneId zone) {
    QueryCall call = new QueryCall(Duration.ZERO, 0, rows.size(), "");
    return new CuveeResultSet(
        null, columns, Frame.ofRows(rows, columns.size(), true), call, new NoMoreFrames(), zone);
  }

  private static final class NoMoreFrames implements FrameSource {
    @Override
    public Frame next(long offset) {
      return Frame.END;
    }

    @Override
    public void close(boolean isComplete) {
      // Nothing is held.
    }
  }

  private void checkOpen() throws SQLException {
    if (isClosed) {
      throw SqlErrors.closed("result set");
    }
  }

  // Movement

  @Override
  public boolean next() throws SQLException {
    checkOpen();
    if (isAfterLast) {
      return false;
    }
    if (call.isCancelled()) {
      throw new SQLException("The query was cancelled.", SqlState.QUERY_CANCELED);
    }
    // Until there is a row: fetching it may fail.
    isOnRow = false;
    if (call.maxRows() == 0 || frameOffset + indexInFrame + 1 < call.maxRows()) {
      indexInFrame++;
      while (indexInFrame >= frame.rowCount() && !frame.isLast()) {
        Frame following = followingFrame();
        frameOffset += frame.rowCount();
        frame = following;
        peeked = null;
        indexInFrame = 0;
      }
      if (indexInFrame < frame.rowCount()) {
        isOnRow = true;
        return true;
      }
    }
    isAfterLast = true;
    return false;
  }

  /// The values of a column; null if the current row's is NULL.
  private @Nullable Cells cells(int columnIndex) throws SQLException {
    // Closing leaves the row, so this is all there is to check for each value.
    if (!isOnRow || columnIndex < 1 || columnIndex > columnCount) {
      throw unreadable(columnIndex);
    }
    Cells cells = frame.column(columnIndex - 1);
    wasNull = cells.isNull(indexInFrame);
    return wasNull ? null : cells;
  }

  private SQLException unreadable(int columnIndex) throws SQLException {
    checkOpen();
    if (!isOnRow) {
      return SqlErrors.of(
          isAfterLast ? "The result set is after its last row." : "Call next() before a getter.",
          SqlState.INVALID_CURSOR);
    }
    return SqlErrors.of(
        "Column " + columnIndex + " was asked for, but the result has " + columnCount + ".",
        SqlState.INVALID_INDEX);
  }

  private @Nullable Object cell(int columnIndex) throws SQLException {
    Cells cells = cells(columnIndex);
    return cells == null ? null : cells.get(indexInFrame);
  }

  @Override
  public boolean wasNull() throws SQLException {
    checkOpen();
    return wasNull;
  }

  @Override
  public int findColumn(String columnLabel) throws SQLException {
    checkOpen();
    Map<String, Integer> indexes = indexByLabel;
    if (indexes == null) {
      indexes = new HashMap<>();
      for (int i = 0; i < columns.size(); i++) {
        indexes.putIfAbsent(SqlText.lower(columns.get(i).label), i + 1);
      }
      for (int i = 0; i < columns.size(); i++) {
        indexes.putIfAbsent(SqlText.lower(columns.get(i).name), i + 1);
      }
      indexByLabel = indexes;
    }
    Integer index = indexes.get(SqlText.lower(columnLabel));
    if (index == null) {
      throw SqlErrors.of("The result has no column '" + columnLabel + "'.", SqlState.INVALID_INDEX);
    }
    return index;
  }

  @Override
  public boolean isBeforeFirst() throws SQLException {
    checkOpen();
    return !isOnRow && !isAfterLast && !(frame.isLast() && frame.rowCount() == 0);
  }

  @Override
  public boolean isAfterLast() throws SQLException {
    checkOpen();
    return isAfterLast && frameOffset + frame.rowCount() > 0;
  }

  @Override
  public boolean isFirst() throws SQLException {
    return getRow() == 1;
  }

  /// Whether no row follows; fetches the next frame if it takes that to know.
  @Override
  public boolean isLast() throws SQLException {
    checkOpen();
    if (!isOnRow) {
      return false;
    }
    if (call.maxRows() > 0 && frameOffset + indexInFrame + 1 >= call.maxRows()) {
      return true;
    }
    if (indexInFrame + 1 < frame.rowCount()) {
      return false;
    }
    return frame.isLast() || followingFrame().rowCount() == 0;
  }

  /// The frame after the current one, which stays the current one.
  private Frame followingFrame() throws SQLException {
    Frame following = peeked;
    while (following == null || following.rowCount() == 0 && !following.isLast()) {
      following = source.next(frameOffset + frame.rowCount());
    }
    peeked = following;
    return following;
  }

  @Override
  public int getRow() throws SQLException {
    checkOpen();
    return !isOnRow ? 0 : (int) Math.min(Integer.MAX_VALUE, frameOffset + indexInFrame + 1);
  }

  // The result set itself

  @Override
  public void close() throws SQLException {
    if (isClosed) {
      return;
    }
    isClosed = true;
    boolean isComplete = frame.isLast() || peeked != null && peeked.isLast();
    isOnRow = false;
    frame = Frame.END;
    peeked = null;
    source.close(isComplete);
    if (statement != null) {
      statement.onResultSetClosed(this);
    }
  }

  @Override
  public boolean isClosed() {
    return isClosed;
  }

  @Override
  public @Nullable Statement getStatement() throws SQLException {
    checkOpen();
    return statement;
  }

  @Override
  public ResultSetMetaData getMetaData() throws SQLException {
    checkOpen();
    return new CuveeResultSetMetaData(columns);
  }

  /// What the broker remarked on the query, such as which part of the data is missing.
  @Override
  public @Nullable SQLWarning getWarnings() throws SQLException {
    checkOpen();
    return call.warnings();
  }

  @Override
  public void clearWarnings() throws SQLException {
    checkOpen();
    call.clearWarnings();
  }

  @Override
  public int getType() throws SQLException {
    checkOpen();
    return ResultSet.TYPE_FORWARD_ONLY;
  }

  @Override
  public int getConcurrency() throws SQLException {
    checkOpen();
    return ResultSet.CONCUR_READ_ONLY;
  }

  @Override
  public int getHoldability() throws SQLException {
    checkOpen();
    return ResultSet.HOLD_CURSORS_OVER_COMMIT;
  }

  @Override
  public int getFetchDirection() throws SQLException {
    checkOpen();
    return ResultSet.FETCH_FORWARD;
  }

  @Override
  public void setFetchDirection(int direction) throws SQLException {
    checkOpen();
    if (direction != ResultSet.FETCH_FORWARD) {
      throw SqlErrors.unsupported("A fetch direction other than FETCH_FORWARD");
    }
  }

  @Override
  public int getFetchSize() throws SQLException {
    checkOpen();
    return call.fetchSize();
  }

  /// Takes effect with the next frame.
  @Override
  public void setFetchSize(int rows) throws SQLException {
    checkOpen();
    call.setFetchSize(CuveeStatement.checkFetchSize(rows));
  }

  @Override
  public <T> T unwrap(Class<T> type) throws SQLException {
    return SqlErrors.unwrap(this, type);
  }

  @Override
  public boolean isWrapperFor(Class<?> type) {
    return type.isInstance(this);
  }

  // Values of the current row

  private long whole(Cells cells, int columnIndex, long min, long max, String target)
      throws SQLException {
    return Values.within(
        cells.toLong(indexInFrame, columns.get(columnIndex - 1)), min, max, target);
  }

  @Override
  public boolean getBoolean(int columnIndex) throws SQLException {
    Cells cells = cells(columnIndex);
    return cells == null ? false : cells.toBoolean(indexInFrame, columns.get(columnIndex - 1));
  }

  @Override
  public boolean getBoolean(String columnLabel) throws SQLException {
    return getBoolean(findColumn(columnLabel));
  }

  @Override
  public byte getByte(int columnIndex) throws SQLException {
    Cells cells = cells(columnIndex);
    return cells == null
        ? 0
        : (byte) whole(cells, columnIndex, Byte.MIN_VALUE, Byte.MAX_VALUE, "a byte");
  }

  @Override
  public byte getByte(String columnLabel) throws SQLException {
    return getByte(findColumn(columnLabel));
  }

  @Override
  public short getShort(int columnIndex) throws SQLException {
    Cells cells = cells(columnIndex);
    return cells == null
        ? 0
        : (short) whole(cells, columnIndex, Short.MIN_VALUE, Short.MAX_VALUE, "a short");
  }

  @Override
  public short getShort(String columnLabel) throws SQLException {
    return getShort(findColumn(columnLabel));
  }

  @Override
  public int getInt(int columnIndex) throws SQLException {
    Cells cells = cells(columnIndex);
    return cells == null
        ? 0
        : (int) whole(cells, columnIndex, Integer.MIN_VALUE, Integer.MAX_VALUE, "an int");
  }

  @Override
  public int getInt(String columnLabel) throws SQLException {
    return getInt(findColumn(columnLabel));
  }

  @Override
  public long getLong(int columnIndex) throws SQLException {
    Cells cells = cells(columnIndex);
    return cells == null ? 0 : cells.toLong(indexInFrame, columns.get(columnIndex - 1));
  }

  @Override
  public long getLong(String columnLabel) throws SQLException {
    return getLong(findColumn(columnLabel));
  }

  @Override
  public float getFloat(int columnIndex) throws SQLException {
    Cells cells = cells(columnIndex);
    return cells == null ? 0 : cells.toFloat(indexInFrame, columns.get(columnIndex - 1));
  }

  @Override
  public float getFloat(String columnLabel) throws SQLException {
    return getFloat(findColumn(columnLabel));
  }

  @Override
  public double getDouble(int columnIndex) throws SQLException {
    Cells cells = cells(columnIndex);
    return cells == null ? 0 : cells.toDouble(indexInFrame, columns.get(columnIndex - 1));
  }

  @Override
  public double getDouble(String columnLabel) throws SQLException {
    return getDouble(findColumn(columnLabel));
  }

  @Override
  public @Nullable String getString(int columnIndex) throws SQLException {
    Cells cells = cells(columnIndex);
    return cells == null ? null : cells.toText(indexInFrame, columns.get(columnIndex - 1));
  }

  @Override
  public @Nullable String getString(String columnLabel) throws SQLException {
    return getString(findColumn(columnLabel));
  }

  @Override
  public @Nullable BigDecimal getBigDecimal(int columnIndex) throws SQLException {
    Object value = cell(columnIndex);
    Column column = columns.get(columnIndex - 1);
    return value == null ? null : Values.toDecimal(value, column);
  }

  @Override
  public @Nullable BigDecimal getBigDecimal(String columnLabel) throws SQLException {
    return getBigDecimal(findColumn(columnLabel));
  }

  @Override
  public byte @Nullable [] getBytes(int columnIndex) throws SQLException {
    Object value = cell(columnIndex);
    Column column = columns.get(columnIndex - 1);
    return value == null ? null : Values.toBytes(value, column);
  }

  @Override
  public byte @Nullable [] getBytes(String columnLabel) throws SQLException {
    return getBytes(findColumn(columnLabel));
  }

  @Override
  public @Nullable Date getDate(int columnIndex) throws SQLException {
    Object value = cell(columnIndex);
    Column column = columns.get(columnIndex - 1);
    return value == null ? null : Values.toDate(value, column, null);
  }

  @Override
  public @Nullable Date getDate(String columnLabel) throws SQLException {
    return getDate(findColumn(columnLabel));
  }

  @Override
  public @Nullable Time getTime(int columnIndex) throws SQLException {
    Object value = cell(columnIndex);
    Column column = columns.get(columnIndex - 1);
    return value == null ? null : Values.toTime(value, column, null);
  }

  @Override
  public @Nullable Time getTime(String columnLabel) throws SQLException {
    return getTime(findColumn(columnLabel));
  }

  @Override
  public @Nullable Timestamp getTimestamp(int columnIndex) throws SQLException {
    Object value = cell(columnIndex);
    Column column = columns.get(columnIndex - 1);
    return value == null ? null : Values.toTimestamp(value, column, zone);
  }

  @Override
  public @Nullable Timestamp getTimestamp(String columnLabel) throws SQLException {
    return getTimestamp(findColumn(columnLabel));
  }

  @Override
  public @Nullable Array getArray(int columnIndex) throws SQLException {
    Object value = cell(columnIndex);
    Column column = columns.get(columnIndex - 1);
    return value == null ? null : Values.toArray(value, column, zone);
  }

  @Override
  public @Nullable Array getArray(String columnLabel) throws SQLException {
    return getArray(findColumn(columnLabel));
  }

  @Override
  public @Nullable Object getObject(int columnIndex) throws SQLException {
    Object value = cell(columnIndex);
    Column column = columns.get(columnIndex - 1);
    return value == null ? null : Values.toObject(value, column, zone);
  }

  @Override
  public @Nullable Object getObject(String columnLabel) throws SQLException {
    return getObject(findColumn(columnLabel));
  }

  @Deprecated
  @Override
  public @Nullable BigDecimal getBigDecimal(int columnIndex, int scale) throws SQLException {
    BigDecimal value = getBigDecimal(columnIndex);
    return value == null ? null : value.setScale(scale, RoundingMode.HALF_UP);
  }

  @Deprecated
  @Override
  public @Nullable BigDecimal getBigDecimal(String columnLabel, int scale) throws SQLException {
    return getBigDecimal(findColumn(columnLabel), scale);
  }

  @Override
  public @Nullable Date getDate(int columnIndex, @Nullable Calendar calendar) throws SQLException {
    Object value = cell(columnIndex);
    Column column = columns.get(columnIndex - 1);
    return value == null ? null : Values.toDate(value, column, calendar);
  }

  @Override
  public @Nullable Date getDate(String columnLabel, @Nullable Calendar calendar)
      throws SQLException {
    return getDate(findColumn(columnLabel), calendar);
  }

  @Override
  public @Nullable Time getTime(int columnIndex, @Nullable Calendar calendar) throws SQLException {
    Object value = cell(columnIndex);
    Column column = columns.get(columnIndex - 1);
    return value == null ? null : Values.toTime(value, column, calendar);
  }

  @Override
  public @Nullable Time getTime(String columnLabel, @Nullable Calendar calendar)
      throws SQLException {
    return getTime(findColumn(columnLabel), calendar);
  }

  @Override
  public @Nullable Timestamp getTimestamp(int columnIndex, @Nullable Calendar calendar)
      throws SQLException {
    Object value = cell(columnIndex);
    Column column = columns.get(columnIndex - 1);
    ZoneId inZone = calendar == null ? zone : Values.zoneOf(calendar);
    return value == null ? null : Values.toTimestamp(value, column, inZone);
  }

  @Override
  public @Nullable Timestamp getTimestamp(String columnLabel, @Nullable Calendar calendar)
      throws SQLException {
    return getTimestamp(findColumn(columnLabel), calendar);
  }

  @Override
  public @Nullable Object getObject(int columnIndex, @Nullable Map<String, Class<?>> map)
      throws SQLException {
    return getObject(columnIndex);
  }

  @Override
  public @Nullable Object getObject(String columnLabel, @Nullable Map<String, Class<?>> map)
      throws SQLException {
    return getObject(findColumn(columnLabel), map);
  }

  @Override
  @SuppressWarnings("unchecked") // A primitive class gives its boxed object.
  public <T> @Nullable T getObject(int columnIndex, Class<T> type) throws SQLException {
    Object value = cell(columnIndex);
    Column column = columns.get(columnIndex - 1);
    return value == null ? null : (T) Values.toObject(value, column, type, zone);
  }

  @Override
  public <T> @Nullable T getObject(String columnLabel, Class<T> type) throws SQLException {
    return getObject(findColumn(columnLabel), type);
  }

  @Override
  public @Nullable String getNString(int columnIndex) throws SQLException {
    return getString(columnIndex);
  }

  @Override
  public @Nullable String getNString(String columnLabel) throws SQLException {
    return getNString(findColumn(columnLabel));
  }

  @Override
  public @Nullable InputStream getAsciiStream(int columnIndex) throws SQLException {
    String text = getString(columnIndex);
    return text == null ? null : new ByteArrayInputStream(text.getBytes(StandardCharsets.US_ASCII));
  }

  @Override
  public @Nullable InputStream getAsciiStream(String columnLabel) throws SQLException {
    return getAsciiStream(findColumn(columnLabel));
  }

  @Deprecated
  @Override
  public @Nullable InputStream getUnicodeStream(int columnIndex) throws SQLException {
    String text = getString(columnIndex);
    return text == null ? null : new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
  }

  @Deprecated
  @Override
  public @Nullable InputStream getUnicodeStream(String columnLabel) throws SQLException {
    return getUnicodeStream(findColumn(columnLabel));
  }

  @Override
  public @Nullable InputStream getBinaryStream(int columnIndex) throws SQLException {
    byte[] bytes = getBytes(columnIndex);
    return bytes == null ? null : new ByteArrayInputStream(bytes);
  }

  @Override
  public @Nullable InputStream getBinaryStream(String columnLabel) throws SQLException {
    return getBinaryStream(findColumn(columnLabel));
  }

  @Override
  public @Nullable Reader getCharacterStream(int columnIndex) throws SQLException {
    String text = getString(columnIndex);
    return text == null ? null : new StringReader(text);
  }

  @Override
  public @Nullable Reader getCharacterStream(String columnLabel) throws SQLException {
    return getCharacterStream(findColumn(columnLabel));
  }

  @Override
  public @Nullable Reader getNCharacterStream(int columnIndex) throws SQLException {
    return getCharacterStream(columnIndex);
  }

  @Override
  public @Nullable Reader getNCharacterStream(String columnLabel) throws SQLException {
    return getNCharacterStream(findColumn(columnLabel));
  }

  @Override
  public @Nullable Blob getBlob(int columnIndex) throws SQLException {
    byte[] bytes = getBytes(columnIndex);
    return bytes == null ? null : new SerialBlob(bytes);
  }

  @Override
  public @Nullable Blob getBlob(String columnLabel) throws SQLException {
    return getBlob(findColumn(columnLabel));
  }

  @Override
  public @Nullable Clob getClob(int columnIndex) throws SQLException {
    String text = getString(columnIndex);
    return text == null ? null : new SerialClob(text.toCharArray());
  }

  @Override
  public @Nullable Clob getClob(String columnLabel) throws SQLException {
    return getClob(findColumn(columnLabel));
  }

  @Override
  public @Nullable URL getURL(int columnIndex) throws SQLException {
    String text = getString(columnIndex);
    try {
      return text == null ? null : URI.create(text).toURL();
    } catch (IllegalArgumentException | MalformedURLException e) {
      throw SqlErrors.of("'" + text + "' is not a URL.", SqlState.INVALID_CAST, e);
    }
  }

  @Override
  public @Nullable URL getURL(String columnLabel) throws SQLException {
    return getURL(findColumn(columnLabel));
  }

  @Override
  public NClob getNClob(int columnIndex) throws SQLException {
    throw SqlErrors.unsupported("NCLOB");
  }

  @Override
  public NClob getNClob(String columnLabel) throws SQLException {
    return getNClob(findColumn(columnLabel));
  }
}
