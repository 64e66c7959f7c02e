package io.cuvee.sqltests.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.client.RandomRows.Type;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.sql.Array;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Random values of all types, through Cuvée's driver, whose rows come by column, and through
/// Avatica's, whose rows come one by one, against what was loaded.
@ExtendWith(ClusterExtension.class)
class TestRowsByColumn {
  private static final long SEED = Long.getLong("cuvee.seed", new Random().nextLong());
  private static final int TYPES = Type.values().length;
  private static final String SCAN =
      "SELECT id, " + String.join(", ", RandomRows.columns()) + " FROM " + RandomRows.TABLE;
  private static RandomRows expected = new RandomRows(0, 0);

  @BeforeAll
  static void load(SharedCluster cluster) throws Exception {
    expected = new RandomRows(SEED, 11_000);
    cluster.load(expected.fixture());
  }

  /// Reads one cell of a scalar type.
  private interface Reader {
    @Nullable Object read(ResultSet rows, int column, Type type) throws SQLException;
  }

  /// Compares all rows that come, in any order.
  private static void check(ResultSet rows, Reader reader, boolean withArrays) throws SQLException {
    int count = 0;
    long ids = 0;
    while (rows.next()) {
      int id = rows.getInt(1);
      List<@Nullable Object> row = expected.row(id);
      for (int i = 0; i < (withArrays ? 2 * TYPES : TYPES); i++) {
        Type type = Type.values()[i % TYPES];
        Object value = i < TYPES ? reader.read(rows, i + 2, type) : elements(rows, i + 2);
        Object wanted = comparable(row.get(i));
        if (rows.wasNull() != (wanted == null) || !Objects.equals(value, wanted)) {
          assertThat(value).as("seed %d, id %d, %s", SEED, id, type).isEqualTo(wanted);
          assertThat(rows.wasNull())
              .as("seed %d, id %d, %s", SEED, id, type)
              .isEqualTo(wanted == null);
        }
      }
      count++;
      ids += id;
    }
    assertThat(count).as("seed %d", SEED).isEqualTo(expected.count());
    assertThat(ids).isEqualTo((long) expected.count() * (expected.count() - 1) / 2);
  }

  /// A decimal without the scale, which the column may have its own of.
  private static @Nullable Object comparable(@Nullable Object value) {
    return switch (value) {
      case null -> null;
      case BigDecimal decimal -> decimal.stripTrailingZeros();
      case List<?> list -> {
        List<Object> all = new ArrayList<>();
        for (Object element : list) {
          all.add(comparable(element));
        }
        yield all;
      }
      case byte[] bytes -> ByteBuffer.wrap(bytes);
      default -> value;
    };
  }

  /// By the getter of the type, and by the others that must agree with it.
  private static @Nullable Object typed(ResultSet rows, int column, Type type) throws SQLException {
    Object object = rows.getObject(column);
    if (object == null) {
      return null;
    }
    String text = rows.getString(column);
    return switch (type) {
      case INT -> {
        assertThat(rows.getLong(column)).isEqualTo(rows.getInt(column));
        assertThat(rows.getDouble(column)).isEqualTo(rows.getInt(column));
        assertThat(text).isEqualTo(object.toString());
        yield rows.getInt(column);
      }
      case LONG -> {
        assertThat(rows.getBigDecimal(column)).isEqualTo(BigDecimal.valueOf((Long) object));
        assertThat(text).isEqualTo(object.toString());
        yield rows.getLong(column);
      }
      case FLOAT -> {
        assertThat(object).isEqualTo(rows.getFloat(column));
        assertThat(text).isEqualTo(object.toString());
        assertThat(rows.getDouble(column)).isEqualTo(Double.parseDouble(text));
        yield rows.getFloat(column);
      }
      case DOUBLE -> {
        assertThat(text).isEqualTo(object.toString());
        yield rows.getDouble(column);
      }
      case BIG_DECIMAL -> {
        BigDecimal decimal = rows.getBigDecimal(column);
        assertThat(text).isEqualTo(decimal.toPlainString());
        assertThat(object).isEqualTo(decimal);
        yield decimal.stripTrailingZeros();
      }
      case BOOLEAN -> {
        assertThat(rows.getInt(column)).isEqualTo(rows.getBoolean(column) ? 1 : 0);
        assertThat(text).isEqualTo(object.toString());
        yield rows.getBoolean(column);
      }
      case TIMESTAMP -> {
        LocalDateTime time = rows.getObject(column, LocalDateTime.class);
        assertThat(rows.getTimestamp(column).toInstant()).isEqualTo(time.toInstant(ZoneOffset.UTC));
        assertThat(text).startsWith(time.toLocalDate() + " ");
        yield time;
      }
      case DATE -> {
        assertThat(rows.getDate(column).toLocalDate()).hasToString(text);
        yield rows.getObject(column, LocalDate.class);
      }
      case STRING, JSON -> text;
      case UUID -> {
        assertThat(rows.getObject(column, UUID.class)).hasToString(text);
        yield object;
      }
      case BYTES -> {
        assertThat(text).isEqualTo(java.util.HexFormat.of().formatHex(rows.getBytes(column)));
        yield ByteBuffer.wrap((byte[]) object);
      }
    };
  }

