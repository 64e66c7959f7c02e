package io.cuvee.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.catalog.BloomFilterConfig;
import io.cuvee.common.catalog.CompressionCodec;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.StarTreeConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.build.StarTreeOptions;
import io.cuvee.segment.consuming.ConsumingOptions;
import io.cuvee.segment.consuming.ConsumingSegment;
import io.cuvee.segment.consuming.ConsumingSnapshot;
import io.cuvee.segment.live.GrowingLiveRows;
import io.cuvee.segment.live.LiveSegment;
import io.cuvee.segment.store.ReadableSegment;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// A table of made-up rows with a column for every way of storing one, in segments of awkward
/// sizes.
final class RandomTable implements AutoCloseable {
  /// A column and what its values are drawn from.
  record Kind(String name, ColumnType type, int distinct, double nullShare) {}

  static final List<Kind> COLUMNS =
      List.of(
          new Kind("few", ColumnType.INT, 5, 0),
          new Kind("fewNull", ColumnType.STRING, 7, 0.2),
          new Kind("numbersNull", ColumnType.LONG, 300, 0.1),
          new Kind("many", ColumnType.STRING, 3000, 0),
          new Kind("rawText", ColumnType.STRING, 500, 0.1),
          new Kind("rawLong", ColumnType.LONG, 100_000, 0.15),
          new Kind("rawInt", ColumnType.INT, 60, 0),
          new Kind("rawDouble", ColumnType.DOUBLE, 2000, 0.05),
          new Kind("dictDouble", ColumnType.DOUBLE, 12, 0.1),
          new Kind("dictFloat", ColumnType.FLOAT, 9, 0),
          new Kind("time", ColumnType.TIMESTAMP, 400, 0),
          new Kind("day", ColumnType.DATE, 30, 0.3),
          new Kind("flag", ColumnType.BOOLEAN, 2, 0.25),
          new Kind("price", ColumnType.BIG_DECIMAL, 20, 0.1),
          new Kind("bytes", ColumnType.BYTES, 15, 0.1),
          new Kind("tags", ColumnType.arrayOf(DataType.STRING), 6, 0.15),
          new Kind("numbers", ColumnType.arrayOf(DataType.LONG), 40, 0.1),
          new Kind("huge", ColumnType.LONG, 4000, 0.02),
          new Kind("nothing", ColumnType.STRING, 1, 1.0));

  private static final int[] SIZES = {1, 63, 64, 65, 700, 2047, 2048, 2049, 5000, 9000};

  private final Random random;
  private final List<ReadableSegment> segments = new ArrayList<>();
  private final List<AutoCloseable> open = new ArrayList<>();
  private final List<StarTreeConfig> starTrees;
  private final boolean large;
  private List<String> drawn = COLUMNS.stream().map(Kind::name).toList();

  RandomTable(Random random, Path directory) {
    this(random, directory, List.of());
  }

  RandomTable(Random random, Path directory, List<StarTreeConfig> starTrees) {
    this(random, directory, starTrees, false);
  }

  /// @param consuming whether all segments but the second are snapshots of consuming ones
  RandomTable(Random random, Path directory, List<StarTreeConfig> starTrees, boolean consuming) {
    this(random, directory, starTrees, consuming, false);
  }

  /// A table with a segment of several morsels, whose inverted indexes are there for certain.
  static RandomTable large(Random random, Path directory, List<StarTreeConfig> starTrees) {
    return new RandomTable(random, directory, starTrees, false, true);
  }

  private RandomTable(
      Random random,
      Path directory,
      List<StarTreeConfig> starTrees,
      boolean consuming,
      boolean large) {
    this.random = random;
    this.starTrees = starTrees;
    this.large = large;
    int count = 1 + random.nextInt(4);
    for (int i = 0; i < count; i++) {
      int rows =
          i == 0 && (large || random.nextInt(6) == 0)
              ? 66_000 + random.nextInt(3000)
              : SIZES[random.nextInt(SIZES.length)];
      segments.add(build(directory, "s" + i, rows, consuming && i != 1));
    }
  }

  /// From now on queries are about these columns only.
  void drawFrom(List<String> names) {
    drawn = List.copyOf(names);
  }

  /// From now on only some rows of most segments count.
  void hideRows() {
    segments.replaceAll(segment -> {
      int share = random.nextInt(5);
      GrowingLiveRows live = new GrowingLiveRows();
      for (int doc = 0; doc < segment.docCount(); doc++) {
        if (random.nextInt(4) < share || share == 0 && random.nextInt(500) == 0) {
          live.add(doc);
        }
      }
      return new LiveSegment(segment, live.snapshot());
    });
  }

  List<ReadableSegment> segments() {
    return segments;
  }

