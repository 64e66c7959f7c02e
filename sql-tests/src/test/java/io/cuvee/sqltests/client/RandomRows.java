package io.cuvee.sqltests.client;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A table with a column and an array column of every type, and random rows, of which it knows the
/// values: a frame of them has all forms in which columns travel.
final class RandomRows {
  static final String TABLE = "random_rows";

  /// The types, whose columns are `c0`, `c1`, … and `a0`, `a1`, … in this order.
  enum Type {
    INT,
    LONG,
    FLOAT,
    DOUBLE,
    BIG_DECIMAL,
    BOOLEAN,
    TIMESTAMP,
    DATE,
    STRING,
    JSON,
    UUID,
    BYTES
  }

  private static final List<Type> TYPES = List.of(Type.values());
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");
  private static final long DAY_MILLIS = 86_400_000L;
  private final Random random;
  private final List<List<@Nullable Object>> rows = new ArrayList<>();
  private final List<String> json = new ArrayList<>();

  RandomRows(long seed, int count) {
    random = new Random(seed);
    for (int id = 0; id < count; id++) {
      ObjectNode line = Rest.JSON.createObjectNode();
      line.put("id", id);
      List<@Nullable Object> row = new ArrayList<>();
      for (Type type : TYPES) {
        Object value = random.nextInt(6) == 0 ? null : value(type);
        row.add(value);
        if (value != null) {
          line.putPOJO("c" + type.ordinal(), written(value));
        }
      }
      for (Type type : TYPES) {
        List<Object> values = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
          values.add(value(type));
        }
        row.add(values.isEmpty() ? null : values);
        if (!values.isEmpty()) {
          ArrayNode array = line.putArray("a" + type.ordinal());
          values.forEach(value -> array.addPOJO(written(value)));
        }
      }
      rows.add(row);
      json.add(line.toString());
    }
  }

  /// One value, now and then an extreme one.
  private Object value(Type type) {
    boolean extreme = random.nextInt(40) == 0;
    return switch (type) {
      case INT ->
          extreme ? (random.nextBoolean() ? Integer.MIN_VALUE + 1 : Integer.MAX_VALUE) : small();
      case LONG ->
          extreme
              ? (random.nextBoolean() ? Long.MIN_VALUE + 1 : Long.MAX_VALUE)
              : (long) small() * 1_000_003;
      case FLOAT -> extreme ? Float.MAX_VALUE : random.nextInt(-1000, 1000) / 10f;
      case DOUBLE -> extreme ? 1e300 : random.nextGaussian();
      case BIG_DECIMAL ->
          new BigDecimal(new BigInteger(extreme ? 120 : 40, random), random.nextInt(5));
      case BOOLEAN -> random.nextBoolean();
      case TIMESTAMP ->
          LocalDateTime.ofInstant(
              Instant.ofEpochMilli(random.nextLong(-20_000 * DAY_MILLIS, 40_000 * DAY_MILLIS)),
              ZoneOffset.UTC);
      case DATE -> LocalDate.ofEpochDay(extreme ? 100_000 : random.nextInt(-300, 20_000));
      case STRING -> extreme ? "ä漢😀\"\\\n".repeat(random.nextInt(60)) : "word " + small() % 50;
      case JSON -> "{\"k\":" + small() + "}";
      case UUID -> new UUID(random.nextLong(), random.nextLong());
      case BYTES -> {
        byte[] bytes = new byte[random.nextInt(extreme ? 300 : 9)];
        random.nextBytes(bytes);
        yield ByteBuffer.wrap(bytes);
      }
    };
  }

  private int small() {
    return random.nextInt(-500, 500);
  }

  /// As a file of JSON lines has it.
  private static Object written(Object value) {
    return switch (value) {
      case ByteBuffer bytes -> {
        byte[] copy = new byte[bytes.remaining()];
        bytes.duplicate().get(copy);
        yield HexFormat.of().formatHex(copy);
      }
      case LocalDateTime time -> TIME.format(time);
      case Float number -> (double) number;
      case LocalDate day -> day.toString();
      case BigDecimal decimal -> decimal.toPlainString();
      case UUID id -> id.toString();
      default -> value;
    };
  }

  Fixture fixture() {
    List<String> columns = new ArrayList<>(List.of("{\"name\": \"id\", \"dataType\": \"INT\"}"));
    for (Type type : TYPES) {
      columns.add("{\"name\": \"c" + type.ordinal() + "\", \"dataType\": \"" + type + "\"}");
      columns.add(
          "{\"name\": \"a"
              + type.ordinal()
              + "\", \"dataType\": \""
              + type
              + "\", \"singleValueField\": false}");
    }
    String schema =
        "{\"schemaName\": \""
            + TABLE
            + "\", \"dimensionFieldSpecs\": ["
            + String.join(", ", columns)
            + "]}";
    return Fixture.of(TABLE, schema, json);
  }

  /// The columns in the order of [#row].
  static List<String> columns() {
    List<String> names = new ArrayList<>();
    for (String prefix : List.of("c", "a")) {
      for (Type type : TYPES) {
        names.add(prefix + type.ordinal());
      }
    }
    return names;
  }

  int count() {
    return rows.size();
  }

  /// The values of the row of this id: boxed numbers, `java.time` values, bytes as a [ByteBuffer],
  /// arrays as lists; null for NULL.
  List<@Nullable Object> row(int id) {
    return rows.get(id);
  }
}
