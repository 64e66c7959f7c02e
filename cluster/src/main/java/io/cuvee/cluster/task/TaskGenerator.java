package io.cuvee.cluster.task;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Says what there is to do for one type of tasks. Runs in the leading controller; found as a
/// service, so that a type is added by putting its jar beside the others. Thread-safe.
public interface TaskGenerator {
  /// As in `taskTypeConfigsMap`: `PurgeTask`.
  String type();

  /// The type of tables that it works on.
  default TableType tableType() {
    return TableType.OFFLINE;
  }

  /// The settings of the tasks that a table needs now; none if there is nothing to do.
  ///
  /// @throws io.cuvee.common.error.CuveeException `INVALID_TABLE` if the table's settings of this
  ///   type are wrong, also if there are no segments
  List<Map<String, String>> generate(Inputs inputs);

  /// What a generator may look at.
  ///
  /// @param settings of this type in the table's config, overruled by those of a request
  /// @param segments sealed ones that queries see, by name
  /// @param conditions parses conditions
  /// @param live for tasks on REALTIME tables; absent where settings are only checked
  record Inputs(
      TableConfig table,
      Schema schema,
      Map<String, String> settings,
      Map<String, SegmentRecord> segments,
      Instant now,
      Conditions conditions,
      Optional<Live> live) {
    public Inputs {
      settings = Map.copyOf(settings);
      segments = Map.copyOf(segments);
    }
  }

  /// What else there is to know of a REALTIME table.
  ///
  /// @param consuming its segments that are not sealed yet
  /// @param offline segments of its OFFLINE half that queries see
  /// @param moved which of its rows are in the OFFLINE half, if any were moved
  record Live(
      Collection<SegmentRecord> consuming,
      Collection<SegmentRecord> offline,
      Optional<MovedRows> moved) {
    public Live {
      consuming = List.copyOf(consuming);
      offline = List.copyOf(offline);
    }
  }

  /// Turns the text of a SQL condition over a table's columns into a form that a minion
  /// understands: [TaskConditions].
  @FunctionalInterface
  interface Conditions {
    /// @throws io.cuvee.common.error.CuveeException that says what is wrong with it
    String encode(TableConfig table, Schema schema, String sql);
  }
}