  private ReadableSegment build(Path directory, String name, int rows, boolean grows) {
    List<FieldSpec> fields = new ArrayList<>();
    List<Values> columns = new ArrayList<>();
    for (Kind kind : COLUMNS) {
      fields.add(
          new FieldSpec(
              kind.name(), kind.type(), FieldSpec.Role.DIMENSION, false, null, null, null));
      ValuesBuilder builder = ValuesBuilder.of(kind.type(), rows);
      for (int i = 0; i < rows; i++) {
        builder.appendObject(value(kind));
      }
      columns.add(builder.build());
    }
    Schema schema = new Schema("t", fields, List.of(), List.of());
    List<String> sorted =
        switch (random.nextInt(4)) {
          case 0 -> List.of("few");
          case 1 -> List.of("fewNull", "time");
          case 2 -> List.of("dictDouble");
          default -> List.of();
        };
    IndexingOptions indexing =
        new IndexingOptions(
                sorted,
                large || random.nextBoolean()
                    ? List.of("few", "many", "tags", "dictFloat")
                    : List.of(),
                List.of("rawText", "rawLong", "rawInt", "rawDouble", "huge"),
                random.nextBoolean()
                    ? List.of("rawLong", "rawInt", "rawDouble", "huge", "time", "numbers")
                    : List.of(),
                random.nextBoolean() ? bloomFilters() : Map.of(),
                List.of())
            .withCodecs(
                random.nextBoolean()
                    ? Map.of("rawText", CompressionCodec.FSST, "rawDouble", CompressionCodec.FSST)
                    : Map.of());
    Page page = new Page(rows, columns);
    if (grows) {
      return consume(name, schema, indexing, page);
    }
    SegmentSpec spec =
        SegmentSpec.of("t_OFFLINE", name, schema)
            .withStarTrees(new StarTreeOptions(starTrees, false))
            .withIndexing(indexing);
    Path target = directory.resolve(name);
    new SegmentBuilder(spec).build(PageSource.of(List.of(page)), target);
    Segment segment = Segment.open(target, Verify.CHECKSUMS);
    open.add(segment);
    return segment;
  }

  /// Appends the rows in parts of any size, and others that came after the snapshot.
  private ConsumingSnapshot consume(
      String name, Schema schema, IndexingOptions indexing, Page page) {
    ConsumingSegment segment =
        new ConsumingSegment(
            "t_REALTIME",
            name,
            schema,
            new ConsumingOptions(indexing, 1_000_000, new DataSize(1L << 30)));
    for (int at = 0; at < page.rowCount(); ) {
      int part = Math.min(1 + random.nextInt(3000), page.rowCount() - at);
      assertThat(segment.append(page.slice(at, part))).isEqualTo(part);
      at += part;
    }
    ConsumingSnapshot snapshot = segment.snapshot().orElseThrow();
    segment.append(page.slice(0, Math.min(random.nextInt(4000), page.rowCount())));
    open.add(snapshot);
    open.add(segment);
    return snapshot;
  }

  private static Map<String, BloomFilterConfig> bloomFilters() {
    return COLUMNS.stream()
        .collect(Collectors.toMap(Kind::name, kind -> BloomFilterConfig.DEFAULT));
  }

  private @Nullable Object value(Kind kind) {
    if (random.nextDouble() < kind.nullShare()) {
      return null;
    }
    if (kind.type().isArray()) {
      List<Object> elements = new ArrayList<>();
      for (int i = random.nextInt(4); i > 0; i--) {
        elements.add(scalar(kind));
      }
      return elements;
    }
    return scalar(kind);
  }

  private Object scalar(Kind kind) {
    int n = random.nextInt(kind.distinct());
    return switch (kind.type().dataType()) {
      case INT -> (long) n - 3;
      case LONG ->
          switch (kind.name()) {
            case "numbersNull" -> (long) n;
            case "huge" -> (n % 2 == 0 ? Long.MAX_VALUE : Long.MIN_VALUE) / (1 + n % 5);
            default -> n * 1_000_003L - 50_000_000_000L;
          };
      case FLOAT -> (double) (float) (n * 0.1);
      case DOUBLE -> n == 3 ? Double.NaN : n == 4 ? -0.0 : n == 5 ? 0.0 : (n - 6) * 1.37;
      case BIG_DECIMAL -> BigDecimal.valueOf(n - 10, n % 2);
      case BOOLEAN -> (long) n;
      case TIMESTAMP -> 1_700_000_000_000L + n * 86_400_000L / 3;
      case DATE -> 19_000L + n;
      case STRING ->
          ("v" + (n * 7919 % 10_007) + (n % 5 == 0 ? "é€" : "")).getBytes(StandardCharsets.UTF_8);
      case TIME, JSON, UUID -> throw new IllegalStateException();
      case BYTES -> new byte[] {(byte) (n * 37), (byte) -n};
    };
  }

  Expression.Column column(String name) {
    for (int i = 0; i < COLUMNS.size(); i++) {
      if (COLUMNS.get(i).name().equals(name)) {
        return new Expression.Column(i, COLUMNS.get(i).type());
      }
    }
    throw new IllegalArgumentException(name);
  }

  Expression.Column randomColumn() {
    return column(drawn.get(random.nextInt(drawn.size())));
  }

  Expression.Column randomScalar() {
    Expression.Column column = randomColumn();
    return column.type().isArray() ? randomScalar() : column;
  }

  /// A value that occurs, or nearly.
  Expression.Literal literal(Expression.Column column) {
    Kind kind = COLUMNS.get(column.index());
    return new Expression.Literal(
        random.nextInt(20) == 0 ? null : scalar(kind), kind.type().elementType());
  }

