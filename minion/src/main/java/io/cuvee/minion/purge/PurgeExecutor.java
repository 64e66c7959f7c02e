package io.cuvee.minion.purge;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.task.SegmentList;
import io.cuvee.cluster.task.TaskConditions;
import io.cuvee.cluster.task.TaskSettings;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Filter;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.minion.worker.FetchedSegment;
import io.cuvee.minion.worker.TaskExecutor;
import io.cuvee.minion.worker.Work;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Builds segments anew without the rows that a condition is true of. A segment without such rows
/// is only marked; one of which no row is left goes.
public final class PurgeExecutor implements TaskExecutor {
  @Override
  public String type() {
    return PurgeGenerator.TYPE;
  }

  @Override
  public String run(Work work) {
    String encoded = work.setting(PurgeGenerator.CONDITION);
    SegmentQuery query = TaskConditions.decode(encoded);
    Map<String, String> marks = Map.of(PurgeGenerator.MARK, TaskSettings.fingerprint(encoded));
    List<String> names = List.copyOf(SegmentList.decode(work.settings()).keySet());
    long removed = 0;
    int done = 0;
    for (String name : names) {
      removed += work.onPresent(name, record -> purge(work, record, query, marks)).orElse(0L);
      done++;
      work.progress(done + " of " + names.size() + " segments, " + removed + " rows removed");
    }
    return removed + " rows removed from " + names.size() + " segments";
  }

  private static long purge(
      Work work, SegmentRecord record, SegmentQuery query, Map<String, String> marks) {
    try (FetchedSegment segment = work.fetch(record)) {
      List<FieldSpec> read = query.columns().stream().map(name -> field(work, name)).toList();
      Filter matching = Filter.compile(condition(query, read));
      long count = 0;
      try (PageSource rows = segment.rows(read)) {
        for (Page page = rows.next(); page != null; page = rows.next()) {
          count += matching.select(page, new int[page.rowCount()]);
        }
      }
      if (count == 0) {
        work.mark(record, marks);
        return 0;
      }
      if (count == record.totalDocs()) {
        work.replaceAll(List.of(record), List.of(), marks, Optional.empty(), put -> {});
        return count;
      }
      Schema schema = work.schema();
      Filter whole = Filter.compile(condition(query, schema.fields()));
      try (PageSource rows = new Remaining(segment.rows(schema.fields()), whole)) {
        work.replace(record, work.build(record.name(), rows), marks);
      }
      return count;
    }
  }

  private static FieldSpec field(Work work, String name) {
    return work.schema()
        .field(name)
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.INVALID_INPUT,
                "The filter names the column '" + name + "', which rows to purge do not have."));
  }

  /// The condition over rows with these columns; true for all rows if the query has none.
  private static Expression condition(SegmentQuery query, List<FieldSpec> fields) {
    List<String> names = fields.stream().map(FieldSpec::name).toList();
    Expression filter = query.filter();
    return filter == null
        ? new Expression.Literal(1L, ColumnType.BOOLEAN)
        : filter.rewrite(part ->
            part instanceof Expression.Column column
                ? new Expression.Column(
                    names.indexOf(query.columns().get(column.index())), column.type())
                : part);
  }

  /// The rows that a filter does not pass.
  private static final class Remaining implements PageSource {
    private final PageSource input;
    private final Filter filter;

    Remaining(PageSource input, Filter filter) {
      this.input = input;
      this.filter = filter;
    }

    @Override
    public @Nullable Page next() {
      Page page = input.next();
      if (page == null) {
        return null;
      }
      int[] removed = new int[page.rowCount()];
      int count = filter.select(page, removed);
      if (count == 0) {
        return page;
      }
      int[] kept = new int[page.rowCount() - count];
      int at = 0;
      int next = 0;
      for (int row = 0; row < page.rowCount(); row++) {
        if (next < count && removed[next] == row) {
          next++;
        } else {
          kept[at++] = row;
        }
      }
      return page.select(kept, at);
    }

    @Override
    public void close() {
      input.close();
    }
  }
}
