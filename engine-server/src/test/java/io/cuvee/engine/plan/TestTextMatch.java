package io.cuvee.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.engine.filter.FilterPlan;
import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.BlockBuffers;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.segment.build.IndexingOptions;
import io.cuvee.segment.build.SegmentBuilder;
import io.cuvee.segment.build.SegmentSpec;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.SegmentVerifier;
import io.cuvee.segment.store.Verify;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// TEXT_MATCH finds the same documents with an index and without, however the column is stored.
class TestTextMatch {
  private static final int ROWS = 3000;
  private static final ColumnType TEXTS = ColumnType.arrayOf(DataType.STRING);
  private static final List<String> NAMES =
      List.of("raw", "dict", "raws", "dicts", "few", "sorted");
  private static final String[] WORDS = {
    "pizza", "Pasta", "the", "cheese", "cheesy", "Crème", "brûlée", "42", "4711", "x-ray", "東京",
    "thin", "crust", "crusty", "of", "Olive", "oil,", "olives", "naïve", "and"
  };

  private final long seed = Long.getLong("cuvee.random.seed", 20_261_122);
  private final Random random = new Random(seed);

  @TempDir private Path directory;

  private static ColumnType type(String name) {
    return name.endsWith("s") ? TEXTS : ColumnType.STRING;
  }

  private String text(int most) {
    StringBuilder text = new StringBuilder();
    for (int i = random.nextInt(most); i > 0; i--) {
      text.append(WORDS[(int) (WORDS.length * random.nextDouble() * random.nextDouble())]);
      text.append(random.nextInt(6) == 0 ? ". " : " ");
    }
    return text.toString();
  }

