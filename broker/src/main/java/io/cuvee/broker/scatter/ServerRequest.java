package io.cuvee.broker.scatter;

import io.cuvee.broker.routing.Part;
import io.cuvee.broker.routing.TableRouting;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.FrameFormat;
import io.cuvee.common.wire.QueryRequest;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One request to one server. Its answer is charged to the query's memory as it comes, and stops
/// coming while too much of a long one waits for its reader.
abstract class ServerRequest implements Responder {
  private static final long SILENCE_NANOS = 500_000_000;

  /// What the requests of one scan have in common.
  ///
  /// @param explains whether the servers shall say how they would run the query, and not run it
  /// @param mayBeLong whether the answer comes over a connection of its own
  /// @param flowBytes an answer that may be long stops when so much of it waits
  record Scan(
      ServerLinks links,
      TableRouting routing,
      QueryContext context,
      MemoryBudget memory,
      ScatterReport report,
      boolean explains,
      boolean mayBeLong,
      long flowBytes,
      byte[] encodedQuery) {}

  private final Scan scan;
  private final Part part;
  private final long startNanos = System.nanoTime();

  /// When the server was last heard of; 0 if it has not been. Written by the network's thread.
  private volatile long heardNanos;

  // Written by the network's thread and the query's; guarded by this.
  private @Nullable ServerConnection connection;
  private long requestId;
  private long waitingBytes;
  private boolean over;
  private boolean paused;

  ServerRequest(Scan scan, Part part) {
    this.scan = scan;
    this.part = part;
  }

  /// A page has come, and is charged. On the network's thread, as are the next two.
  abstract void arrived(byte[] payload);

  abstract void ended(byte[] payload);

  @Override
  public abstract void failed(CuveeException failure);

  Part part() {
    return part;
  }

  long startNanos() {
    return startNanos;
  }

  private ServerLink link() {
    return scan.links.to(part.server());
  }

  boolean wasHeard() {
    return heardNanos != 0;
  }

  /// Whether nothing has come for longer than is usual.
  boolean isSilent(long now) {
    long heard = heardNanos;
    return heard == 0 ? now - startNanos > link().patienceNanos() : now - heard > SILENCE_NANOS;
  }

  private void heard() {
    long now = System.nanoTime();
    if (heardNanos == 0) {
      link().heardAfter(now - startNanos);
    }
    heardNanos = now;
  }

  void begin() {
    scan.links.hedging().asked();
    ServerConnection chosen = scan.mayBeLong ? link().exclusive() : link().shared();
    CompletableFuture<ServerConnection> ready = chosen.ready();
    if (ready.isDone() && !ready.isCompletedExceptionally()) {
      send(chosen);
      return;
    }
    // The failure is the attempt's, so what the future of this step holds tells nothing more.
    var _ =
        ready.whenComplete((open, failure) -> {
          if (failure == null) {
            send(chosen);
          } else {
            failed(CuveeException.of(failure));
          }
        });
  }

  private synchronized void send(ServerConnection chosen) {
    connection = chosen;
    if (over) {
      releaseConnection(chosen, true);
      return;
    }
    if (scan.explains && chosen.protocol() < QueryRequest.EXPLAIN_PROTOCOL) {
      failed(
          new CuveeException(
              ErrorCode.UNSUPPORTED_VERSION,
              "Server " + part.server() + " is too old to explain what it would do."));
      return;
    }
    QueryContext context = scan.context;
    byte[] encodedQuery = scan.encodedQuery;
    byte[] segments = part.encodedSegments(scan.routing.shown());
    ByteWriter out =
        new ByteWriter(64 + context.queryId().length() + segments.length + encodedQuery.length);
    out.writeString(context.queryId()).writeString(part.physicalTable());
    out.writeRaw(segments, 0, segments.length);
    out.writeVarLong(Math.max(1, context.remainingMillis()));
    out.writeByte(QueryRequest.flags(context.useStarTrees(), context.skipsUpsert(), scan.explains));
    out.writeRaw(encodedQuery, 0, encodedQuery.length);
    // Known before the answer comes, which may be at once.
    requestId = chosen.newRequest();
    chosen.send(requestId, FrameFormat.QUERY, out, this);
  }

  @Override
  public void sent() {
    scan.report.sent();
  }

  @Override
  public void page(byte[] payload) {
    heard();
    synchronized (this) {
      if (over) {
        return;
      }
      try {
        // Within the lock: once the query has ended, nothing may be charged to its budget any
        // more.
        scan.memory.reserve(payload.length);
      } catch (CuveeException full) {
        cancel();
        failed(full);
        return;
      }
      waitingBytes += payload.length;
      if (scan.mayBeLong && waitingBytes > scan.flowBytes && !paused && connection != null) {
        paused = true;
        connection.setReading(false);
      }
    }
    arrived(payload);
  }

  @Override
  public void progress(long examinedRows, long totalRows) {
    heard();
    synchronized (this) {
      if (!over) {
        scan.report.progress(this, examinedRows, totalRows);
      }
    }
  }

  @Override
  public void end(byte[] payload) {
    heard();
    ended(payload);
  }

  /// The query's thread took so much; a flow that had stopped goes on.
  synchronized void taken(long bytes) {
    waitingBytes -= bytes;
    if (paused && waitingBytes <= scan.flowBytes / 2 && connection != null) {
      paused = false;
      connection.setReading(true);
    }
  }

  /// The answer is whole.
  synchronized void release() {
    over = true;
    if (connection != null) {
      releaseConnection(connection, true);
    }
  }

  /// Nobody wants the rest.
  synchronized void cancel() {
    if (over) {
      return;
    }
    over = true;
    if (connection != null) {
      connection.cancel(requestId);
      releaseConnection(connection, false);
    }
  }

  private void releaseConnection(ServerConnection used, boolean clean) {
    if (scan.mayBeLong) {
      if (clean) {
        link().giveBack(used);
      } else {
        used.close();
      }
    }
  }
}
