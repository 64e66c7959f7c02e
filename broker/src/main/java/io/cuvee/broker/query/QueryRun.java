package io.cuvee.broker.query;

import io.cuvee.broker.scatter.Missing;
import io.cuvee.broker.scatter.Scatter;
import io.cuvee.broker.scatter.ScatterReport;
import io.cuvee.broker.system.QueryInfo;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.spill.Spill;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// One query on its way: its pages as they are pulled, then what it cost. [#cancel()] may be called
/// from any thread, the rest from one at a time.
public final class QueryRun implements AutoCloseable {
  private final QueryCall call;
  private final QueryContext context;
  private final Running running;
  private final long timeoutMillis;
  private long startNanos = System.nanoTime();
  private final long startMillis = System.currentTimeMillis();
  private volatile BooleanSupplier clientGone = () -> false;
  private volatile @Nullable Scatter scatter;
  private volatile @Nullable MemoryBudget memory;
  private List<OutputColumn> columns = List.of();
  private volatile List<String> tables = List.of();
  private PageSource pages = PageSource.of(List.of());
  private long rowsLeft;
  private long rows;
  private String outcome = "abandoned";
  private long queueNanos;
  private long planNanos;
  private long scatterNanos;
  private long mergeNanos;
  private volatile boolean ended;
  private boolean closed;
  private boolean updates;
  private boolean constant;
  private boolean counted = true;
  private volatile boolean admitted;

  /// The routing that it uses is at least of this version.
  private volatile long routingVersion = Long.MAX_VALUE;

  private volatile @Nullable CuveeException failure;

  /// Where a query is listed while it runs.
  interface Running {
    void ended(QueryRun run, QueryInfo last);
  }

  QueryRun(QueryCall call, QueryContext context, long timeoutMillis, Running running) {
    this.timeoutMillis = timeoutMillis;
    this.call = call;
    this.context = context;
    this.running = running;
    this.rowsLeft = call.maxRows();
  }

  /// Before the query takes its routing.
  void routes(long version) {
    routingVersion = version;
  }

  /// Whether it may ask servers that routing of this version would not ask.
  boolean routedBefore(long version) {
    return routingVersion < version;
  }

  void admitted() {
    queueNanos = System.nanoTime() - startNanos;
    admitted = true;
  }

  void planned(long nanos, List<String> tableNames) {
    planNanos = nanos;
    tables = tableNames;
  }

  void scatters(Scatter newScatter, MemoryBudget newMemory) {
    scatter = newScatter;
    memory = newMemory;
  }

  void began(long nanos, List<OutputColumn> outputColumns, PageSource source) {
    scatterNanos = nanos;
    columns = outputColumns;
    pages = source;
  }

  void updates() {
    updates = true;
  }

  /// Whether it has changed something, and its row only says so.
  public boolean isUpdate() {
    return updates;
  }

  void constant() {
    constant = true;
  }

  /// Whether its rows follow from its text, so that nothing has to be waited for.
  public boolean isConstant() {
    return constant;
  }

  public String id() {
    return context.queryId();
  }

  public QueryCall call() {
    return call;
  }

  public QueryContext context() {
    return context;
  }

  public long startMillis() {
    return startMillis;
  }

  public List<OutputColumn> columns() {
    return columns;
  }

  /// Logical tables that are read.
  public List<String> tables() {
    return tables;
  }

  /// Rows delivered so far.
  public long rows() {
    return rows;
  }

  /// Milliseconds since the query came.
  public long elapsedMillis() {
    return (System.nanoTime() - startNanos) / 1_000_000;
  }

  public long mergeMillis() {
    return mergeNanos / 1_000_000;
  }

  /// What the servers did; empty for a query without servers.
  public Optional<ScatterReport> report() {
    return Optional.ofNullable(scatter).map(Scatter::report);
  }

  /// Bytes that the broker put on disk because they did not fit in its memory.
  public long spilledBytes() {
    Spill spill = memory == null ? null : memory.spill();
    return spill == null ? 0 : spill.writtenBytes();
  }

  /// How many files these bytes were in.
  public long spillFiles() {
    Spill spill = memory == null ? null : memory.spill();
    return spill == null ? 0 : spill.fileCount();
  }

  /// A sentence on what the answer lacks; empty if it is whole.
  public Optional<String> warning() {
    Map<String, String> missing = report().map(ScatterReport::missing).orElse(Map.of());
    return missing.isEmpty()
        ? Optional.empty()
        : Optional.of(Missing.sentence("The answer is partial", missing));
  }

  /// Leaves this query out of the metrics.
  public void uncounted() {
    counted = false;
    QueryMetrics.uncounted();
  }

