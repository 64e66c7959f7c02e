package io.cuvee.engine.plan;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.engine.filter.FilterPlan;
import io.cuvee.engine.scan.Block;
import io.cuvee.engine.scan.BlockBuffers;
import io.cuvee.engine.scan.BufferPool;
import io.cuvee.engine.schedule.Job;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.spill.Spill;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One query while it runs on this server: its segments are prepared, scanned morsel by morsel by
/// any number of threads, put together by one, and its pages delivered as the sink takes them.
/// Thread-safe; whatever happens, the sink gets one end or one failure, and the segments are
/// released, once no thread is at work on it any more.
public final class QueryTask implements Job {
  private static final Logger LOG = LoggerFactory.getLogger(QueryTask.class);

  /// If one thread is done sooner, another, which takes some 70 us to awake, is no help.
  private static final double WAKING_NANOS = 150_000;

  /// A query that is likely to take longer is taken for a long one before the clock has told.
  private static final double SURELY_LONG_NANOS = 4 * WAKING_NANOS;

  /// So long a query may run in the thread that starts it, roughly.
  private static final long INLINE_NANOS = 300_000;

  /// The same where the query is done by then, with the help of others.
  private static final long LAST_INLINE_NANOS = 1_000_000;

  /// What it takes to collect a row that passes, or a record of a star-tree, roughly.
  private static final double COLLECT_NANOS = 8;

  private enum Phase {
    PREPARE,
    SCAN,
    FINISH,
    EMIT,
    DONE
  }

  /// What a thread does next.
  private enum Unit {
    NONE,
    PREPARE,
    MORSEL,
    FINISH,
    EMIT,
    CLOSE
  }

  private final SegmentPreparation preparation;
  private final QueryOutput output;
  private final QueryContext context;
  private final MemoryBudget budget;
  private final ResultSink sink;
  private final Runnable release;
  private final BufferPool buffers;
  private final ObjIntConsumer<QueryTask> wakeUp;
  private final @Nullable Worker[] workers;

  // Guarded by this object's lock.
  private Phase phase = Phase.PREPARE;
  private int active;
  private boolean inline;
  private int nextSegment;
  private final List<SegmentScan> scans = new ArrayList<>();
  private int nextScan;
  private int nextMorsel;
  private long segmentsPruned;
  private @Nullable CuveeException failure;
  private @Nullable PageSource results;

  private final AtomicLong answeredRows;
  private final AtomicLong cpuNanos = new AtomicLong();
  private final AtomicLong totalDocs = new AtomicLong();

  /// Of these, how many were looked at, or need not be.
  private final AtomicLong examinedDocs = new AtomicLong();

  private final AtomicLong starTreeSegments = new AtomicLong();
  private final AtomicLong segmentsMatched = new AtomicLong();

  /// Ordinals of scanned segments with a row in the result; several workers may share a segment.
  private final Set<Integer> matchedScans = ConcurrentHashMap.newKeySet();

  QueryTask(
      SegmentPreparation preparation,
      QueryOutput output,
      QueryContext context,
      MemoryBudget budget,
      AtomicLong answeredRows,
      ResultSink sink,
      int workerCount,
      BufferPool buffers,
      Runnable release,
      ObjIntConsumer<QueryTask> wakeUp) {
    this.preparation = preparation;
    this.output = output;
    this.context = context;
    this.budget = budget;
    this.answeredRows = answeredRows;
    this.sink = sink;
    this.release = release;
    this.buffers = buffers;
    this.wakeUp = wakeUp;
    // One more, for the thread that starts the query.
    this.workers = new Worker[workerCount + 1];
  }

  public QueryContext context() {
    return context;
  }

  /// Rows of the segments that are looked at or need not be; may be asked at any time.
  public long examinedRows() {
    return examinedDocs.get();
  }

  /// Rows of the segments, as far as these have been opened.
  public long totalRows() {
    return totalDocs.get();
  }

  /// Goes on after the sink is ready again, or notices that the deadline has passed.
  public void resume() {
    wakeUp.accept(this, parallelism());
  }

