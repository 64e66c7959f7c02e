package io.cuvee.minion.merge;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.task.SegmentList;
import io.cuvee.cluster.task.TaskSettings;
import io.cuvee.minion.bucket.BucketSegments;
import io.cuvee.minion.bucket.TimeColumn;
import io.cuvee.minion.worker.TaskExecutor;
import io.cuvee.minion.worker.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Merges segments: new ones have the rows of one bucket each, and take the place of the old ones
/// all at once.
public final class MergeExecutor implements TaskExecutor {
  @Override
  public String type() {
    return MergeGenerator.TYPE;
  }

  @Override
  public String run(Work work) {
    TaskSettings settings = new TaskSettings(work.table(), MergeGenerator.TYPE, work.settings());
    String name = work.setting(MergeGenerator.MARK);
    MergeLevel level =
        MergeLevel.of(settings).stream()
            .filter(each -> each.name().equals(name))
            .findFirst()
            .orElseThrow(() -> settings.wrong(name + ".mergeType", "Schedule the task again."));
    List<SegmentRecord> read = new ArrayList<>();
    for (Map.Entry<String, Long> listed : SegmentList.decode(work.settings()).entrySet()) {
      Optional<SegmentRecord> record =
          work.segment(listed.getKey()).filter(now -> now.crc() == listed.getValue());
      if (record.isEmpty()) {
        return "Nothing: segment " + listed.getKey() + " was changed meanwhile";
      }
      read.add(record.get());
    }
    BucketSegments merged =
        new BucketSegments(
            work,
            level.form(),
            TimeColumn.of(work.table(), work.schema(), MergeGenerator.TYPE),
            read.stream().map(BucketSegments.Source::all).toList(),
            "merged_" + level.name().replaceAll("[^A-Za-z0-9_]", "_"));
    work.replaceAll(
        read,
        merged.names(),
        Map.of(MergeGenerator.MARK, level.name()),
        Optional.empty(),
        merged::build);
    return read.size() + " segments became " + merged.count();
  }
}
