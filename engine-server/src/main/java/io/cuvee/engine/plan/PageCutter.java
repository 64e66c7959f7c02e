package io.cuvee.engine.plan;

import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import org.jspecify.annotations.Nullable;

/// Cuts a large page into pages of about [#PAGE_BYTES].
public final class PageCutter implements PageSource {
  public static final long PAGE_BYTES = 1 << 20;

  private final Page page;
  private final int rowsPerPage;
  private int position;

  private PageCutter(Page page, int rowsPerPage) {
    this.page = page;
    this.rowsPerPage = rowsPerPage;
  }

  public static PageSource cut(Page page) {
    return new PageCutter(page, rowsPerPage(page.sizeBytes(), page.rowCount()));
  }

  /// How many rows make a page if `rowCount` rows take `sizeBytes`.
  public static int rowsPerPage(long sizeBytes, int rowCount) {
    long rowBytes = Math.max(1, sizeBytes / Math.max(1, rowCount));
    return Math.clamp(PAGE_BYTES / rowBytes, 1, 1 << 17);
  }

  @Override
  public @Nullable Page next() {
    if (position >= page.rowCount()) {
      return null;
    }
    int count = Math.min(rowsPerPage, page.rowCount() - position);
    Page cut = page.slice(position, count);
    position += count;
    return cut;
  }

  @Override
  public void close() {}
}
