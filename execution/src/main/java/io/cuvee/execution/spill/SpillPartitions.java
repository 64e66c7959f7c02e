package io.cuvee.execution.spill;

import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Pages;
import java.util.ArrayList;
import java.util.List;

/// Rows on disk, parted by a hash of their keys, so that rows with equal keys are in one part. A
/// part that is still too large is parted again, one level deeper, by other bits of the hash.
/// Thread-safe while rows are added; read after that.
public final class SpillPartitions implements AutoCloseable {
  public static final int COUNT = 32;

  /// Levels from 0 to before this one tell keys apart; beyond, rows have the same keys, or nearly.
  public static final int LEVELS = 6;

  private static final int BITS = 5;

  /// So many frames of rows are gathered before they are parted, because small frames cost more.
  private static final int GATHERED_FRAMES = 8;

  private final SpillFile file;
  private final List<ColumnType> types;
  private final int shift;
  private final SpilledPages[] parts = new SpilledPages[COUNT];

  // Guarded by this.
  private final List<Page> gathered = new ArrayList<>();
  private final List<long[]> gatheredHashes = new ArrayList<>();
  private long gatheredBytes;

  /// @param types of the columns of rows
  /// @param level from 0 to before [#LEVELS]
  public SpillPartitions(Spill spill, List<ColumnType> types, int level) {
    this.file = spill.create();
    this.types = types;
    this.shift = Long.SIZE - BITS * (level + 1);
    for (int i = 0; i < COUNT; i++) {
      parts[i] = new SpilledPages(file, types);
    }
  }

  /// Adds rows.
  ///
  /// @param hashes of the keys of each row
  public synchronized void add(Page page, long[] hashes) {
    gathered.add(page);
    gatheredHashes.add(hashes);
    gatheredBytes += page.sizeBytes();
    if (gatheredBytes > (long) GATHERED_FRAMES * file.spill().frameBytes()) {
      flush();
    }
  }

  private void flush() {
    if (gathered.isEmpty()) {
      return;
    }
    Page rows = Pages.concat(types, gathered);
    int[] ends = new int[COUNT + 1];
    for (int i = 0; i < gathered.size(); i++) {
      for (int row = 0; row < gathered.get(i).rowCount(); row++) {
        ends[part(gatheredHashes.get(i)[row]) + 1]++;
      }
    }
    int[][] rowsOf = new int[COUNT][];
    for (int p = 0; p < COUNT; p++) {
      rowsOf[p] = new int[ends[p + 1]];
    }
    int[] counts = new int[COUNT];
    int at = 0;
    for (int i = 0; i < gathered.size(); i++) {
      for (int row = 0; row < gathered.get(i).rowCount(); row++) {
        int p = part(gatheredHashes.get(i)[row]);
        rowsOf[p][counts[p]++] = at++;
      }
    }
    gathered.clear();
    gatheredHashes.clear();
    gatheredBytes = 0;
    for (int p = 0; p < COUNT; p++) {
      parts[p].add(rows.select(rowsOf[p], counts[p]));
    }
  }

  private int part(long hash) {
    return (int) (hash >>> shift) & COUNT - 1;
  }

  /// The rows of one part.
  public synchronized PageSource read(int part) {
    flush();
    return parts[part].read();
  }

  public synchronized long rowCount(int part) {
    flush();
    return parts[part].rowCount();
  }

  @Override
  public void close() {
    file.close();
  }
}
