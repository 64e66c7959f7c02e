package io.cuvee.launcher.command;

import io.cuvee.controller.audit.Finding;
import io.cuvee.launcher.shell.ResultFormat;
import io.cuvee.launcher.shell.ResultPrinter;
import io.cuvee.launcher.shell.ResultRows;
import java.io.PrintWriter;
import java.sql.SQLException;
import java.util.Iterator;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Findings as the rows of a table.
final class FindingRows implements ResultRows {
  private static final List<Column> COLUMNS =
      List.of(
          new Column("finding", Form.TEXT),
          new Column("table", Form.TEXT),
          new Column("segment", Form.TEXT),
          new Column("where", Form.TEXT),
          new Column("detail", Form.TEXT));

  private final Iterator<Finding> findings;
  private @Nullable Finding present;

  private FindingRows(List<Finding> findings) {
    this.findings = findings.iterator();
  }

  static void print(List<Finding> findings, ResultFormat format, PrintWriter out) {
    try {
      var _ = new ResultPrinter(out, format).print(new FindingRows(findings));
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  @Override
  public List<Column> columns() {
    return COLUMNS;
  }

  @Override
  public boolean next() {
    present = findings.hasNext() ? findings.next() : null;
    return present != null;
  }

  @Override
  public @Nullable String text(int column) {
    Finding finding = present;
    if (finding == null) {
      return null;
    }
    return switch (column) {
      case 0 -> finding.kind().name();
      case 1 -> finding.table();
      case 2 -> finding.segment();
      case 3 -> finding.where();
      default -> finding.detail();
    };
  }
}
