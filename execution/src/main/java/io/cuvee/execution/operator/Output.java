package io.cuvee.execution.operator;

import io.cuvee.execution.page.Page;
import org.jspecify.annotations.Nullable;

/// A finished result that is handed out in pieces.
final class Output {
  /// Larger results are cut, so that what reads them can begin, and can stop.
  private static final int PIECE_ROWS = 16 * Page.TARGET_ROWS;

  private @Nullable Page page;
  private int at;

  Output(Page page) {
    this.page = page;
  }

  @Nullable Page next() {
    Page whole = page;
    if (whole == null) {
      return null;
    }
    if (whole.rowCount() - at <= PIECE_ROWS) {
      page = null;
      return whole.slice(at, whole.rowCount() - at);
    }
    Page piece = whole.slice(at, PIECE_ROWS);
    at += PIECE_ROWS;
    return piece;
  }
}
