package io.cuvee.minion.move;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.task.MovedRows;
import io.cuvee.cluster.task.SegmentList;
import io.cuvee.common.catalog.TableType;
import io.cuvee.minion.bucket.BucketSegments;
import io.cuvee.minion.bucket.BucketSegments.Source;
import io.cuvee.minion.worker.TaskExecutor;
import io.cuvee.minion.worker.Work;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Builds segments of the OFFLINE half from rows of the REALTIME half. They are seen at once with a
/// note of what was moved, and only if nothing else was moved meanwhile, so each row is moved once,
/// however often this is tried.
public final class MoveExecutor implements TaskExecutor {
  @Override
  public String type() {
    return MovedRows.TASK;
  }

  @Override
  public String run(Work work) {
    MoveSettings settings = MoveSettings.of(work.table(), work.schema(), work.settings());
    Optional<MovedRows> before =
        Optional.ofNullable(work.settings().get(MoveGenerator.BEFORE)).map(MovedRows::parse);
    MovedRows after = MovedRows.parse(work.setting(MoveGenerator.AFTER));
    MovedRows moved = before.orElseGet(() -> new MovedRows(after.from(), after.from(), Map.of()));
    List<Source> sources = new ArrayList<>();
    for (Map.Entry<String, Long> listed : SegmentList.decode(work.settings()).entrySet()) {
      Optional<SegmentRecord> record =
          work.segment(listed.getKey()).filter(now -> now.crc() == listed.getValue());
      if (record.isEmpty()) {
        return "Nothing: segment " + listed.getKey() + " was changed meanwhile";
      }
      sources.add(MoveGenerator.source(record.get(), moved, after.until()));
    }
    Work offline = work.on(TableType.OFFLINE.physicalName(work.table().logicalName()));
    BucketSegments segments =
        new BucketSegments(offline, settings.form(), settings.time(), sources, "moved");
    offline.replaceAll(
        List.of(),
        segments.names(),
        Map.of(MovedRows.TASK, "true"),
        Optional.of(new MovedRows.Step(before, after)),
        segments::build);
    return "Rows of " + sources.size() + " segments became " + segments.count() + " segments";
  }
}
