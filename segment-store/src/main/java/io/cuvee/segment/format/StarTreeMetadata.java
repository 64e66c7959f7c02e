package io.cuvee.segment.format;

import java.util.List;

/// What a segment says of one of its star-trees: a table of its own, whose documents are records
/// that stand for rows of the segment. The buffers of its columns are in the segment's
/// `columns.bin` under the names that [#owner(int, int)] gives.
///
/// @param dimensions in the order in which the tree splits
/// @param maxLeafRecords a node of at most so many records is not split further
/// @param metrics what each record has
/// @param leftOut aggregates that were asked for and that the records do not have, because one
///   overflowed, as function and argument
/// @param docCount records
/// @param baseCount how many of them, from the first, stand for the rows without leaving out a
///   dimension
/// @param nodeCount nodes of the tree
/// @param columns of the records: first those dimensions that are stored, then states of aggregates
public record StarTreeMetadata(
    List<Dimension> dimensions,
    int maxLeafRecords,
    List<Metric> metrics,
    List<String> leftOut,
    int docCount,
    int baseCount,
    int nodeCount,
    List<ColumnMetadata> columns) {
  private static final String PREFIX = "$startree/";

  public StarTreeMetadata {
    dimensions = List.copyOf(dimensions);
    metrics = List.copyOf(metrics);
    leftOut = List.copyOf(leftOut);
    columns = List.copyOf(columns);
  }

  /// @param name of the segment's column
  /// @param skipStarNodes whether no records leave it out
  /// @param isStored whether the records have it; else it is NULL in all rows of the segment
  public record Dimension(String name, boolean skipStarNodes, boolean isStored) {}

  /// An aggregate that each record has.
  ///
  /// @param function as [io.cuvee.common.catalog.StoredAggregates#function] names it
  /// @param argument as [io.cuvee.common.catalog.StoredAggregates#argument] writes it
  /// @param columns positions, in `columns`, of the state: of the SUM of integers the low 64 bits,
  ///   and the high ones only if they differ from the sign of the low ones somewhere
  public record Metric(String function, String argument, List<Integer> columns) {
    public Metric {
      columns = List.copyOf(columns);
    }
  }

  /// How many of the columns are dimensions.
  public int dimensionColumns() {
    return (int) dimensions.stream().filter(Dimension::isStored).count();
  }

  /// Under which name the index map has the metadata and the nodes of a tree.
  public static String owner(int tree) {
    return PREFIX + tree;
  }

  /// Under which name the index map has the buffers of a tree's column.
  public static String owner(int tree, int column) {
    return PREFIX + tree + "/" + column;
  }

  /// Whether buffers of this name belong to a star-tree.
  public static boolean isOwner(String column) {
    return column.startsWith(PREFIX);
  }

  /// Whether buffers of this name belong to this tree.
  public static boolean isOwner(String column, int tree) {
    return column.equals(owner(tree)) || column.startsWith(owner(tree) + "/");
  }
}
