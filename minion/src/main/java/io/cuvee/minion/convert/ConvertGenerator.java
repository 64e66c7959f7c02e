package io.cuvee.minion.convert;

import io.cuvee.cluster.task.TaskGenerator;
import io.cuvee.cluster.task.TaskSettings;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Looks for files that have no segment yet, each time: minions see the files, this does not.
public final class ConvertGenerator implements TaskGenerator {
  static final String TYPE = "SegmentGenerationAndPushTask";

  /// Which part of the files a task takes, and how many parts there are.
  static final String PART = "part";

  static final String PARTS = "parts";

  @Override
  public String type() {
    return TYPE;
  }

  @Override
  public List<Map<String, String>> generate(Inputs inputs) {
    TaskSettings settings = new TaskSettings(inputs.table(), TYPE, inputs.settings());
    // Throws if it is wrong.
    var _ = InputFiles.of(settings);
    int tasks = settings.maxTasks(1);
    List<Map<String, String>> parts = new ArrayList<>();
    for (int i = 0; i < tasks; i++) {
      Map<String, String> part = new LinkedHashMap<>(inputs.settings());
      part.put(PART, Integer.toString(i));
      part.put(PARTS, Integer.toString(tasks));
      parts.add(part);
    }
    return parts;
  }
}
