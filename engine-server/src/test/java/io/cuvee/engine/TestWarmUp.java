package io.cuvee.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.engine.plan.CollectedAnswer;
import io.cuvee.engine.plan.QueryEngine;
import io.cuvee.engine.schedule.WorkerPool;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.segment.store.Segment;
import io.cuvee.segment.store.Verify;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestWarmUp {
  @TempDir Path directory;

  @Test
  void itsQueriesForStarTreesAreAnsweredByOne() throws InterruptedException {
    Path target = directory.resolve("warm-up");
    try (WorkerPool pool = new WorkerPool(1, "warm")) {
      QueryEngine engine = new QueryEngine(pool, MemoryBudget.unlimited(), Long.MAX_VALUE);
      new WarmUp(engine).run(target, Duration.ofMillis(1));
      try (Segment segment = Segment.open(target, Verify.CHECKSUMS)) {
        for (SegmentQuery query : WarmUp.queriesForTrees()) {
          CollectedAnswer answer = new CollectedAnswer();
          engine.start(
              query,
              List.of(segment),
              QueryContext.withTimeout("q", Duration.ofSeconds(30)),
              answer,
              () -> {});
          assertThat(answer.await().stats().starTreeSegments()).as(query.toString()).isEqualTo(1);
        }
      }
    }
  }
}
