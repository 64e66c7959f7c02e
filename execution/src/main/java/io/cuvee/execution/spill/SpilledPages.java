package io.cuvee.execution.spill;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A sequence of rows in a file, which others may share. Written first, then read any number of
/// times. Not thread-safe.
public final class SpilledPages {
  private final SpillFile file;
  private final List<ColumnType> types;
  private long[] frames = new long[4];
  private int frameCount;
  private long rowCount;

  public SpilledPages(SpillFile file, List<ColumnType> types) {
    this.file = file;
    this.types = types;
  }

  /// Appends rows, cut into frames that are read at once.
  public void add(Page page) {
    if (page.rowCount() == 0) {
      return;
    }
    long frameCapacity = file.spill().frameBytes();
    long parts = Math.clamp(page.sizeBytes() / frameCapacity + 1, 1, page.rowCount());
    int rows = (int) ((page.rowCount() + parts - 1) / parts);
    for (int from = 0; from < page.rowCount(); from += rows) {
      if (frameCount == frames.length) {
        frames = Arrays.copyOf(frames, frameCount * 2);
      }
      frames[frameCount++] = file.append(page.slice(from, Math.min(rows, page.rowCount() - from)));
    }
    rowCount += page.rowCount();
  }

  public long rowCount() {
    return rowCount;
  }

  /// The rows from the first, in the order in which they were added.
  public PageSource read() {
    return new PageSource() {
      private int next;

      @Override
      public @Nullable Page next() {
        return next == frameCount ? null : file.read(frames[next++], types);
      }

      @Override
      public void close() {}
    };
  }
}
