package io.cuvee.common.catalog;

import io.cuvee.common.catalog.Catalog.TableColumn;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// Columns that every table has and no segment stores: they tell where a row lies. `SELECT *` and
/// metadata do not show them; who names them gets them.
public final class VirtualColumns {
  /// The segment that holds the row.
  public static final String SEGMENT_NAME = "$segmentName";

  /// The row's number within its segment, from 0.
  public static final String DOC_ID = "$docId";

  /// The server that answered for the row; another replica has another.
  public static final String HOST_NAME = "$hostName";

  /// The partitions that the row's segment holds, as texts `column_partition`; NULL where the
  /// segment is not of a partition.
  public static final String PARTITION_ID = "$partitionId";

  public static final List<TableColumn> ALL =
      List.of(
          new TableColumn(SEGMENT_NAME, ColumnType.STRING, false),
          new TableColumn(DOC_ID, ColumnType.INT, false),
          new TableColumn(HOST_NAME, ColumnType.STRING, false),
          new TableColumn(PARTITION_ID, ColumnType.arrayOf(DataType.STRING), true));

  private static final Pattern NAMED =
      Pattern.compile("\\$(segmentName|docId|hostName|partitionId)\\b", Pattern.CASE_INSENSITIVE);

  private VirtualColumns() {}

  /// The virtual column of this name, in any case.
  public static Optional<TableColumn> find(String name) {
    return ALL.stream().filter(column -> column.name().equalsIgnoreCase(name)).findFirst();
  }

  /// Whether a statement may name one.
  public static boolean areNamedIn(String statement) {
    return statement.indexOf('$') >= 0 && NAMED.matcher(statement).find();
  }
}