  private static @Nullable Object elements(ResultSet rows, int column) throws SQLException {
    Array array = rows.getArray(column);
    if (array == null) {
      return null;
    }
    List<@Nullable Object> all = new ArrayList<>();
    for (Object element : (Object[]) array.getArray()) {
      all.add(
          switch (element) {
            case java.sql.Timestamp time ->
                LocalDateTime.ofInstant(time.toInstant(), ZoneOffset.UTC);
            case java.sql.Date day -> day.toLocalDate();
            default -> comparable(element);
          });
    }
    return all;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 1000, 10_000})
  void ourDriverReadsWhatWasLoaded(int fetchSize, SharedCluster cluster) throws SQLException {
    String sql = fetchSize == 1 ? SCAN + " WHERE id < 30" : SCAN;
    try (Connection connection = cluster.connect();
        Statement statement = connection.createStatement()) {
      statement.setFetchSize(fetchSize);
      if (fetchSize == 1) {
        try (ResultSet rows = statement.executeQuery(sql)) {
          for (int i = 0; i < 30; i++) {
            assertThat(rows.next()).isTrue();
            // Looking ahead takes the next frame, and leaves the current row as it is.
            assertThat(rows.isLast()).isEqualTo(i == 29);
            assertThat(typed(rows, 2 + Type.STRING.ordinal(), Type.STRING))
                .as("seed %d", SEED)
                .isEqualTo(expected.row(rows.getInt(1)).get(Type.STRING.ordinal()));
          }
          assertThat(rows.next()).isFalse();
        }
      } else {
        try (ResultSet rows = statement.executeQuery(sql)) {
          check(rows, TestRowsByColumn::typed, true);
        }
      }
    }
  }

  @Test
  void preparedStatementsReadTheSame(SharedCluster cluster) throws SQLException {
    try (Connection connection = cluster.connect();
        PreparedStatement statement = connection.prepareStatement(SCAN + " WHERE id >= ?")) {
      for (int round = 0; round < 2; round++) {
        statement.setInt(1, 0);
        try (ResultSet rows = statement.executeQuery()) {
          check(rows, TestRowsByColumn::typed, true);
        }
      }
    }
  }

  /// Those values that Avatica's own client reads as they are.
  private static @Nullable Object byStockDriver(ResultSet rows, int column, Type type)
      throws SQLException {
    Object value =
        switch (type) {
          case INT -> rows.getInt(column);
          case LONG -> rows.getLong(column);
          case FLOAT -> rows.getFloat(column);
          case DOUBLE -> rows.getDouble(column);
          case BIG_DECIMAL -> comparable(rows.getBigDecimal(column));
          case BOOLEAN -> rows.getBoolean(column);
          case TIMESTAMP -> {
            java.sql.Timestamp time = rows.getTimestamp(column);
            yield time == null ? null : LocalDateTime.ofInstant(time.toInstant(), ZoneOffset.UTC);
          }
          case DATE -> {
            String day = rows.getString(column);
            yield day == null ? null : LocalDate.parse(day);
          }
          case STRING, JSON -> rows.getString(column);
          case UUID -> {
            String id = rows.getString(column);
            yield id == null ? null : UUID.fromString(id);
          }
          case BYTES -> comparable(rows.getBytes(column));
        };
    return rows.wasNull() ? null : value;
  }

  @ParameterizedTest
  @ValueSource(strings = {"json", "protobuf"})
  void avaticasDriverReadsTheSame(String serialization, SharedCluster cluster) throws SQLException {
    try (Connection connection =
            DriverManager.getConnection(
                "jdbc:avatica:remote:url="
                    + cluster.brokerUrl()
                    + "/avatica;timeZone=UTC;serialization="
                    + serialization);
        Statement statement = connection.createStatement()) {
      statement.setFetchSize(1000);
      try (ResultSet rows = statement.executeQuery(SCAN)) {
        check(rows, TestRowsByColumn::byStockDriver, false);
      }
    }
  }
}
