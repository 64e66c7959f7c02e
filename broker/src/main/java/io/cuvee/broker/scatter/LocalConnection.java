package io.cuvee.broker.scatter;

import io.cuvee.broker.routing.ServerAddress;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.FrameFormat;
import io.cuvee.common.wire.InProcessServer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// The way to a server of this process. It begins a query in the thread that asks, where a short
/// one ends too: no other thread has to awake, which takes longer than many a query. Thread-safe.
final class LocalConnection implements ServerConnection {
  private final ServerAddress address;
  private final InProcessServer server;
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
  private final AtomicLong nextRequestId = new AtomicLong();
  private volatile boolean closed;

  LocalConnection(ServerAddress address, InProcessServer server) {
    this.address = address;
    this.server = server;
  }

  @Override
  public CompletableFuture<ServerConnection> ready() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public int protocol() {
    return FrameFormat.MAX_PROTOCOL;
  }

  @Override
  public boolean isOpen() {
    return !closed && server.isOpen();
  }

  @Override
  public long newRequest() {
    return nextRequestId.incrementAndGet();
  }

  @Override
  public void send(long id, int type, ByteWriter payload, Responder responder) {
    responder.sent();
    if (type == FrameFormat.SHOWN) {
      responder.end(server.shown(payload.toByteArray()));
      return;
    }
    Pending request = new Pending(id, responder);
    pending.put(id, request);
    if (closed) {
      request.failed(lost());
      return;
    }
    request.started(server.query(payload.toByteArray(), request));
  }

  @Override
  public void tell(int type, ByteWriter payload) {
    if (isOpen()) {
      var _ = server.shown(payload.toByteArray());
    }
  }

  @Override
  public void cancel(long requestId) {
    Pending request = pending.remove(requestId);
    if (request != null) {
      request.cancel();
    }
  }

  @Override
  public void setReading(boolean reads) {
    // Short answers come as a whole.
  }

  @Override
  public void close() {
    closed = true;
    for (Pending request : List.copyOf(pending.values())) {
      // Before the server says that it was cancelled.
      request.failed(lost());
      request.cancel();
    }
  }

  private CuveeException lost() {
    return new CuveeException(
        ErrorCode.SERVER_UNREACHABLE, "The connection to server " + address + " is lost.");
  }

  /// A query under way. Whoever takes it out of the map may tell of its end.
  private final class Pending implements InProcessServer.Listener {
    private final long id;
    private final Responder responder;

    // Guarded by this.
    private @Nullable Runnable stop;
    private boolean cancelled;

    Pending(long id, Responder responder) {
      this.id = id;
      this.responder = responder;
    }

    synchronized void started(Runnable newStop) {
      stop = newStop;
      if (cancelled) {
        newStop.run();
      }
    }

    synchronized void cancel() {
      cancelled = true;
      if (stop != null) {
        stop.run();
      }
    }

    @Override
    public void page(byte[] payload) {
      if (pending.containsKey(id)) {
        responder.page(payload);
      }
    }

    @Override
    public void progress(long examinedRows, long totalRows) {
      if (pending.containsKey(id)) {
        responder.progress(examinedRows, totalRows);
      }
    }

    @Override
    public void end(byte[] payload) {
      if (pending.remove(id) != null) {
        responder.end(payload);
      }
    }

    @Override
    public void failed(CuveeException failure) {
      if (pending.remove(id) != null) {
        responder.failed(failure);
      }
    }
  }
}