  /// Makes the query fail soon with `QUERY_CANCELLED`, unless it has ended.
  public void cancel() {
    context.cancel();
    resume();
  }

  /// How many threads have something to do now, at least 1.
  private synchronized int parallelism() {
    return switch (phase) {
      case PREPARE -> Math.max(1, preparation.segmentCount() - nextSegment);
      case SCAN -> workers.length - 1;
      case FINISH, EMIT, DONE -> 1;
    };
  }

  /// Runs in the thread that starts the query: all of it if it is short, else the first part, in
  /// the place of a worker and while others are awakening. If there is only one worker, what is not
  /// short is left to it.
  void runInline() {
    int others = workers.length - 2;
    long end = Long.MAX_VALUE;
    boolean alone = true;
    long scanStart = 0;
    int units = 0;
    synchronized (this) {
      inline = true;
    }
    boolean more = true;
    boolean isOver = false;
    while (more && !isOver) {
      if (alone) {
        long now = System.nanoTime();
        if (scanStart == 0 && isScanning()) {
          scanStart = now;
        }
        double left = scanStart == 0 ? 0 : nanosLeft(now - scanStart, units++);
        if (others == 0 && left > INLINE_NANOS) {
          break;
        }
        if (others > 0 && left > WAKING_NANOS) {
          alone = false;
          boolean isNearlyDone = left / (others + 1) < LAST_INLINE_NANOS;
          end = now + (isNearlyDone ? LAST_INLINE_NANOS : INLINE_NANOS);
          wakeUp.accept(this, others);
        }
      }
      more = run(workers.length - 1);
      isOver = System.nanoTime() >= end;
    }
    boolean goesOn;
    synchronized (this) {
      inline = false;
      // Where there is more to do, another thread takes the place of this one.
      goesOn = phase == Phase.DONE || active > 0 && !more;
    }
    if (!goesOn) {
      resume();
    }
  }

  private synchronized boolean isScanning() {
    return phase == Phase.SCAN;
  }

  /// How long one thread is likely to take for the rest of the scan, if others can share it. What
  /// statistics say counts if it is much, else what the clock says.
  ///
  /// @param nanos since the scan began
  /// @param units done since then, by this thread alone
  private synchronized double nanosLeft(long nanos, int units) {
    int morsels = -nextMorsel;
    for (int i = nextScan; i < scans.size(); i++) {
      morsels += scans.get(i).morselCount();
    }
    if (morsels < 2) {
      return 0;
    }
    if (units > 0) {
      return (double) nanos / units * morsels;
    }
    double likely = scans.stream().mapToDouble(QueryTask::likelyNanos).sum();
    return likely < SURELY_LONG_NANOS ? 0 : likely;
  }

  private static double likelyNanos(SegmentScan scan) {
    FilterPlan filter = scan.filter();
    return (scan.starTree() == null ? filter.likelyNanos() : 0)
        + COLLECT_NANOS * filter.likelyCount();
  }

  @Override
  public boolean run(int worker) {
    Unit unit;
    int segment = 0;
    SegmentScan scan = null;
    int morsel = 0;
    synchronized (this) {
      unit = nextUnit();
      switch (unit) {
        case NONE -> {
          return false;
        }
        case PREPARE -> segment = nextSegment++;
        case MORSEL -> {
          scan = scans.get(nextScan);
          morsel = nextMorsel++;
          if (nextMorsel == scan.morselCount()) {
            nextScan++;
            nextMorsel = 0;
          }
        }
        case FINISH, EMIT, CLOSE -> {}
      }
      active++;
    }
    long start = System.nanoTime();
    try {
      runUnit(unit, worker, segment, scan, morsel);
    } catch (Throwable thrown) {
      fail(thrown);
    } finally {
      cpuNanos.addAndGet(System.nanoTime() - start);
      leave();
    }
    return true;
  }