  /// Tells when the request came, if that was before this was made.
  public void arrived(long nanoTime) {
    startNanos = nanoTime;
  }

  /// Nanoseconds from the request's arrival until its first byte left for a server; 0 if none did.
  public long dispatchNanos() {
    OptionalLong sent = report().map(ScatterReport::firstSent).orElse(OptionalLong.empty());
    return sent.isPresent() ? sent.getAsLong() - startNanos : 0;
  }

  /// Tells how to find out whether the client still waits.
  public void watch(BooleanSupplier isClientGone) {
    clientGone = isClientGone;
  }

  /// Cancels a query that nobody waits for any more.
  boolean cancelIfAbandoned() {
    boolean abandoned = !ended && clientGone.getAsBoolean();
    if (abandoned) {
      cancel();
    }
    return abandoned;
  }

  /// The next page with at least one row; `null` at the end.
  ///
  /// @throws CuveeException whatever went wrong; the query is over then
  public @Nullable Page next() {
    if (ended) {
      return null;
    }
    long begin = System.nanoTime();
    try {
      while (rowsLeft > 0) {
        Page page = pages.next();
        if (page == null) {
          break;
        }
        if (page.rowCount() > 0) {
          Page wanted = page.rowCount() > rowsLeft ? page.slice(0, (int) rowsLeft) : page;
          rowsLeft -= wanted.rowCount();
          rows += wanted.rowCount();
          return wanted;
        }
      }
      context.check();
      ended = true;
      outcome = "success";
      return null;
    } catch (RuntimeException | StackOverflowError | OutOfMemoryError e) {
      ended = true;
      throw failed(e);
    } finally {
      mergeNanos += System.nanoTime() - begin;
    }
  }

  /// The failure as clients see it, noted as the query's outcome.
  CuveeException failed(Throwable thrown) {
    CuveeException ours = CuveeException.of(thrown);
    outcome = ours.code().name().toLowerCase(Locale.ROOT);
    failure = ours;
    return ours;
  }

  /// What can be said of it now, by any thread; the counts of another thread may lag behind.
  public QueryInfo info() {
    MemoryBudget held = memory;
    String state = context.isCancelled() ? "CANCELLING" : admitted ? "RUNNING" : "QUEUED";
    return info(state, held == null ? 0 : held.usedBytes());
  }

  private String finalState() {
    CuveeException ours = failure;
    if (ours == null) {
      return outcome.equals("success") ? "FINISHED" : "ABANDONED";
    }
    return ours.code() == ErrorCode.QUERY_CANCELLED ? "CANCELLED" : "FAILED";
  }

  private QueryInfo info(String state, long memoryBytes) {
    Optional<ScatterReport> scans = report();
    CuveeException ours = failure;
    return new QueryInfo(
        id(),
        call.sql(),
        startMillis,
        elapsedMillis(),
        call.client(),
        tables,
        rows,
        scans.map(scan -> scan.stats().docsScanned()).orElse(0L),
        scans.map(ScatterReport::serversQueried).orElse(0),
        scans.map(ScatterReport::serversResponded).orElse(0),
        scans.map(ScatterReport::segmentsAsked).orElse(0L),
        memoryBytes,
        state,
        timeoutMillis,
        scans.map(ScatterReport::examinedRows).orElse(0L),
        scans.map(ScatterReport::totalRows).orElse(0L),
        ours == null ? null : ours.code(),
        ours == null ? null : ours.getMessage(),
        new QueryInfo.Phases(queueNanos, planNanos, scatterNanos, mergeNanos));
  }

  /// Whether it is to be counted and remembered.
  boolean isCounted() {
    return counted;
  }

  /// Lets the query fail with `QUERY_CANCELLED` as soon as it looks.
  public void cancel() {
    context.cancel();
    Scatter open = scatter;
    if (open != null) {
      open.wake();
    }
  }

  /// Cancels the query if its last page has not been read.
  public void cancelUnlessEnded() {
    if (!ended) {
      cancel();
    }
  }

  /// Ends the query, whether or not all rows were read, and gives back all that it holds.
  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      pages.close();
    } finally {
      MemoryBudget held = memory;
      long peakBytes = held == null ? 0 : held.peakBytes();
      if (held != null) {
        held.close();
      }
      running.ended(this, info(finalState(), peakBytes));
      if (counted) {
        QueryMetrics.spilled(spilledBytes());
        QueryMetrics.retried(report().map(ScatterReport::retries).orElse(0));
        report().ifPresent(met -> QueryMetrics.hedged(met.hedges(), met.overtaken()));
        QueryMetrics.phases(queueNanos, planNanos, scatterNanos, mergeNanos);
        QueryMetrics.ended(outcome, System.nanoTime() - startNanos);
      }
    }
  }
}