  Expression condition(int depth) {
    int choice = random.nextInt(depth > 0 ? 14 : 9);
    return switch (choice) {
      case 0, 1, 2 -> comparison();
      case 3, 4 -> in();
      case 5 -> call(random.nextBoolean() ? "IS_NULL" : "IS_NOT_NULL", randomColumn());
      case 6 -> call("LIKE", textColumn(), text(random.nextBoolean() ? "v1%" : "%9_"));
      case 7 ->
          call(
              "GT",
              Expression.call(
                  "PLUS",
                  ColumnType.LONG,
                  column(drawn.contains("rawInt") ? "rawInt" : "numbersNull"),
                  column("few")),
              new Expression.Literal((long) random.nextInt(60), ColumnType.LONG));
      case 8 -> column("flag");
      case 9 -> call("NOT", condition(depth - 1));
      case 10 ->
          call(
              List.of("IS_TRUE", "IS_FALSE", "IS_NOT_TRUE", "IS_NOT_FALSE").get(random.nextInt(4)),
              condition(depth - 1));
      case 11, 12 -> call("AND", condition(depth - 1), condition(depth - 1));
      default -> call("OR", condition(depth - 1), condition(depth - 1), condition(depth - 1));
    };
  }

  /// One that few rows pass, which an index may list, and more that look at these.
  Expression rareCondition() {
    List<Expression> parts = new ArrayList<>();
    Expression.Column many = column("many");
    parts.add(
        switch (random.nextInt(3)) {
          case 0 -> call("EQ", many, literal(many));
          case 1 -> call("IN", many, literal(many), literal(many));
          default -> beginsLike(many, literal(many));
        });
    for (int i = random.nextInt(4); i > 0; i--) {
      parts.add(
          switch (random.nextInt(5)) {
            case 0 -> call("IS_NOT_NULL", randomColumn());
            case 1 -> call("NE", column("few"), literal(column("few")));
            case 2 -> call("GE", column("rawLong"), literal(column("rawLong")));
            default -> comparison();
          });
    }
    Collections.shuffle(parts, random);
    return parts.size() == 1
        ? parts.getFirst()
        : new Expression.Call("AND", parts, ColumnType.BOOLEAN);
  }

  /// An interval that few values are in.
  private static Expression beginsLike(Expression.Column column, Expression.Literal from) {
    String text =
        from.value() instanceof byte[] bytes ? new String(bytes, StandardCharsets.UTF_8) : "v77";
    return call("AND", call("GE", column, text(text)), call("LE", column, text(text + "9")));
  }

  private Expression.Column textColumn() {
    List<String> texts = new ArrayList<>(List.of("fewNull", "many", "rawText", "nothing"));
    texts.retainAll(drawn);
    return texts.isEmpty() ? column("fewNull") : column(texts.get(random.nextInt(texts.size())));
  }

  private static Expression text(String text) {
    return new Expression.Literal(text.getBytes(StandardCharsets.UTF_8), ColumnType.STRING);
  }

  private Expression comparison() {
    Expression.Column column = randomColumn();
    String operator = List.of("EQ", "NE", "LT", "LE", "GT", "GE").get(random.nextInt(6));
    return random.nextInt(4) == 0 && !column.type().isArray()
        ? call(operator, literal(column), column)
        : call(operator, column, literal(column));
  }

  private Expression in() {
    Expression.Column column = randomColumn();
    List<Expression> arguments = new ArrayList<>();
    arguments.add(column);
    for (int i = 1 + random.nextInt(6); i > 0; i--) {
      arguments.add(literal(column));
    }
    return new Expression.Call("IN", arguments, ColumnType.BOOLEAN);
  }

  static Expression call(String function, Expression... arguments) {
    return Expression.call(function, ColumnType.BOOLEAN, arguments);
  }

  /// Small numbers and what can be computed of them without overflow.
  private Expression arithmetic(int depth) {
    String operator = List.of("PLUS", "MINUS", "TIMES").get(random.nextInt(3));
    return Expression.call(operator, ColumnType.LONG, operand(depth), operand(depth));
  }

  private Expression operand(int depth) {
    return switch (random.nextInt(depth > 0 ? 6 : 5)) {
      case 0 -> new Expression.Literal((long) random.nextInt(9) - 4, ColumnType.LONG);
      case 1 -> column("numbersNull");
      case 2 -> column("rawInt");
      case 3 -> Expression.call("CAST", ColumnType.LONG, column("rawInt"));
      case 4 -> column("few");
      default -> arithmetic(depth - 1);
    };
  }

  /// A key or projection: a column, or something computed.
  Expression scalar() {
    return switch (random.nextInt(8)) {
      case 0 -> Expression.call("UPPER", ColumnType.STRING, textColumn());
      case 1 -> arithmetic(2);
      case 2 -> Expression.call("YEAR", ColumnType.LONG, column("time"));
      default -> randomScalar();
    };
  }

  @Override
  public void close() throws Exception {
    for (AutoCloseable segment : open) {
      segment.close();
    }
  }
}