  private synchronized Unit nextUnit() {
    if (phase == Phase.DONE) {
      return Unit.NONE;
    }
    if (failure == null) {
      try {
        context.check();
      } catch (CuveeException ended) {
        failure = ended;
      }
    }
    if (failure != null) {
      if (active == 0) {
        phase = Phase.DONE;
        return Unit.CLOSE;
      }
      return Unit.NONE;
    }
    advance();
    return switch (phase) {
      case PREPARE -> nextSegment < preparation.segmentCount() ? Unit.PREPARE : Unit.NONE;
      case SCAN -> isScanned() || !sink.isReady() ? Unit.NONE : Unit.MORSEL;
      case FINISH -> active == 0 ? Unit.FINISH : Unit.NONE;
      case EMIT -> active == 0 && sink.isReady() ? Unit.EMIT : Unit.NONE;
      case DONE -> Unit.NONE;
    };
  }

  /// Begins the next phase if nothing of the present one is left.
  private synchronized void advance() {
    if (active > 0 || failure != null) {
      return;
    }
    if (phase == Phase.PREPARE && nextSegment == preparation.segmentCount()) {
      scans.sort(Comparator.comparingInt(SegmentScan::ordinal));
      phase = Phase.SCAN;
    }
    if (phase == Phase.SCAN && isScanned()) {
      phase = Phase.FINISH;
    }
  }

  private boolean isScanned() {
    return nextScan == scans.size() || output.isSatisfied();
  }

  /// Ends a unit; whoever is the last of a phase begins the next.
  private void leave() {
    boolean wakeOthers;
    int others;
    synchronized (this) {
      active--;
      advance();
      // Threads that found nothing while this one was at work have turned away.
      wakeOthers = active == 0 && phase != Phase.DONE && !inline;
      others = parallelism() - 1;
    }
    if (wakeOthers) {
      // This thread comes back by itself.
      wakeUp.accept(this, others);
    }
  }

  private synchronized void fail(Throwable thrown) {
    if (failure != null) {
      return;
    }
    failure =
        switch (thrown) {
          case OutOfMemoryError full ->
              new CuveeException(
                  io.cuvee.common.error.ErrorCode.MEMORY_LIMIT,
                  "Query "
                      + context.queryId()
                      + " ran out of heap on this server. Let it keep fewer rows or groups.",
                  full);
          case StackOverflowError deep ->
              new CuveeException(
                  io.cuvee.common.error.ErrorCode.FEATURE_NOT_SUPPORTED,
                  "Query " + context.queryId() + " has an expression that is nested too deeply.",
                  deep);
          default -> CuveeException.of(thrown);
        };
    if (!(thrown instanceof CuveeException)) {
      LOG.error("Query {} failed", context.queryId(), thrown);
    }
  }

  private void runUnit(Unit unit, int worker, int segment, @Nullable SegmentScan scan, int morsel) {
    switch (unit) {
      case PREPARE -> prepare(segment);
      case MORSEL -> {
        SegmentScan scanned = java.util.Objects.requireNonNull(scan);
        worker(worker).scan(scanned, morsel);
        if (scanned.starTree() == null) {
          examinedDocs.addAndGet(scanned.morselTo(morsel) - scanned.morselFrom(morsel));
        }
      }
      case FINISH -> finish();
      case EMIT -> emit();
      case CLOSE -> close();
      case NONE -> {}
    }
  }

  private void prepare(int segment) {
    SegmentScan scan = preparation.prepare(segment);
    totalDocs.addAndGet(scan.rowCount());
    if (scan.starTree() != null) {
      examinedDocs.addAndGet(scan.rowCount());
      starTreeSegments.incrementAndGet();
    }
    if (scan.filter().isEmpty()) {
      skip(scan);
      synchronized (this) {
        segmentsPruned++;
      }
      output.pruned(scan);
      return;
    }
    long answered = answeredRows.get();
    SegmentScan prepared = output.prepare(scan);
    if (prepared == null) {
      skip(scan);
      if (answeredRows.get() > answered) {
        segmentsMatched.incrementAndGet();
      }
      return;
    }
    synchronized (this) {
      scans.add(prepared);
    }
  }

