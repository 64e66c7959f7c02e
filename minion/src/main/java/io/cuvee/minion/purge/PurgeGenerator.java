package io.cuvee.minion.purge;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.task.SegmentList;
import io.cuvee.cluster.task.TaskGenerator;
import io.cuvee.cluster.task.TaskSettings;
import java.util.List;
import java.util.Map;

/// Purges the segments that were not purged by the present condition. One that compares with the
/// present time is another each time.
public final class PurgeGenerator implements TaskGenerator {
  static final String TYPE = "PurgeTask";
  static final String CONDITION = "condition";

  /// The mark of segments without such rows: the fingerprint of the condition.
  static final String MARK = "PurgeTask.condition";

  private static final String FILTER = "filter";
  private static final int MAX_TASKS = 10;

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public List<Map<String, String>> generate(Inputs inputs) {
    TaskSettings settings = new TaskSettings(inputs.table(), TYPE, inputs.settings());
    String condition =
        inputs
            .conditions()
            .encode(
                inputs.table(),
                inputs.schema(),
                settings.required(
                    FILTER, "Write the condition of the rows to remove, as: user_id IN (17, 42)"));
    String mark = TaskSettings.fingerprint(condition);
    int tasks = settings.maxTasks(MAX_TASKS);
    List<SegmentRecord> unpurged =
        inputs.segments().values().stream()
            .filter(segment -> !mark.equals(segment.marks().get(MARK)))
            .toList();
    return SegmentList.spread(unpurged, tasks).stream()
        .map(part ->
            Map.of(
                SegmentList.KEY,
                SegmentList.encode(part),
                CONDITION,
                condition,
                FILTER,
                settings.required(FILTER, "")))
        .toList();
  }
}
