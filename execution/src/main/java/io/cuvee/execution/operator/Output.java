package io.cuvee.execution.operator;

import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A finished result that is handed out in pieces.
final class Output {
  /// Larger results are cut, so that what reads them can begin, and can stop.
  private static final int PIECE_ROWS = 16 * Page.TARGET_ROWS;

  private final PageSource pages;
  private @Nullable Page page;
  private int at;

  Output(Page page) {
    this(PageSource.of(List.of(page)));
  }

  Output(PageSource pages) {
    this.pages = pages;
  }

  @Nullable Page next() {
    Page whole = page;
    if (whole == null) {
      whole = pages.next();
      at = 0;
      if (whole == null) {
        return null;
      }
    }
    if (whole.rowCount() - at <= PIECE_ROWS) {
      page = null;
      return whole.slice(at, whole.rowCount() - at);
    }
    page = whole;
    Page piece = whole.slice(at, PIECE_ROWS);
    at += PIECE_ROWS;
    return piece;
  }

  void close() {
    pages.close();
  }
}
