package io.cuvee.rowlog;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.rows.RowLog;
import io.cuvee.ingest.stream.rows.RowLogs;
import io.cuvee.ingest.stream.rows.RowPeer;
import java.io.IOException;
import java.net.BindException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.ratis.conf.RaftProperties;
import org.apache.ratis.grpc.GrpcConfigKeys;
import org.apache.ratis.protocol.ClientId;
import org.apache.ratis.protocol.GroupManagementRequest;
import org.apache.ratis.protocol.RaftClientReply;
import org.apache.ratis.protocol.RaftGroup;
import org.apache.ratis.protocol.RaftGroupId;
import org.apache.ratis.protocol.RaftPeer;
import org.apache.ratis.protocol.RaftPeerId;
import org.apache.ratis.server.RaftServer;
import org.apache.ratis.server.RaftServerConfigKeys;
import org.apache.ratis.server.RaftServerRpcWithProxy;
import org.apache.ratis.util.SizeInBytes;
import org.apache.ratis.util.TimeDuration;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/// All logs of one server, which share its port, its threads, and a directory.
final class RatisRowLogs implements RowLogs {
  private static final org.slf4j.Logger LOG = LoggerFactory.getLogger(RatisRowLogs.class);

  /// Of one entry, with what is around the rows.
  private static final SizeInBytes MAX_ENTRY =
      SizeInBytes.valueOf(RowLog.MAX_BATCH_BYTES + (1 << 20));

  private static final long LOOK_MILLIS = 1_000;

  /// How many looks long there is no leader before the members are connected to anew.
  private static final int FIRST_RECONNECT = 2;

  private static final int NEXT_RECONNECT = 4;

  /// gRPC logs on its own; kept, so that its level is.
  private static final Logger GRPC = Logger.getLogger("org.apache.ratis.thirdparty.io.grpc");

  static {
    GRPC.setLevel(Level.WARNING);
  }

  private final RaftServer server;
  private final ClientId clientId = ClientId.randomId();
  private final AtomicLong calls = new AtomicLong();
  private final Map<RaftGroupId, RatisRowLog> logs = new ConcurrentHashMap<>();

  /// How many looks long there has been none; the reconnecting thread's.
  private final Map<RaftGroupId, Integer> leaderless = new HashMap<>();