  private void skip(SegmentScan scan) {
    if (scan.starTree() == null) {
      examinedDocs.addAndGet(scan.rowCount());
    }
  }

  private Worker worker(int number) {
    Worker worker = workers[number];
    if (worker == null) {
      worker = workers[number] = new Worker();
    }
    return worker;
  }

  private void finish() {
    List<Collector> collectors = new ArrayList<>();
    for (Worker worker : workers) {
      if (worker != null) {
        worker.closeSegment();
        collectors.add(worker.collector);
      }
    }
    PageSource finished = output.finish(collectors);
    synchronized (this) {
      results = finished;
      phase = Phase.EMIT;
    }
  }

  private void emit() {
    Page page = java.util.Objects.requireNonNull(results).next();
    if (page != null) {
      sink.page(page);
      return;
    }
    synchronized (this) {
      phase = Phase.DONE;
    }
    close();
  }

  private void close() {
    PageSource rest = results;
    if (rest != null) {
      rest.close();
    }
    for (Worker worker : workers) {
      if (worker != null) {
        buffers.giveBack(worker.buffers);
      }
    }
    budget.close();
    try {
      release.run();
    } finally {
      CuveeException failed;
      synchronized (this) {
        failed = failure;
      }
      if (failed != null) {
        sink.fail(failed);
      } else {
        sink.end(stats());
      }
    }
  }

  private QueryStats stats() {
    Spill spill = budget.spill();
    long docsScanned = answeredRows.get();
    long entries = 0;
    for (Worker worker : workers) {
      if (worker != null) {
        docsScanned += worker.docsScanned;
        entries += worker.block.takeScannedEntries();
      }
    }
    return new QueryStats(
        preparation.segmentCount(),
        segmentsPruned,
        segmentsMatched.get() + matchedScans.size(),
        docsScanned,
        entries,
        totalDocs.get(),
        cpuNanos.get(),
        starTreeSegments.get(),
        spill == null ? 0 : spill.writtenBytes(),
        spill == null ? 0 : spill.fileCount());
  }

  /// What one thread keeps for this query. A thread stays with a segment as long as that has
  /// morsels.
  private final class Worker {
    private final BlockBuffers buffers = QueryTask.this.buffers.take();
    private final Block block = new Block(preparation.columnCount(), buffers);
    private final long[] mask = new long[Block.WORDS];
    private final int[] docIds = buffers.ints();
    private final Collector collector = output.collector(sink::page);
    private @Nullable SegmentScan open;
    private long docsScanned;
    private boolean matched;

    void scan(SegmentScan scan, int morsel) {
      if (open == null || open.ordinal() != scan.ordinal()) {
        closeSegment();
        block.open(scan.columns(), scan.docCount(), scan.indexCount());
        collector.open(scan, block);
        open = scan;
        matched = false;
      }
      int first = scan.morselFrom(morsel);
      int to = scan.morselTo(morsel);
      if (collector.takesDocs() && scan.filter().listsDocs(first)) {
        scanListed(scan, first, to);
        return;
      }
      for (int at = first; at < to; at += Block.ROWS) {
        int next = scan.filter().next(block, at, to);
        if (next >= to) {
          return;
        }
        int from = next / Block.ROWS * Block.ROWS;
        at = from;
        block.start(from, Math.min(Block.ROWS, scan.docCount() - from));
        int selected = scan.filter().select(block, mask);
        if (selected > 0) {
          docsScanned += selected;
          matched = true;
          collector.collect(block, mask, selected);
        }
      }
    }

    private void scanListed(SegmentScan scan, int from, int to) {
      for (int at = Math.max(from, scan.filter().from());
          at < to;
          at = block.indexed().listedTo()) {
        int selected = scan.filter().list(block, at, to, docIds);
        if (selected > 0) {
          docsScanned += selected;
          matched = true;
          collector.collect(block, docIds, selected);
        }
      }
    }

    void closeSegment() {
      if (open != null) {
        collector.flush(block);
        if (matched) {
          matchedScans.add(open.ordinal());
        }
        open = null;
      }
    }
  }
}
