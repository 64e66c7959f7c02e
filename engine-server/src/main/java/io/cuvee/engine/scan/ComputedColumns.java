package io.cuvee.engine.scan;

import io.cuvee.common.catalog.VirtualColumns;
import io.cuvee.common.type.ColumnType;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.store.ReadableSegment;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The [VirtualColumns] of a segment on this server.
public final class ComputedColumns implements ColumnSource {
  private final byte[] hostName;

  public ComputedColumns(String hostName) {
    this.hostName = hostName.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public Optional<SegmentColumn> column(ReadableSegment segment, String name, ColumnType type) {
    return switch (name) {
      case VirtualColumns.SEGMENT_NAME ->
          Optional.of(
              new ConstantColumn(
                  name, type, segment.docCount(), segment.name().getBytes(StandardCharsets.UTF_8)));
      case VirtualColumns.HOST_NAME ->
          Optional.of(new ConstantColumn(name, type, segment.docCount(), hostName));
      case VirtualColumns.DOC_ID -> Optional.of(new DocIdColumn(name, type, segment.docCount()));
      // No segment is of a partition so far.
      case VirtualColumns.PARTITION_ID ->
          Optional.of(new MissingColumn(name, type, segment.docCount()));
      default -> Optional.empty();
    };
  }
}