  private final ScheduledExecutorService reconnecting =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("row-logs-reconnecting").factory());

  RatisRowLogs(RowPeer self, Path directory) {
    try {
      Path groups = Files.createDirectories(directory.resolve("groups"));
      server =
          RaftServer.newBuilder()
              .setServerId(RaftPeerId.valueOf(self.id()))
              .setStateMachineRegistry(group -> new RowLogMachine())
              .setProperties(properties(self, groups, directory.resolve("removed")))
              .build();
      server.start();
      var _ =
          reconnecting.scheduleWithFixedDelay(
              this::reconnect, LOOK_MILLIS, LOOK_MILLIS, TimeUnit.MILLISECONDS);
    } catch (IOException e) {
      throw failure(self, directory, e);
    }
  }

  /// Drops the connections to the other members of logs that have no leader, now and then: a slow
  /// machine needs seconds for a connection. gRPC waits longer and longer before it tries again to
  /// reach one that was away, and meanwhile that one, being back, would not be asked for its vote.
  private void reconnect() {
    try {
      if (!(server.getServerRpc() instanceof RaftServerRpcWithProxy<?, ?> members)) {
        return;
      }
      for (RaftGroupId group : server.getGroupIds()) {
        RaftServer.Division division = server.getDivision(group);
        int looks =
            division.getInfo().getLeaderId() == null ? leaderless.merge(group, 1, Integer::sum) : 0;
        if (looks == 0) {
          leaderless.remove(group);
        } else if (looks == FIRST_RECONNECT || looks % NEXT_RECONNECT == 0) {
          for (RaftPeer peer : division.getGroup().getPeers()) {
            if (!peer.getId().equals(server.getId())) {
              members.getProxies().resetProxy(peer.getId());
            }
          }
        }
      }
    } catch (IOException | RuntimeException e) {
      LOG.debug("Connections to members of row logs stay as they are", e);
    }
  }

  private static CuveeException failure(RowPeer self, Path directory, IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof BindException) {
        return new CuveeException(
            ErrorCode.ADDRESS_IN_USE,
            "The port "
                + self.port()
                + " of this server's row logs is used by another program. Stop it, since the other servers know this port.",
            e);
      }
    }
    return new CuveeException(
        ErrorCode.IO, "The row logs in " + directory + " cannot be opened: " + e.getMessage(), e);
  }

  private static RaftProperties properties(RowPeer self, Path groups, Path removed) {
    RaftProperties properties = new RaftProperties();
    RaftServerConfigKeys.setStorageDir(properties, List.of(groups.toFile()));
    RaftServerConfigKeys.setRemovedGroupsDir(properties, removed.toFile());
    // A computer that slept is no reason to stop.
    RaftServerConfigKeys.setCloseThreshold(properties, TimeDuration.valueOf(1, TimeUnit.DAYS));
    GrpcConfigKeys.Server.setHost(properties, self.host());
    GrpcConfigKeys.Server.setPort(properties, self.port());
    GrpcConfigKeys.setUseEpoll(properties, false);
    RaftServerConfigKeys.Rpc.setTimeoutMin(properties, millis(1_000));
    RaftServerConfigKeys.Rpc.setTimeoutMax(properties, millis(2_000));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMin(properties, millis(200));
    RaftServerConfigKeys.Rpc.setFirstElectionTimeoutMax(properties, millis(600));
    // Keys are our own business.
    RaftServerConfigKeys.RetryCache.setExpiryTime(properties, millis(10_000));
    RaftServerConfigKeys.Log.Appender.setBufferByteLimit(properties, MAX_ENTRY);
    RaftServerConfigKeys.Log.setWriteBufferSize(
        properties, SizeInBytes.valueOf(MAX_ENTRY.getSize() + (64 << 10)));
    RaftServerConfigKeys.Log.setSegmentSizeMax(properties, SizeInBytes.valueOf("16MB"));
    RaftServerConfigKeys.Log.setPreallocatedSize(properties, SizeInBytes.valueOf("1MB"));
    RaftServerConfigKeys.Log.setSegmentCacheNumMax(properties, 2);
    RaftServerConfigKeys.Log.setSegmentCacheSizeMax(properties, SizeInBytes.valueOf("32MB"));
    // Else there is nearly one more entry for each of ours.
    RaftServerConfigKeys.Log.setLogMetadataEnabled(properties, false);
    // Known to hold back entries: RATIS-2235.
    RaftServerConfigKeys.Log.setAppendEntriesComposeEnabled(properties, false);
    RaftServerConfigKeys.Log.setPurgeUptoSnapshotIndex(properties, true);
    RaftServerConfigKeys.Log.setPurgeGap(properties, 1);
    RaftServerConfigKeys.Snapshot.setRetentionFileNum(properties, 2);
    return properties;
  }

  private static TimeDuration millis(long millis) {
    return TimeDuration.valueOf(millis, TimeUnit.MILLISECONDS);
  }

  static RaftGroupId group(String id) {
    return RaftGroupId.valueOf(UUID.fromString(id));
  }

  static List<RaftPeer> peers(List<RowPeer> peers) {
    return peers.stream()
        .map(peer ->
            RaftPeer.newBuilder()
                .setId(peer.id())
                .setAddress(peer.host() + ":" + peer.port())
                .build())
        .toList();
  }

  @Override
  public Set<String> ids() {
    return StreamSupport.stream(server.getGroupIds().spliterator(), false)
        .map(id -> id.getUuid().toString())
        .collect(Collectors.toSet());
  }

  @Override
  public Optional<RowLog> find(String id) {
    RaftGroupId group = group(id);
    @Nullable RatisRowLog known = logs.get(group);
    if (known != null) {
      return Optional.of(known);
    }
    return ids().contains(id)
        ? Optional.of(logs.computeIfAbsent(group, this::open))
        : Optional.empty();
  }

  private RatisRowLog open(RaftGroupId group) {
    try {
      return new RatisRowLog(server, server.getDivision(group), clientId, calls);
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "The row log " + group.getUuid() + " does not open: " + e.getMessage(), e);
    }
  }

  @Override
  public void join(String id, List<RowPeer> founders) {
    if (ids().contains(id)) {
      if (founders.isEmpty() || knowsMembers(id)) {
        return;
      }
      // It stopped before the first leader told it the members, and now waits to be let in.
      leave(id, false, false);
    }
    RaftGroup group = RaftGroup.valueOf(group(id), peers(founders));
    ask(
        "join",
        id,
        GroupManagementRequest.newAdd(
            clientId, server.getId(), calls.incrementAndGet(), group, false));
  }

  private boolean knowsMembers(String id) {
    try {
      return !server.getDivision(group(id)).getGroup().getPeers().isEmpty();
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "The row log " + id + " does not open: " + e.getMessage(), e);
    }
  }

  @Override
  public void leave(String id, boolean delete) {
    leave(id, delete, !delete);
  }

  private void leave(String id, boolean delete, boolean setAside) {
    @Nullable RatisRowLog known = logs.remove(group(id));
    if (known != null) {
      known.close();
    }
    ask(
        "leave",
        id,
        GroupManagementRequest.newRemove(
            clientId, server.getId(), calls.incrementAndGet(), group(id), delete, setAside));
  }

  private void ask(String what, String id, GroupManagementRequest request) {
    String problem;
    try {
      RaftClientReply reply = server.groupManagement(request);
      if (reply.isSuccess()) {
        return;
      }
      problem = String.valueOf(reply.getException());
    } catch (IOException e) {
      problem = String.valueOf(e.getMessage());
    }
    throw new CuveeException(
        ErrorCode.IO, "This server could not " + what + " the row log " + id + ": " + problem);
  }

  @Override
  public void close() {
    reconnecting.shutdownNow();
    logs.values().forEach(RatisRowLog::close);
    try {
      server.close();
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "The row logs did not close well: " + e.getMessage(), e);
    }
  }
}
