package io.cuvee.minion.refresh;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.task.SegmentList;
import io.cuvee.execution.page.PageSource;
import io.cuvee.minion.worker.FetchedSegment;
import io.cuvee.minion.worker.TaskExecutor;
import io.cuvee.minion.worker.Work;
import java.util.List;
import java.util.Map;

/// Builds segments anew as they would be built today: with the columns of the schema and their
/// defaults, sorted and stored as the table's config says. One that stays as it is, is only marked.
public final class RefreshExecutor implements TaskExecutor {
  @Override
  public String type() {
    return RefreshGenerator.TYPE;
  }

  @Override
  public String run(Work work) {
    Map<String, String> marks = Map.of(RefreshGenerator.MARK, work.setting(RefreshGenerator.MARK));
    List<String> names = List.copyOf(SegmentList.decode(work.settings()).keySet());
    int changed = 0;
    int done = 0;
    for (String name : names) {
      changed += work.onPresent(name, record -> refresh(work, record, marks)).orElse(false) ? 1 : 0;
      done++;
      work.progress(done + " of " + names.size() + " segments, " + changed + " changed");
    }
    return changed + " of " + names.size() + " segments changed";
  }

  private static boolean refresh(Work work, SegmentRecord record, Map<String, String> marks) {
    try (FetchedSegment segment = work.fetch(record);
        PageSource rows = segment.rowsWithDefaults(work.schema().fields())) {
      Work.Built built = work.build(record.name(), rows);
      if (built.metadata().crc() == record.crc()) {
        work.mark(record, marks);
        return false;
      }
      work.replace(record, built, marks);
      return true;
    }
  }
}
