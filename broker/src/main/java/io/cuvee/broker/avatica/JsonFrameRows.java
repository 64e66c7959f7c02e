package io.cuvee.broker.avatica;

import io.cuvee.broker.result.JsonOut;
import io.cuvee.broker.result.RowsJson;
import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.execution.page.Page;
import java.util.List;

/// The rows of a frame as JSON arrays.
final class JsonFrameRows implements FrameRows {
  private final RowsJson rows;
  private final JsonOut out = new JsonOut(4096);

  JsonFrameRows(List<OutputColumn> columns) {
    rows = new RowsJson(columns, RowsJson.Style.AVATICA);
  }

  @Override
  public int maxRows() {
    return Cursor.MAX_ROWS_BY_ROW;
  }

  @Override
  public void add(Page page, int from, int to) {
    if (from == to) {
      return;
    }
    if (out.size() > 0) {
      out.raw(',');
    }
    rows.write(out, page, from, to);
  }

  @Override
  public int sizeBytes() {
    return out.size();
  }

  JsonOut out() {
    return out;
  }
}
