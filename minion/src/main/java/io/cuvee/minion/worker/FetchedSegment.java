package io.cuvee.minion.worker;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.execution.page.PageSource;
import io.cuvee.segment.store.Segment;
import java.nio.file.Path;
import java.util.List;

/// A version of a segment on the local disk, which goes when this is closed. For one thread.
public final class FetchedSegment implements AutoCloseable {
  private final SegmentRecord record;
  private final Segment segment;
  private final Path directory;
  private final Runnable check;

  FetchedSegment(SegmentRecord record, Segment segment, Path directory, Runnable check) {
    this.record = record;
    this.segment = segment;
    this.directory = directory;
    this.check = check;
  }

  public SegmentRecord record() {
    return record;
  }

  /// The rows, with these columns. One that the segment does not have is NULL, as for queries.
  public PageSource rows(List<FieldSpec> fields) {
    return new SegmentRows(segment, fields, false, check);
  }

  /// As [#rows], but what the segment does not have is the schema's default.
  public PageSource rowsWithDefaults(List<FieldSpec> fields) {
    return new SegmentRows(segment, fields, true, check);
  }

  @Override
  public void close() {
    segment.close();
    Directories.delete(directory);
  }
}
