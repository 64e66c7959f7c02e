package io.cuvee.engine.plan;

import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.engine.filter.FilterText;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// What a query would do in each segment, without doing it: a row a segment, as
/// [io.cuvee.common.wire.QueryRequest] says.
final class ExplainOutput implements QueryOutput {
  private static final String INDENT = "  ";

  private final SegmentQuery query;
  private final QueryOutput output;

  /// Segment and plan by ordinal.
  private final Map<Integer, String[]> plans = new ConcurrentSkipListMap<>();

  /// @param output of the query were it run, which prepares the segments
  ExplainOutput(SegmentQuery query, QueryOutput output) {
    this.query = query;
    this.output = output;
  }

  @Override
  public @Nullable SegmentScan prepare(SegmentScan scan) {
    SegmentScan prepared = output.prepare(scan);
    List<String> lines = new ArrayList<>();
    lines.add(output.describe(prepared));
    if (prepared != null) {
      FilterText filter = text(prepared);
      List<String> found = filter.lines(query.filter(), prepared.filter(), prepared.docCount());
      if (prepared.starTree() != null) {
        // The ranges of records that the tree leads to are no condition of their own.
        found = prepared.filter().condition() == null ? List.of() : found;
        lines.add(INDENT + "StarTree(" + String.join(", ", prepared.starTree().dimensions()) + ")");
      } else if (found.isEmpty()) {
        lines.add(INDENT + "AllRows");
      }
      found.forEach(line -> lines.add(INDENT + line));
    }
    add(scan, lines);
    return null;
  }

  @Override
  public void pruned(SegmentScan scan) {
    Expression filter = query.filter();
    add(
        scan,
        List.of(
            "Pruned by="
                + (scan.docCount() == 0 || filter == null
                    ? "NoRows"
                    : text(scan).exclusion(filter, scan.docCount()))));
  }

  private FilterText text(SegmentScan scan) {
    return new FilterText(scan.columns(), slot -> query.columns().get(slot));
  }

  private void add(SegmentScan scan, List<String> lines) {
    plans.put(scan.ordinal(), new String[] {scan.segment(), String.join("\n", lines)});
  }

  @Override
  public String describe(@Nullable SegmentScan prepared) {
    return output.describe(prepared);
  }

  @Override
  public Collector collector(Consumer<Page> pages) {
    throw new IllegalStateException("Nothing is scanned.");
  }

  @Override
  public PageSource finish(List<Collector> collectors) {
    String[] segments = plans.values().stream().map(plan -> plan[0]).toArray(String[]::new);
    String[] texts = plans.values().stream().map(plan -> plan[1]).toArray(String[]::new);
    return PageSource.of(
        List.of(
            new Page(segments.length, List.of(BytesValues.of(segments), BytesValues.of(texts)))));
  }
}
