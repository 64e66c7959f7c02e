package io.cuvee.execution.operator;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Pages;
import java.util.ArrayList;
import java.util.List;

/// Pages that an operator keeps, charged to its budget.
final class Held {
  private final List<ColumnType> types;
  private final MemoryBudget memory;
  private List<Page> pages = new ArrayList<>();
  private long rowCount;
  private long bytes;

  Held(List<ColumnType> types, MemoryBudget memory) {
    this.types = types;
    this.memory = memory;
  }

  void add(Page page) {
    if (page.rowCount() == 0) {
      return;
    }
    long size = page.sizeBytes();
    memory.reserve(size);
    bytes += size;
    pages.add(page);
    rowCount += page.rowCount();
  }

  /// Adds all pages of `source` and closes it.
  void addAll(PageSource source, QueryContext context) {
    for (Page page = source.next(); page != null; page = source.next()) {
      context.check();
      add(page);
    }
    source.close();
  }

  long rowCount() {
    return rowCount;
  }

  long sizeBytes() {
    return bytes;
  }

  /// The parts as they came.
  List<Page> pages() {
    return pages;
  }

  /// All rows in one page, which is kept instead of the parts.
  Page all() {
    if (pages.isEmpty()) {
      return Page.empty(types);
    }
    if (pages.size() > 1) {
      // For a moment the rows exist twice.
      memory.reserve(bytes);
      try {
        Page all = Pages.concat(types, pages);
        pages = new ArrayList<>();
        pages.add(all);
      } finally {
        memory.release(bytes);
      }
    }
    return pages.getFirst();
  }

  /// Forgets what was held and holds `page`.
  void replace(Page page) {
    clear();
    add(page);
  }

  void clear() {
    memory.release(bytes);
    bytes = 0;
    rowCount = 0;
    pages = new ArrayList<>();
  }
}
