package io.cuvee.engine.rowlog;

import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.RowLogRecord;
import io.cuvee.cluster.state.RowLogRecord.Member;
import io.cuvee.cluster.state.RowLogRecord.Partition;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.StreamConsumerFactory;
import io.cuvee.ingest.stream.StreamSource;
import io.cuvee.ingest.stream.rows.RowLog;
import io.cuvee.ingest.stream.rows.RowLogProvider;
import io.cuvee.ingest.stream.rows.RowLogs;
import io.cuvee.ingest.stream.rows.RowPeer;
import java.net.http.HttpClient;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Holds those logs of rows that the cluster's metadata names this server for. Nothing of the
/// library that replicates them is loaded before there is one. Thread-safe.
public final class RowLogHost implements StreamConsumerFactory.LocalStreams, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RowLogHost.class);

  private static final long RETRY_MILLIS = 1_000;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);

  private final ClusterState cluster;
  private final String server;
  private final Path directory;
  private final RowPeer self;
  private final AutoCloseable watch;
  private final Thread thread;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECT_TIMEOUT)
          .build();

  /// By physical table.
  private volatile Map<String, RowLogRecord> records = Map.of();

  private volatile @Nullable RowLogs logs;

  // Guarded by this.
  private boolean changed = true;
  private boolean closed;

  /// Ids of logs that were to be held at some time; the thread's.
  private final Set<String> held = new HashSet<>();

  private boolean isAnnounced;

  /// @param port for the other members; 0 for one that is chosen once
  public RowLogHost(ClusterState cluster, String server, Path directory, String host, int port) {
    this.cluster = cluster;
    this.server = server;
    this.directory = directory;
    this.self = LogIdentity.of(directory, server, host, port);
    this.watch = cluster.metadata().watch(RowLogRecord.DIRECTORY, this::recordsChanged);
    this.thread = Thread.ofVirtual().name("row-logs-" + server).start(this::run);
  }

  private void recordsChanged(Map<String, Versioned<String>> texts) {
    Map<String, RowLogRecord> all = new java.util.HashMap<>();
    texts.forEach((table, text) -> all.put(table, RowLogRecord.parse(text.value())));
    records = Map.copyOf(all);
    synchronized (this) {
      changed = true;
      notifyAll();
    }
  }

  private void run() {
    try {
      while (awaitChange()) {
        try {
          announce();
          reconcile();
        } catch (CuveeException e) {
          LOG.warn("Row logs are not as they should be; soon again: {}", e.getMessage());
          Thread.sleep(RETRY_MILLIS);
          synchronized (this) {
            changed = true;
          }
        }
      }
    } catch (InterruptedException e) {
      LOG.debug("Closed");
    }
  }

  private synchronized boolean awaitChange() throws InterruptedException {
    while (!changed && !closed) {
      wait();
    }
    changed = false;
    return !closed;
  }

  /// Tells controllers where this server's logs can be reached.
  private void announce() {
    if (isAnnounced) {
      return;
    }
    MetadataStore metadata = cluster.metadata();
    String path = RowLogRecord.PEERS + "/" + server;
    String text = new Member(server, self.id(), self.host(), self.port()).toJson();
    Optional<Versioned<String>> present = metadata.get(path);
    isAnnounced =
        present
            .map(known ->
                known.value().equals(text) || metadata.compareAndSet(path, text, known.version()))
            .orElseGet(() -> metadata.create(path, text));
    if (!isAnnounced) {
      throw new CuveeException(ErrorCode.CONFLICT, "Two servers write " + path + ".");
    }
  }

  private void reconcile() {
    Set<String> wanted = new HashSet<>();
    for (RowLogRecord record : records.values()) {
      for (Partition partition : record.partitions()) {
        if (partition.withPeer(self.id()).isPresent()) {
          wanted.add(partition.id());
          held.add(partition.id());
          opened().join(partition.id(), founders(partition));
        }
      }
    }
    RowLogs present = logs;
    if (present == null) {
      return;
    }
    for (String id : present.ids()) {
      if (!wanted.contains(id)) {
        // What was never wanted since the start may only have been forgotten by the metadata.
        present.leave(id, held.remove(id));
        LOG.info("Let go of the row log {}", id);
      }
    }
  }

  /// Those who begin the log, if this server is one of them. Where one has been replaced since, the
  /// others know better who the members are.
  private List<RowPeer> founders(Partition partition) {
    return partition.founders().contains(self.id())
            && partition.founders().stream().allMatch(id -> partition.withPeer(id).isPresent())
        ? partition.members().stream()
            .filter(member -> partition.founders().contains(member.peer()))
            .map(member -> new RowPeer(member.peer(), member.host(), member.port()))
            .toList()
        : List.of();
  }

  private RowLogs opened() {
    RowLogs present = logs;
    if (present == null) {
      long begun = System.nanoTime();
      present = logs = RowLogProvider.find().open(self, directory);
      LOG.info(
          "Opened the row logs as {} at {}:{} in {} ms",
          self.id(),
          self.host(),
          self.port(),
          (System.nanoTime() - begun) / 1_000_000);
    }
    return present;
  }

  /// The log of this id, if this server holds it.
  public Optional<RowLog> find(String id) {
    RowLogs present = logs;
    return present == null ? Optional.empty() : present.find(id);
  }

  @Override
  public StreamSource rows(String physicalTable, int partitions) {
    return new RowsSource(this, physicalTable, partitions);
  }

  Optional<Partition> partition(String physicalTable, int partition) {
    RowLogRecord record = records.get(physicalTable);
    return record == null || partition >= record.partitions().size()
        ? Optional.empty()
        : Optional.of(record.partitions().get(partition));
  }

  /// Other members that are there now.
  List<Instance> others(Partition partition) {
    return cluster.instances(Instance.Role.SERVER).stream()
        .filter(instance ->
            !instance.id().equals(server)
                && partition.members().stream()
                    .anyMatch(member -> member.server().equals(instance.id())))
        .toList();
  }

  HttpClient http() {
    return http;
  }

  @Override
  public void close() throws Exception {
    synchronized (this) {
      closed = true;
      notifyAll();
    }
    watch.close();
    thread.interrupt();
    thread.join();
    http.shutdownNow();
    RowLogs present = logs;
    if (present != null) {
      present.close();
    }
  }
}
