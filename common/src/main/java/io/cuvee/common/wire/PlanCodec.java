package io.cuvee.common.wire;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.AggregateCall;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.plan.SortKey;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Binary form of plan fragments. Depth and counts are bounded, so that a damaged or hostile
/// message fails with a `PROTOCOL` error and nothing worse.
public final class PlanCodec {
  private static final int MAX_DEPTH = 1000;

  private static final int COLUMN = 1;
  private static final int LITERAL = 2;
  private static final int PARAMETER = 3;
  private static final int CALL = 4;

  private static final int SELECTION = 1;
  private static final int AGGREGATION = 2;

  private PlanCodec() {}

  public static void writeQuery(ByteWriter out, SegmentQuery query) {
    out.writeString(query.table());
    writeList(out, query.columns(), ByteWriter::writeString);
    writeList(out, query.columnTypes(), PlanCodec::writeType);
    writeNullable(out, query.filter());
    switch (query.output()) {
      case SegmentQuery.Selection selection -> {
        out.writeByte(SELECTION);
        writeList(out, selection.projections(), PlanCodec::writeExpression);
        writeList(out, selection.order(), PlanCodec::writeSortKey);
        out.writeLong(selection.limit());
      }
      case SegmentQuery.Aggregation aggregation -> {
        out.writeByte(AGGREGATION);
        writeList(out, aggregation.groupKeys(), PlanCodec::writeExpression);
        writeList(out, aggregation.aggregates(), PlanCodec::writeCall);
        writeList(out, aggregation.order(), PlanCodec::writeSortKey);
        out.writeLong(aggregation.limit());
      }
    }
  }

  public static SegmentQuery readQuery(ByteReader in) {
    String table = in.readString();
    List<String> columns = readList(in, ByteReader::readString);
    List<ColumnType> types = readList(in, PlanCodec::readType);
    Expression filter = readNullable(in, 0);
    int shape = in.readByte();
    SegmentQuery.Output output =
        switch (shape) {
          case SELECTION ->
              new SegmentQuery.Selection(
                  readList(in, PlanCodec::readExpression),
                  readList(in, PlanCodec::readSortKey),
                  in.readLong());
          case AGGREGATION ->
              new SegmentQuery.Aggregation(
                  readList(in, PlanCodec::readExpression),
                  readList(in, PlanCodec::readCall),
                  readList(in, PlanCodec::readSortKey),
                  in.readLong());
          default -> throw unknown("query shape", shape);
        };
    return new SegmentQuery(table, columns, types, filter, output);
  }

  public static void writeType(ByteWriter out, ColumnType type) {
    out.writeByte(type.dataType().ordinal() << 1 | (type.isArray() ? 1 : 0));
  }

  public static ColumnType readType(ByteReader in) {
    int code = in.readByte();
    DataType[] all = DataType.values();
    if (code >> 1 >= all.length) {
      throw unknown("type", code);
    }
    return new ColumnType(all[code >> 1], (code & 1) != 0);
  }

  public static void writeExpression(ByteWriter out, Expression expression) {
    switch (expression) {
      case Expression.Column column -> {
        out.writeByte(COLUMN).writeVarInt(column.index());
        writeType(out, column.type());
      }
      case Expression.Literal literal -> {
        out.writeByte(LITERAL);
        writeType(out, literal.type());
        writeValue(out, literal.value());
      }
      case Expression.Parameter parameter -> {
        out.writeByte(PARAMETER).writeVarInt(parameter.index());
        writeType(out, parameter.type());
      }
      case Expression.Call call -> {
        out.writeByte(CALL).writeString(call.function());
        writeType(out, call.type());
        writeList(out, call.arguments(), PlanCodec::writeExpression);
      }
    }
  }

  public static Expression readExpression(ByteReader in) {
    return readExpression(in, 0);
  }

