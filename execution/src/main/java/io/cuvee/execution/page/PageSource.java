package io.cuvee.execution.page;

import org.jspecify.annotations.Nullable;

/// Delivers pages one after the other. Used by one thread at a time.
public interface PageSource extends AutoCloseable {
  /// The next page, possibly without rows; `null` at the end.
  @Nullable Page next();

  @Override
  void close();

  /// A source of the given pages.
  static PageSource of(Iterable<Page> pages) {
    java.util.Iterator<Page> iterator = pages.iterator();
    return new PageSource() {
      @Override
      public @Nullable Page next() {
        return iterator.hasNext() ? iterator.next() : null;
      }

      @Override
      public void close() {}
    };
  }
}
