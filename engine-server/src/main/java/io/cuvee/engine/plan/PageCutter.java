package io.cuvee.engine.plan;

import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Cuts large pages into pages of about [#PAGE_BYTES].
public final class PageCutter implements PageSource {
  public static final long PAGE_BYTES = 1 << 20;

  private final PageSource pages;
  private @Nullable Page page;
  private int rowsPerPage;
  private int position;

  private PageCutter(PageSource pages) {
    this.pages = pages;
  }

  public static PageSource cut(Page page) {
    return new PageCutter(PageSource.of(List.of(page)));
  }

  public static PageSource cut(PageSource pages) {
    return new PageCutter(pages);
  }

  /// How many rows make a page if `rowCount` rows take `sizeBytes`.
  public static int rowsPerPage(long sizeBytes, int rowCount) {
    long rowBytes = Math.max(1, sizeBytes / Math.max(1, rowCount));
    return Math.clamp(PAGE_BYTES / rowBytes, 1, 1 << 17);
  }

  @Override
  public @Nullable Page next() {
    Page current = page;
    while (current == null || position >= current.rowCount()) {
      current = pages.next();
      if (current == null) {
        page = null;
        return null;
      }
      page = current;
      rowsPerPage = rowsPerPage(current.sizeBytes(), current.rowCount());
      position = 0;
    }
    int count = Math.min(rowsPerPage, current.rowCount() - position);
    Page cut = current.slice(position, count);
    position += count;
    return cut;
  }

  @Override
  public void close() {
    pages.close();
  }
}
