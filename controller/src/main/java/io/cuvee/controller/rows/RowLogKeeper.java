package io.cuvee.controller.rows;

import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.RowLogRecord;
import io.cuvee.cluster.state.RowLogRecord.Member;
import io.cuvee.cluster.state.RowLogRecord.Partition;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.placement.Attendance;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides which servers hold the log of each partition, while this controller leads: as many as
/// the table has replicas, but an odd number where there are enough servers, since a log lives as
/// long as the majority of its members. A server that comes back with an empty disk is let in anew
/// under its new peer id; all else stays.
public final class RowLogKeeper {
  private static final Logger LOG = LoggerFactory.getLogger(RowLogKeeper.class);

  private final ClusterState cluster;
  private final MetadataStore metadata;
  private final Attendance attendance;
  private final RowLogClient client;

  public RowLogKeeper(ClusterState cluster, Attendance attendance, RowLogClient client) {
    this.cluster = cluster;
    this.metadata = cluster.metadata();
    this.attendance = attendance;
    this.client = client;
  }

  /// The logs that a table has.
  public List<Partition> partitions(String physicalTable) {
    return metadata
        .get(RowLogRecord.path(physicalTable))
        .map(text -> RowLogRecord.parse(text.value()).partitions())
        .orElse(List.of());
  }

  /// Makes logs for the partitions that have none. The caller holds the table's lock.
  ///
  /// @throws CuveeException `IO` if no server can hold one now
  public RowLogRecord ensure(TableConfig config, int partitions) {
    String path = RowLogRecord.path(config.physicalName());
    Optional<Versioned<String>> before = metadata.get(path);
    List<Partition> all =
        new ArrayList<>(
            before.map(text -> RowLogRecord.parse(text.value()).partitions()).orElse(List.of()));
    if (all.size() >= partitions) {
      return new RowLogRecord(all);
    }
    while (all.size() < partitions) {
      all.add(found(config));
    }
    RowLogRecord record = new RowLogRecord(all);
    boolean done =
        before
            .map(text -> metadata.compareAndSet(path, record.toJson(), text.version()))
            .orElseGet(() -> metadata.create(path, record.toJson()));
    if (!done) {
      throw new CuveeException(
          ErrorCode.CONFLICT, "Another controller has changed " + path + ". Try again.");
    }
    LOG.info("Table {} has {} row logs", config.physicalName(), record.partitions().size());
    return record;
  }

  private Partition found(TableConfig config) {
    String id = UUID.randomUUID().toString();
    List<Member> candidates = new ArrayList<>(candidates().values());
    if (candidates.isEmpty()) {
      throw new CuveeException(
          ErrorCode.IO,
          "No server can hold the rows of table '" + config.logicalName() + "' now. Start one.");
    }
    candidates.sort(Comparator.comparingInt(member -> (member.server() + id).hashCode()));
    int wanted = config.replication() | 1;
    List<Member> members = List.copyOf(candidates.subList(0, Math.min(wanted, candidates.size())));
    return new Partition(id, members, members.stream().map(Member::peer).toList(), true);
  }

  /// Servers that can hold a log now, by their ids.
  private Map<String, Member> candidates() {
    Map<String, Versioned<String>> peers = metadata.getAll(RowLogRecord.PEERS);
    Map<String, Member> candidates = new TreeMap<>();
    for (Instance server : cluster.instances(Instance.Role.SERVER)) {
      Versioned<String> peer = peers.get(server.id());
      if (peer != null && server.isReady() && attendance.settings(server.id()).admits(server)) {
        candidates.put(server.id(), Member.parse(peer.value()));
      }
    }
    return candidates;
  }

  /// Lets in servers that came back with an empty disk.
  public void tend(String physicalTable) {
    String path = RowLogRecord.path(physicalTable);
    Optional<Versioned<String>> before = metadata.get(path);
    if (before.isEmpty()) {
      return;
    }
    RowLogRecord record = RowLogRecord.parse(before.get().value());
    Map<String, Member> candidates = candidates();
    List<Partition> after = new ArrayList<>();
    boolean isOther = false;
    for (Partition partition : record.partitions()) {
      Partition now = tend(physicalTable, partition, candidates);
      isOther |= !now.equals(partition);
      after.add(now);
    }
    // Where it is not done, the next pass sees the same.
    if (isOther) {
      var _ =
          metadata.compareAndSet(path, new RowLogRecord(after).toJson(), before.get().version());
    }
  }

  private Partition tend(String table, Partition partition, Map<String, Member> candidates) {
    if (!partition.isSettled()) {
      return isAgreed(partition)
          ? new Partition(partition.id(), partition.members(), partition.founders(), true)
          : partition;
    }
    for (Member member : partition.members()) {
      Member now = candidates.getOrDefault(member.server(), member);
      if (!now.peer().equals(member.peer())) {
        LOG.info("{} lost its log of {}; it is let in as {}", member.server(), table, now.peer());
        // One at a time: a majority keeps the log. The server hears of it and waits to be let in.
        List<Member> members = new ArrayList<>(partition.members());
        members.set(members.indexOf(member), now);
        return new Partition(partition.id(), members, partition.founders(), false);
      }
    }
    return partition;
  }

  private boolean isAgreed(Partition partition) {
    try {
      return client.changeMembers(partition);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /// Where a partition of a table without any segments begins.
  public OptionalLong earliestOffset(Partition partition) {
    try {
      return client.earliestOffset(partition);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return OptionalLong.empty();
    }
  }
}
