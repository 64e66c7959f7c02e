package io.cuvee.minion.refresh;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.task.SegmentList;
import io.cuvee.cluster.task.TaskGenerator;
import io.cuvee.cluster.task.TaskSettings;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;
import java.util.List;
import java.util.Map;

/// Refreshes the segments that were not refreshed for the present schema and index config.
public final class RefreshGenerator implements TaskGenerator {
  static final String TYPE = "RefreshSegmentTask";

  /// The fingerprint of schema and index config, in a task's settings and as mark of segments.
  static final String MARK = "RefreshSegmentTask.config";

  private static final int MAX_TASKS = 20;

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public List<Map<String, String>> generate(Inputs inputs) {
    TaskSettings settings = new TaskSettings(inputs.table(), TYPE, inputs.settings());
    int tasks = settings.maxTasks(MAX_TASKS);
    JsonNode config = Json.object(inputs.table().toJson(), "table config", ErrorCode.INVALID_TABLE);
    String mark =
        TaskSettings.fingerprint(
            inputs.schema().toJson()
                + config.path("tableIndexConfig")
                + config.path("fieldConfigList"));
    List<SegmentRecord> old =
        inputs.segments().values().stream()
            .filter(segment -> !mark.equals(segment.marks().get(MARK)))
            .toList();
    return SegmentList.spread(old, tasks).stream()
        .map(part -> Map.of(SegmentList.KEY, SegmentList.encode(part), MARK, mark))
        .toList();
  }
}