  private @Nullable Object value(String name) {
    if (random.nextInt(12) == 0) {
      return null;
    }
    int most = name.equals("few") ? 3 : 9;
    if (!type(name).isArray()) {
      return text(most).getBytes(StandardCharsets.UTF_8);
    }
    List<Object> elements = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      elements.add(text(5).getBytes(StandardCharsets.UTF_8));
    }
    return elements;
  }

  private Page rows(int count) {
    List<Values> columns = new ArrayList<>();
    for (String name : NAMES) {
      ValuesBuilder builder = ValuesBuilder.of(type(name), count);
      for (int i = 0; i < count; i++) {
        builder.appendObject(value(name));
      }
      columns.add(builder.build());
    }
    return new Page(count, columns);
  }

  private Segment build(String name, Page rows, boolean indexed) {
    Schema schema =
        Schema.of(
            "t", NAMES.stream().map(column -> FieldSpec.dimension(column, type(column))).toList());
    IndexingOptions options =
        new IndexingOptions(
            List.of("sorted"), List.of("dict", "dicts", "few"), List.of("raw", "raws"));
    Path target = directory.resolve(name);
    new SegmentBuilder(
            SegmentSpec.of("t_OFFLINE", name, schema)
                .withIndexing(options.withTextIndexes(indexed ? NAMES : List.of())))
        .build(PageSource.of(List.of(rows)), target);
    SegmentVerifier.verify(target);
    return Segment.open(target, Verify.CHECKSUMS);
  }

  private static Expression.Literal literal(@Nullable String text) {
    return new Expression.Literal(
        text == null ? null : text.getBytes(StandardCharsets.UTF_8), ColumnType.STRING);
  }

  private static Expression match(String name, String query) {
    return Expression.call(
        "TEXT_MATCH",
        ColumnType.BOOLEAN,
        new Expression.Column(NAMES.indexOf(name), type(name)),
        literal(query));
  }

  private static List<SegmentColumn> columns(Segment segment) {
    return NAMES.stream().map(name -> segment.column(name).orElseThrow()).toList();
  }

  private static List<Integer> matching(Segment segment, Expression condition, int firstIndex) {
    int rows = segment.docCount();
    FilterPlan plan = FilterPlan.compile(condition, columns(segment), rows, firstIndex);
    Block block = new Block(NAMES.size(), new BlockBuffers());
    block.open(columns(segment), rows, plan.indexCount());
    List<Integer> found = new ArrayList<>();
    long[] mask = new long[Block.WORDS];
    for (int from = 0; from < rows; from += Block.ROWS) {
      block.start(from, Math.min(Block.ROWS, rows - from));
      plan.select(block, mask);
      for (int i = 0; i < block.count(); i++) {
        if ((mask[i >>> 6] >>> i & 1) != 0) {
          found.add(from + i);
        }
      }
    }
    return found;
  }

  private String word() {
    String word = WORDS[random.nextInt(WORDS.length)].replace(",", "");
    return switch (random.nextInt(9)) {
      case 0 -> word.substring(0, 2) + "*";
      case 1 -> word.charAt(0) + "?" + word.substring(2);
      case 2 -> word.replace("-", "\\-") + "~";
      case 3 -> "\"" + word + " " + WORDS[random.nextInt(WORDS.length)] + "\"";
      case 4 -> "/" + word.substring(0, 2) + ".*/";
      case 5 -> "[" + word.charAt(0) + " TO pa]";
      default -> word.replace("-", "\\-");
    };
  }

  private String query() {
    return switch (random.nextInt(8)) {
      case 0 -> word() + " AND " + word();
      case 1 -> word() + " AND NOT " + word();
      case 2 -> "(" + word() + " OR " + word() + ") AND " + word();
      case 3 -> "*:* AND NOT " + word();
      case 4 -> "NOT " + word();
      case 5 -> word() + " " + word();
      default -> word();
    };
  }

  @Test
  void theIndexFindsWhatScanningFinds() {
    Page rows = rows(ROWS);
    try (Segment scanned = build("scanned", rows, false);
        Segment indexed = build("indexed", rows, true)) {
      int some = 0;
      for (int round = 0; round < 36; round++) {
        String name = NAMES.get(round % NAMES.size());
        Expression match = match(name, query());
        Expression not = Expression.call("NOT", ColumnType.BOOLEAN, match);
        Expression unknown = Expression.call("IS_NULL", ColumnType.BOOLEAN, match);
        int total = 0;
        for (Expression condition : List.of(match, not, unknown)) {
          List<Integer> found = matching(scanned, condition, 0);
          assertThat(matching(indexed, condition, 0))
              .as("%s, seed %d", condition, seed)
              .isEqualTo(found);
          assertThat(matching(indexed, condition, FilterPlan.WITHOUT_INDEXES)).isEqualTo(found);
          total += found.size();
          some += found.isEmpty() ? 0 : 1;
        }
        assertThat(total).as("%s, seed %d", match, seed).isEqualTo(ROWS);
      }
      assertThat(some).isGreaterThan(50);
      Expression both =
          Expression.call(
              "AND", ColumnType.BOOLEAN, match("raw", "cheese OR pizza"), match("dicts", "olive*"));
      assertThat(matching(indexed, both, 0)).isEqualTo(matching(scanned, both, 0)).isNotEmpty();
    }
  }

  @Test
  void rowsOfRawColumnsAreCountedByTheIndexAlone() {
    Page rows = rows(ROWS);
    try (Segment indexed = build("indexed", rows, true)) {
      Expression match = match("raw", "pizza");
      FilterPlan plan = FilterPlan.compile(match, columns(indexed), ROWS, 0);
      assertThat(plan.toString()).contains("text index");
      assertThat(plan.indexCount()).isEqualTo(1);
    }
  }

  @Test
  void aWrongQueryFailsAlikeAndANullQueryMatchesNothing() {
    Page rows = rows(100);
    try (Segment scanned = build("scanned", rows, false);
        Segment indexed = build("indexed", rows, true)) {
      for (Segment segment : List.of(scanned, indexed)) {
        for (String name : NAMES) {
          assertThatThrownBy(() -> matching(segment, match(name, "pizza AND"), 0))
              .as(name)
              .isInstanceOfSatisfying(
                  CuveeException.class,
                  e -> assertThat(e.code()).isEqualTo(ErrorCode.DATA_EXCEPTION))
              .hasMessageContaining("at character 10");
          Expression ofNull =
              Expression.call(
                  "TEXT_MATCH",
                  ColumnType.BOOLEAN,
                  new Expression.Column(NAMES.indexOf(name), type(name)),
                  literal(null));
          assertThat(matching(segment, ofNull, 0)).isEmpty();
        }
      }
    }
  }
}
