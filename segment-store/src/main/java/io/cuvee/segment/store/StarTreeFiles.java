package io.cuvee.segment.store;

import io.cuvee.common.error.CuveeException;
import io.cuvee.segment.column.ColumnBuffers;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.column.StoredColumns;
import io.cuvee.segment.format.BufferEntry;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.ColumnMetadata;
import io.cuvee.segment.format.SegmentFiles;
import io.cuvee.segment.format.SegmentFormat;
import io.cuvee.segment.format.StarTreeMetadata;
import io.cuvee.segment.format.StarTreeMetadataFormat;
import io.cuvee.segment.index.startree.StarTree;
import io.cuvee.segment.index.startree.StarTreeNodes;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Opens the star-trees of a segment: their metadata is checked to the last byte, their other
/// buffers for their lengths.
final class StarTreeFiles {
  private final SegmentFiles files;
  private final Map<String, SegmentColumn> segmentColumns;
  private final Map<String, ColumnBuffers> buffers;

  private StarTreeFiles(
      SegmentFiles files,
      Map<String, SegmentColumn> segmentColumns,
      Map<String, ColumnBuffers> buffers) {
    this.files = files;
    this.segmentColumns = segmentColumns;
    this.buffers = buffers;
  }

  /// @param buffers the mapped buffers by the name that the index map has for them
  /// @throws CuveeException `CORRUPT_SEGMENT`, `UNSUPPORTED_VERSION`
  static List<StarTree> open(
      SegmentFiles files,
      Map<String, SegmentColumn> segmentColumns,
      Map<String, ColumnBuffers> buffers) {
    StarTreeFiles opening = new StarTreeFiles(files, segmentColumns, buffers);
    List<StarTree> trees = new ArrayList<>();
    while (buffers.containsKey(StarTreeMetadata.owner(trees.size()))) {
      trees.add(opening.tree(trees.size()));
    }
    opening.checkOwners(trees);
    return List.copyOf(trees);
  }

  private StarTree tree(int number) {
    String owner = StarTreeMetadata.owner(number);
    ColumnBuffers own = buffers.get(owner);
    Optional<MemorySegment> description =
        own == null ? Optional.empty() : own.buffer(BufferKind.STAR_TREE_METADATA);
    if (own == null || description.isEmpty() || !own.has(BufferKind.STAR_TREE_NODES)) {
      throw damaged(owner + " lacks metadata or nodes");
    }
    for (BufferEntry entry : files.map().buffers()) {
      if (entry.column().equals(owner) && entry.kind() == BufferKind.STAR_TREE_METADATA) {
        Checksums.check(files, entry, description.get());
      }
    }
    StarTreeMetadata metadata =
        StarTreeMetadataFormat.read(
            files.columnsFile(), description.get().toArray(ValueLayout.JAVA_BYTE));
    long nodeBytes = (long) metadata.nodeCount() * StarTreeNodes.NODE_BYTES;
    if (own.length(BufferKind.STAR_TREE_NODES) != nodeBytes) {
      throw damaged(
          "the nodes of "
              + owner
              + " have "
              + own.length(BufferKind.STAR_TREE_NODES)
              + " bytes, expected "
              + nodeBytes);
    }
    List<SegmentColumn> columns = new ArrayList<>();
    long[] columnBytes = new long[metadata.columns().size()];
    for (int i = 0; i < columnBytes.length; i++) {
      columns.add(column(metadata, number, i));
      columnBytes[i] = bytes(StarTreeMetadata.owner(number, i));
    }
    return new StarTree(
        metadata, new StarTreeNodes(own.address(BufferKind.STAR_TREE_NODES)), columns, columnBytes);
  }

  private long bytes(String owner) {
    ColumnBuffers own = buffers.getOrDefault(owner, new ColumnBuffers(Map.of()));
    long bytes = 0;
    for (BufferKind kind : BufferKind.values()) {
      bytes += own.length(kind);
    }
    return bytes;
  }

  private SegmentColumn column(StarTreeMetadata tree, int number, int position) {
    ColumnMetadata column = tree.columns().get(position);
    String owner = StarTreeMetadata.owner(number, position);
    ColumnBuffers own = buffers.getOrDefault(owner, new ColumnBuffers(Map.of()));
    boolean dimension = position < tree.dimensionColumns();
    Set<BufferKind> expected = EnumSet.noneOf(BufferKind.class);
    expected.addAll(BufferKind.dataOf(column));
    if (dimension) {
      expected.remove(BufferKind.DICTIONARY_VALUES);
      expected.remove(BufferKind.DICTIONARY_OFFSETS);
    }
    files.checkColumn(owner, column, tree.docCount(), expected);
    if (!dimension) {
      return StoredColumns.open(column, tree.docCount(), own);
    }
    SegmentColumn source = segmentColumns.get(column.name());
    if (source == null
        || column.type().isArray()
        || !source.type().equals(column.type())
        || source.dictionary().isEmpty()
        || source.dictionary().get().size() != column.statistics().cardinality()) {
      throw damaged(owner + " does not fit the segment's column '" + column.name() + "'");
    }
    return StoredColumns.open(column, tree.docCount(), own, source.dictionary().get());
  }

  private void checkOwners(List<StarTree> trees) {
    Set<String> known = new java.util.HashSet<>();
    for (int tree = 0; tree < trees.size(); tree++) {
      known.add(StarTreeMetadata.owner(tree));
      for (int i = 0; i < trees.get(tree).metadata().columns().size(); i++) {
        known.add(StarTreeMetadata.owner(tree, i));
      }
    }
    for (String owner : buffers.keySet()) {
      if (StarTreeMetadata.isOwner(owner)
          && !known.contains(owner)
          && !segmentColumns.containsKey(owner)) {
        throw damaged(owner + " belongs to no star-tree");
      }
    }
  }

  private CuveeException damaged(String what) {
    return SegmentFormat.corrupt(
        files.directory().resolve(io.cuvee.segment.format.IndexMapFormat.FILE), what);
  }
}
