package io.cuvee.rowlog;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.rows.AppendResult;
import io.cuvee.ingest.stream.rows.RowBatch;
import io.cuvee.ingest.stream.rows.RowFrames;
import io.cuvee.ingest.stream.rows.RowLog;
import io.cuvee.ingest.stream.rows.RowPeer;
import io.cuvee.ingest.stream.rows.RowRun;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftClientRequest;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.SetConfigurationRequest;
import org.apache.ratis.protocol.SnapshotManagementRequest;
import org.apache.ratis.protocol.exceptions.NotLeaderException;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.thirdparty.com.google.protobuf.UnsafeByteOperations;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One replica of one log.
final class RatisRowLog implements RowLog, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RatisRowLog.class);

  private static final long APPEND_MILLIS = 20_000;
  private static final long SNAPSHOT_MILLIS = 10_000;

  /// How long it is waited for a change of members, which may go on by itself behind that: a new
  /// one gets all rows first.
  private static final long CHANGE_MILLIS = 12_000;

  private static final long USUAL_CHANGE_MILLIS = 3_000;
  private static final long LOOK_MILLIS = 100;

  private final RaftServer server;
  private final RaftServer.Division division;
  private final RowLogMachine machine;
  private final ClientId clientId;
  private final AtomicLong calls;
  private final RowAppender appender;

  RatisRowLog(
      RaftServer server, RaftServer.Division division, ClientId clientId, AtomicLong calls) {
    this.server = server;
    this.division = division;
    this.machine = (RowLogMachine) division.getStateMachine();
    this.clientId = clientId;
    this.calls = calls;
    this.appender = new RowAppender(division.getMemberId().toString(), this::append);
  }

  @Override
  public AppendResult append(RowBatch batch, Duration timeout) throws InterruptedException {
    if (RowFrames.size(batch) > MAX_BATCH_BYTES) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "Rows of "
              + RowFrames.size(batch)
              + " bytes are too many for one request, which may have "
              + MAX_BATCH_BYTES
              + ".");
    }
    return division.getInfo().isLeader()
        ? appender.append(batch, timeout)
        : new AppendResult.Elsewhere(
            Optional.ofNullable(division.getInfo().getLeaderId()).map(Object::toString));
  }

  /// @param count of batches in the entry
  private CompletableFuture<List<AppendResult>> append(ByteBuffer entry, int count) {
    RaftClientRequest request =
        RaftClientRequest.newBuilder()
            .setClientId(clientId)
            .setServerId(server.getId())
            .setGroupId(division.getMemberId().getGroupId())
            .setCallId(calls.incrementAndGet())
            .setMessage(Message.valueOf(UnsafeByteOperations.unsafeWrap(entry)))
            .setType(RaftClientRequest.writeRequestType())
            .setTimeoutMs(APPEND_MILLIS)
            .build();
    try {
      return server.submitClientRequestAsync(request).thenApply(reply -> results(reply, count));
    } catch (IOException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private static List<AppendResult> results(RaftClientReply reply, int count) {
    if (reply.isSuccess()) {
      return RowFrames.decodeResults(reply.getMessage().getContent().asReadOnlyByteBuffer());
    }
    @org.jspecify.annotations.Nullable NotLeaderException notLeader = reply.getNotLeaderException();
    AppendResult all;
    if (notLeader != null) {
      all =
          new AppendResult.Elsewhere(
              Optional.ofNullable(notLeader.getSuggestedLeader())
                  .map(RaftPeer::getId)
                  .map(Object::toString));
    } else if (reply.getLeaderNotReadyException() != null) {
      all = new AppendResult.Elsewhere(Optional.empty());
    } else {
      all = new AppendResult.Unknown(String.valueOf(reply.getException()));
    }
    return Collections.nCopies(count, all);
  }

  @Override
  public List<RowRun> read(long offset, int maxBytes, Duration timeout)
      throws InterruptedException {
    long deadline = System.nanoTime() + timeout.toNanos();
    while (true) {
      // Another state when a snapshot has come from the leader.
      RowLogState state = machine.state();
      if (offset < state.earliestOffset()) {
        throw forgotten(offset, state.earliestOffset());
      }
      List<RowRun> runs = read(state, offset, maxBytes);
      long left = (deadline - System.nanoTime()) / 1_000_000;
      if (!runs.isEmpty() || left <= 0) {
        return runs;
      }
      state.await(offset, Math.min(left, LOOK_MILLIS));
    }
  }

  private static CuveeException forgotten(long offset, long earliest) {
    return new CuveeException(
        ErrorCode.IO,
        "The row log begins at offset "
            + earliest
            + "; the rows from "
            + offset
            + " on are in committed segments, which this server is to load.");
  }

  private List<RowRun> read(RowLogState state, long offset, int maxBytes) {
    List<RowRun> runs = new ArrayList<>();
    long next = offset;
    long bytes = 0;
    while (bytes < maxBytes) {
      Optional<RowLogState.Place> place = state.find(next);
      if (place.isEmpty()) {
        break;
      }
      @org.jspecify.annotations.Nullable LogEntryProto stored;
      try {
        stored = division.getRaftLog().get(place.get().index());
      } catch (IOException e) {
        throw new CuveeException(
            ErrorCode.IO,
            "The row log cannot be read at offset " + next + ": " + e.getMessage(),
            e);
      }
      if (stored == null) {
        // Purged this moment.
        break;
      }
      RowFrames.Entry entry =
          RowFrames.decodeEntry(
              stored.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer());
      long first = place.get().offset();
      for (int i = 0; i < entry.batches().size(); i++) {
        RowBatch batch = entry.batches().get(i);
        if (place.get().skipped().get(i)) {
          continue;
        }
        if (first + batch.count() > next) {
          RowRun run = from(next, first, entry.timestampMillis(), batch);
          bytes += run.rows().remaining();
          runs.add(run);
          next = first + batch.count();
        }
        first += batch.count();
      }
    }
    return runs;
  }

  /// The rows of a batch from an offset on.
  private static RowRun from(long offset, long first, long millis, RowBatch batch) {
    ByteBuffer rows = batch.rows().duplicate();
    for (long skip = first; skip < offset; skip++) {
      int length = rows.getInt();
      rows.position(rows.position() + length);
    }
    int left = (int) (first + batch.count() - offset);
    return new RowRun(Math.max(first, offset), millis, Math.min(left, batch.count()), rows.slice());
  }

  @Override
  public long earliestOffset() {
    return machine.state().earliestOffset();
  }

  @Override
  public long latestOffset() {
    return machine.state().latestOffset();
  }

  @Override
  public void forget(long offset) {
    if (!machine.forget(offset)) {
      return;
    }
    var _ =
        server
            .snapshotManagementAsync(
                SnapshotManagementRequest.newCreate(
                    clientId,
                    server.getId(),
                    division.getMemberId().getGroupId(),
                    calls.incrementAndGet(),
                    SNAPSHOT_MILLIS,
                    1))
            .whenComplete((reply, failure) -> {
              if (failure != null || !reply.isSuccess()) {
                LOG.warn("{} was not cut off; next time again", division.getMemberId(), failure);
              }
            });
  }

  @Override
  public boolean changeMembers(List<RowPeer> members) {
    if (!division.getInfo().isLeader()) {
      return false;
    }
    try {
      CompletableFuture<RaftClientReply> change =
          server.setConfigurationAsync(
              new SetConfigurationRequest(
                  clientId,
                  server.getId(),
                  division.getMemberId().getGroupId(),
                  calls.incrementAndGet(),
                  RatisRowLogs.peers(members)));
      RaftClientReply reply = awaitChange(change);
      if (!reply.isSuccess()) {
        LOG.info("Members of {} stay: {}", division.getMemberId(), reply.getException());
      }
      return reply.isSuccess();
    } catch (IOException | ExecutionException e) {
      LOG.info("Members of {} stay: {}", division.getMemberId(), e.getMessage());
      return false;
    } catch (TimeoutException e) {
      LOG.info("Members of {} are not known to have changed yet", division.getMemberId());
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Raft waits until a new member has acknowledged the last entry. Where that is a server which
  /// came back by another name, its acknowledgement may be taken for one of its old self, who is
  /// still written to at the same address: it has to acknowledge another entry then.
  private RaftClientReply awaitChange(CompletableFuture<RaftClientReply> change)
      throws InterruptedException, ExecutionException, TimeoutException {
    try {
      return change.get(USUAL_CHANGE_MILLIS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      ByteBuffer nothing =
          RowFrames.encodeEntry(new RowFrames.Entry(System.currentTimeMillis(), List.of()));
      var _ =
          append(nothing, 0)
              .whenComplete((none, failure) ->
                  LOG.info(
                      "Members of {} did not change; added an entry without rows",
                      division.getMemberId(),
                      failure));
      return change.get(CHANGE_MILLIS, TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void close() {
    appender.close();
  }
}
