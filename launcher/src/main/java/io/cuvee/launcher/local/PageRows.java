package io.cuvee.launcher.local;

import io.cuvee.common.plan.QueryPlan;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.expression.TextForms;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.launcher.shell.ResultRows;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// The rows of pages.
final class PageRows implements ResultRows {
  private final List<ColumnType> types;
  private final List<Column> columns;
  private final PageSource pages;
  private @Nullable Page page;
  private int row = -1;

  PageRows(List<QueryPlan.OutputColumn> output, PageSource pages) {
    this.types = output.stream().map(QueryPlan.OutputColumn::type).toList();
    this.columns =
        output.stream().map(column -> new Column(column.label(), form(column.type()))).toList();
    this.pages = pages;
  }

  private static Form form(ColumnType type) {
    if (type.isArray()) {
      return Form.TEXT;
    }
    return type.dataType().isNumeric()
        ? Form.NUMBER
        : type.dataType() == DataType.BOOLEAN ? Form.BOOLEAN : Form.TEXT;
  }

  @Override
  public List<Column> columns() {
    return columns;
  }

  @Override
  public boolean next() {
    row++;
    while (page == null || row >= page.rowCount()) {
      page = pages.next();
      row = 0;
      if (page == null) {
        return false;
      }
    }
    return true;
  }

  @Override
  public @Nullable String text(int column) {
    Page present = page;
    Object value = present == null ? null : present.column(column).get(row);
    return value == null ? null : TextForms.text(value, types.get(column));
  }
}
