package io.cuvee.engine.plan;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import io.cuvee.engine.filter.FilterPlan;
import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.BlockBuffers;
import io.cuvee.execution.page.BytesValuesBuilder;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
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
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// JSON_MATCH finds the same documents with an index and without.
class TestJsonMatch {
  private static final int ROWS = 5000;

  private static final List<String> FILTERS =
      List.of(
          "\"$.name\" = 'n7'",
          "\"$.name\" = 'nobody'",
          "\"$.name\" <> 'n7'",
          "\"$.name\" IN ('n1', 'n2', 'x')",
          "\"$.name\" NOT IN ('n1', 'n2')",
          "\"$.rare\" IS NOT NULL",
          "\"$.rare\" IS NULL",
          "\"$.n\" > 95",
          "\"$.n\" BETWEEN 10 AND 12",
          "\"$.name\" LIKE 'n1%'",
          "\"$.list[*].k\" = 3",
          "\"$.list[0].k\" = 3",
          "\"$.list[*].k\" = 3 AND \"$.list[*].v\" = 'v1'",
          "\"$.list[*].k\" = 3 OR \"$.name\" = 'n7'",
          "\"$.list\" IS NOT NULL",
          "\"$.list[*]\" IS NULL",
          "\"$.long\" = '%s'".formatted("l".repeat(300)),
          "\"$\" = 'text'");

  @TempDir Path directory;

  private static String document(Random random) {
    int kind = random.nextInt(40);
    if (kind == 0) {
      return "{not json";
    }
    if (kind == 1) {
      return "\"text\"";
    }
    StringBuilder json = new StringBuilder("{");
    json.append("\"name\": \"n").append(random.nextInt(20)).append("\", \"n\": ");
    json.append(random.nextInt(4) == 0 ? "null" : Integer.toString(random.nextInt(100)));
    if (random.nextInt(50) == 0) {
      json.append(", \"rare\": {}");
    }
    if (random.nextInt(30) == 0) {
      json.append(", \"long\": \"").append("l".repeat(299 + random.nextInt(3))).append('"');
    }
    if (random.nextBoolean()) {
      json.append(", \"list\": [");
      for (int i = random.nextInt(4); i > 0; i--) {
        json.append("{\"k\": ").append(random.nextInt(6)).append(", \"v\": \"v");
        json.append(random.nextInt(3)).append("\"}").append(i > 1 ? "," : "");
      }
      json.append(']');
    }
    return json.append('}').toString();
  }

  private Segment segment(String name, boolean indexed) {
    Random random = new Random(Long.getLong("cuvee.test.seed", 11));
    BytesValuesBuilder documents = new BytesValuesBuilder(ROWS);
    for (int i = 0; i < ROWS; i++) {
      if (random.nextInt(30) == 0) {
        documents.appendNull();
      } else {
        documents.append(document(random).getBytes(StandardCharsets.UTF_8));
      }
    }
    Schema schema =
        new Schema(
            "t", List.of(FieldSpec.dimension("doc", ColumnType.STRING)), List.of(), List.of());
    Path target = directory.resolve(name);
    IndexingOptions options =
        new IndexingOptions(
            List.of(),
            List.of(),
            List.of("doc"),
            List.of(),
            Map.of(),
            indexed ? List.of("doc") : List.of());
    new SegmentBuilder(SegmentSpec.of("t_OFFLINE", name, schema).withIndexing(options))
        .build(PageSource.of(List.of(new Page(ROWS, List.of(documents.build())))), target);
    SegmentVerifier.verify(target);
    return Segment.open(target, Verify.CHECKSUMS);
  }

  private static FilterPlan plan(Segment segment, Expression condition) {
    List<SegmentColumn> columns = List.of(segment.column("doc").orElseThrow());
    return FilterPlan.compile(condition, columns, ROWS, 0);
  }

  private static List<Integer> matching(Segment segment, FilterPlan plan) {
    Block block = new Block(1, new BlockBuffers());
    block.open(List.of(segment.column("doc").orElseThrow()), ROWS, plan.indexCount());
    List<Integer> found = new ArrayList<>();
    long[] mask = new long[Block.WORDS];
    for (int from = 0; from < ROWS; from += Block.ROWS) {
      block.start(from, Math.min(Block.ROWS, ROWS - from));
      plan.select(block, mask);
      for (int i = 0; i < block.count(); i++) {
        if ((mask[i >>> 6] >>> i & 1) != 0) {
          found.add(from + i);
        }
      }
    }
    return found;
  }

  @Test
  void theIndexFindsWhatScanningFinds() {
    try (Segment scanned = segment("scanned", false);
        Segment indexed = segment("indexed", true)) {
      int used = 0;
      for (String filter : FILTERS) {
        Expression match =
            Expression.call(
                "JSON_MATCH",
                ColumnType.BOOLEAN,
                new Expression.Column(0, ColumnType.STRING),
                new Expression.Literal(filter.getBytes(StandardCharsets.UTF_8), ColumnType.STRING));
        for (Expression condition :
            List.of(match, Expression.call("NOT", ColumnType.BOOLEAN, match))) {
          FilterPlan plan = plan(indexed, condition);
          assertThat(matching(indexed, plan))
              .as("%s by %s", condition, plan)
              .isEqualTo(matching(scanned, plan(scanned, condition)));
          used += plan.indexCount();
        }
      }
      assertThat(used).isGreaterThan(FILTERS.size());
    }
  }
}