  private static Expression readExpression(ByteReader in, int depth) {
    if (depth > MAX_DEPTH) {
      throw new CuveeException(
          ErrorCode.PROTOCOL,
          "Damaged message: an expression is nested deeper than " + MAX_DEPTH + ".");
    }
    int kind = in.readByte();
    return switch (kind) {
      case COLUMN -> new Expression.Column(in.readVarInt(), readType(in));
      case LITERAL -> {
        ColumnType type = readType(in);
        yield new Expression.Literal(readValue(in), type);
      }
      case PARAMETER -> new Expression.Parameter(in.readVarInt(), readType(in));
      case CALL -> {
        String function = in.readString();
        ColumnType type = readType(in);
        yield new Expression.Call(
            function, readList(in, reader -> readExpression(reader, depth + 1)), type);
      }
      default -> throw unknown("expression", kind);
    };
  }

  private static void writeNullable(ByteWriter out, @Nullable Expression expression) {
    out.writeBoolean(expression != null);
    if (expression != null) {
      writeExpression(out, expression);
    }
  }

  private static @Nullable Expression readNullable(ByteReader in, int depth) {
    return in.readBoolean() ? readExpression(in, depth) : null;
  }

  private static void writeCall(ByteWriter out, AggregateCall call) {
    out.writeString(call.function());
    writeList(out, call.arguments(), PlanCodec::writeExpression);
    out.writeBoolean(call.distinct());
    writeNullable(out, call.filter());
    writeType(out, call.type());
  }

  private static AggregateCall readCall(ByteReader in) {
    return new AggregateCall(
        in.readString(),
        readList(in, PlanCodec::readExpression),
        in.readBoolean(),
        readNullable(in, 0),
        readType(in));
  }

  private static void writeSortKey(ByteWriter out, SortKey key) {
    out.writeVarInt(key.column()).writeBoolean(key.descending()).writeBoolean(key.nullsFirst());
  }

  private static SortKey readSortKey(ByteReader in) {
    return new SortKey(in.readVarInt(), in.readBoolean(), in.readBoolean());
  }

  private static final int NULL = 0;
  private static final int LONG = 1;
  private static final int DOUBLE = 2;
  private static final int DECIMAL = 3;
  private static final int BYTES = 4;
  private static final int LIST = 5;

  private static void writeValue(ByteWriter out, @Nullable Object value) {
    switch (value) {
      case null -> out.writeByte(NULL);
      case Long number -> out.writeByte(LONG).writeLong(number);
      case Double number -> out.writeByte(DOUBLE).writeDouble(number);
      case BigDecimal number -> out.writeByte(DECIMAL).writeDecimal(number);
      case byte[] bytes -> out.writeByte(BYTES).writeBytes(bytes);
      case List<?> list -> {
        out.writeByte(LIST).writeVarInt(list.size());
        list.forEach(item -> writeValue(out, item));
      }
      default ->
          throw new IllegalArgumentException("Not the Java form of a literal: " + value.getClass());
    }
  }

  private static @Nullable Object readValue(ByteReader in) {
    int kind = in.readByte();
    return switch (kind) {
      case NULL -> null;
      case LONG -> in.readLong();
      case DOUBLE -> in.readDouble();
      case DECIMAL -> in.readDecimal();
      case BYTES -> in.readBytes();
      case LIST -> {
        int count = in.readCount(1);
        List<@Nullable Object> list = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
          list.add(readValue(in));
        }
        yield list;
      }
      default -> throw unknown("value", kind);
    };
  }

  private static <T> void writeList(
      ByteWriter out, List<? extends T> list, BiConsumer<ByteWriter, T> item) {
    out.writeVarInt(list.size());
    for (T value : list) {
      item.accept(out, value);
    }
  }

  private static <T> List<T> readList(ByteReader in, Function<ByteReader, T> item) {
    int count = in.readCount(1);
    List<T> list = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      list.add(item.apply(in));
    }
    return list;
  }

  private static CuveeException unknown(String what, int code) {
    return new CuveeException(
        ErrorCode.PROTOCOL,
        "Damaged message: unknown " + what + " " + code + ". The peer may run a newer version.");
  }
}
