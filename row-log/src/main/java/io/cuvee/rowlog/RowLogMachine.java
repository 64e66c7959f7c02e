package io.cuvee.rowlog;

import io.cuvee.ingest.stream.rows.RowFrames;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.apache.ratis.io.MD5Hash;
import org.apache.ratis.proto.RaftProtos.LogEntryProto;
import org.apache.ratis.protocol.Message;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.protocol.TermIndex;
import org.apache.ratis.server.raftlog.RaftLog;
import org.apache.ratis.server.storage.FileInfo;
import org.apache.ratis.server.storage.RaftStorage;
import org.apache.ratis.statemachine.StateMachineStorage;
import org.apache.ratis.statemachine.TransactionContext;
import org.apache.ratis.statemachine.impl.BaseStateMachine;
import org.apache.ratis.statemachine.impl.SimpleStateMachineStorage;
import org.apache.ratis.statemachine.impl.SingleFileSnapshotInfo;
import org.apache.ratis.thirdparty.com.google.protobuf.ByteString;
import org.apache.ratis.util.LifeCycle;
import org.apache.ratis.util.MD5FileUtil;

/// Ratis's side of a log's state: applies entries, and takes and loads snapshots. A snapshot stands
/// for the entries whose rows are safe elsewhere, so Ratis purges just those.
final class RowLogMachine extends BaseStateMachine {
  private static final int MAX_KEYS = 1_000_000;

  private final SimpleStateMachineStorage storage = new SimpleStateMachineStorage();
  private volatile RowLogState state = new RowLogState(MAX_KEYS);

  /// All rows before are safe elsewhere.
  private volatile long needless;

  RowLogState state() {
    return state;
  }

  /// @return whether a snapshot would now stand for more entries
  boolean forget(long offset) {
    needless = Math.max(needless, offset);
    return state.lastBefore(needless).isPresent();
  }

  @Override
  public void initialize(RaftServer server, RaftGroupId groupId, RaftStorage raftStorage)
      throws IOException {
    super.initialize(server, groupId, raftStorage);
    getLifeCycle()
        .startAndTransition(
            () -> {
              storage.init(raftStorage);
              load();
            },
            IOException.class);
  }

  @Override
  public void pause() {
    getLifeCycle().transition(LifeCycle.State.PAUSING);
    getLifeCycle().transition(LifeCycle.State.PAUSED);
  }

  /// After a snapshot came from the leader.
  @Override
  public void reinitialize() throws IOException {
    load();
    if (getLifeCycleState() == LifeCycle.State.PAUSED) {
      getLifeCycle().transition(LifeCycle.State.STARTING);
      getLifeCycle().transition(LifeCycle.State.RUNNING);
    }
  }

  private void load() throws IOException {
    SingleFileSnapshotInfo snapshot = storage.loadLatestSnapshot();
    if (snapshot == null) {
      return;
    }
    Path file = snapshot.getFile().getPath();
    MD5Hash digest = snapshot.getFile().getFileDigest();
    if (digest != null) {
      MD5FileUtil.verifySavedMD5(file.toFile(), digest);
    }
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      state = RowLogState.restore(in, MAX_KEYS);
    }
    setLastAppliedTermIndex(snapshot.getTermIndex());
  }

  @Override
  public CompletableFuture<Message> applyTransaction(TransactionContext transaction) {
    LogEntryProto entry = transaction.getLogEntry();
    ByteBuffer data = entry.getStateMachineLogEntry().getLogData().asReadOnlyByteBuffer();
    byte[] results =
        RowFrames.encodeResults(state.apply(entry.getIndex(), RowFrames.decodeEntry(data)));
    updateLastAppliedTermIndex(entry.getTerm(), entry.getIndex());
    return CompletableFuture.completedFuture(Message.valueOf(ByteString.copyFrom(results)));
  }

  @Override
  public long takeSnapshot() throws IOException {
    RowLogState now = state;
    Optional<Long> last = now.lastBefore(needless);
    if (last.isEmpty()) {
      return RaftLog.INVALID_LOG_INDEX;
    }
    long index = last.get();
    TermIndex place = getServer().join().getDivision(getGroupId()).getRaftLog().getTermIndex(index);
    if (place == null) {
      return RaftLog.INVALID_LOG_INDEX;
    }
    Path file = storage.getSnapshotFile(place.getTerm(), index).toPath();
    try (FileChannel out =
        FileChannel.open(
            file,
            StandardOpenOption.CREATE,
            StandardOpenOption.TRUNCATE_EXISTING,
            StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.wrap(now.snapshot(index));
      while (bytes.hasRemaining()) {
        out.write(bytes);
      }
      out.force(true);
    }
    MD5Hash digest = MD5FileUtil.computeAndSaveMd5ForFile(file.toFile());
    storage.updateLatestSnapshot(
        new SingleFileSnapshotInfo(new FileInfo(file, digest), place.getTerm(), index));
    now.forget(index);
    return index;
  }

  @Override
  public StateMachineStorage getStateMachineStorage() {
    return storage;
  }
}
