package io.cuvee.cluster.task;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Says what there is to do for one type of tasks. Runs in the leading controller; found as a
/// service, so that a type is added by putting its jar beside the others. Thread-safe.
public interface TaskGenerator {
  /// As in `taskTypeConfigsMap`: `PurgeTask`.
  String type();

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
  record Inputs(
      TableConfig table,
      Schema schema,
      Map<String, String> settings,
      Map<String, SegmentRecord> segments,
      Instant now,
      Conditions conditions) {
    public Inputs {
      settings = Map.copyOf(settings);
      segments = Map.copyOf(segments);
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
