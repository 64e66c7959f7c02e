package io.cuvee.controller.backup;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.MetadataStore.Change;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/// Writes a backup into the metadata of a cluster none of whose processes runs that would act on
/// them. It leads while it does so, so that no controller can begin meanwhile.
public final class MetadataRestore {
  private static final Duration LEADER_WAIT = Duration.ofSeconds(30);
  private static final int BATCH = 100;
  private static final int BATCH_CHARACTERS = 200_000;
  private static final String SEGMENTS = "segments/";
  private static final String CLOCK = "clock";

  private final ClusterState cluster;
  private final MetadataStore metadata;
  private final Consumer<String> progress;

  /// @param progress hears how far it is
  public MetadataRestore(ClusterState cluster, Consumer<String> progress) {
    this.cluster = cluster;
    this.metadata = cluster.metadata();
    this.progress = progress;
  }

  /// @param force whether to delete what is there; without, nothing may be
  /// @throws CuveeException `CONFLICT` if processes run, `ALREADY_EXISTS` if there is something and
  ///   it is not to be deleted
  public void run(Backup backup, boolean force) throws InterruptedException {
    checkNobodyRuns();
    CompletableFuture<Long> epoch = new CompletableFuture<>();
    String id = "restore-" + UUID.randomUUID();
    try (AutoCloseable _ = cluster.campaign(id, term -> term.ifPresent(epoch::complete))) {
      long term = epoch.get(LEADER_WAIT.toMillis(), TimeUnit.MILLISECONDS);
      checkNobodyRuns();
      clear(force, term);
      write(backup, term);
      assign(backup, term);
    } catch (TimeoutException e) {
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "A controller leads, or one that was killed still counts as leading. Stop all"
              + " controllers, wait for zookeeper.session-timeout, and try again.",
          e);
    } catch (ExecutionException e) {
      throw CuveeException.of(e.getCause());
    } catch (CuveeException | InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw CuveeException.of(e);
    }
  }

  /// Servers that see empty metadata drop what they have, and what is not in the deep store yet is
  /// only there.
  private void checkNobodyRuns() {
    TreeSet<String> alive = new TreeSet<>();
    for (Instance.Role role :
        List.of(Instance.Role.CONTROLLER, Instance.Role.SERVER, Instance.Role.MINION)) {
      cluster.instances(role).forEach(instance -> alive.add(instance.id()));
    }
    if (!alive.isEmpty()) {
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "These processes of the cluster run, or have been killed a moment ago: "
              + String.join(", ", alive)
              + ". Stop controllers, servers and minions, then restore, then start them.");
    }
  }

  private void clear(boolean force, long term) {
    List<String> present = new ArrayList<>(metadata.list(""));
    present.remove(CLOCK);
    present.removeIf(directory -> isEmpty(directory));
    List<String> servers =
        cluster.assignedServers().stream()
            .filter(server -> !cluster.assignment(server).isEmpty())
            .toList();
    if (present.isEmpty() && servers.isEmpty()) {
      return;
    }
    if (!force) {
      throw new CuveeException(
          ErrorCode.ALREADY_EXISTS,
          "The cluster has metadata ("
              + String.join(", ", present.isEmpty() ? servers : present)
              + "). Restore into an empty ZooKeeper or under another cluster.name, or say --force to"
              + " delete what is there.");
    }
    progress.accept("deleting what is there");
    present.forEach(metadata::delete);
    for (String server : servers) {
      Map<SegmentKey, Optional<Assignment>> changes = new HashMap<>();
      cluster.assignment(server).keySet().forEach(key -> changes.put(key, Optional.empty()));
      cluster.assign(server, changes, term);
    }
  }

  /// Nodes that only had others below are nothing.
  private boolean isEmpty(String directory) {
    return metadata.getAll(directory).isEmpty()
        && metadata.list(directory).stream()
            .allMatch(name -> metadata.list(directory + "/" + name).isEmpty());
  }

  /// Records go in batches; all else is little.
  private void write(Backup backup, long term) {
    List<Change> batch = new ArrayList<>();
    int characters = 0;
    int done = 0;
    for (Map.Entry<String, String> text : backup.texts().entrySet()) {
      if (!text.getKey().startsWith(SEGMENTS)) {
        create(text.getKey(), text.getValue());
        continue;
      }
      batch.add(Change.create(text.getKey(), text.getValue()));
      characters += text.getValue().length();
      if (batch.size() == BATCH || characters > BATCH_CHARACTERS) {
        flush(batch, term);
        done += batch.size();
        progress.accept(done + " of " + backup.count("segments") + " segments");
        batch.clear();
        characters = 0;
      }
    }
    flush(batch, term);
  }

  private void flush(List<Change> batch, long term) {
    if (!batch.isEmpty() && !metadata.changeAll(batch, term)) {
      throw interfered(batch.getFirst().path());
    }
  }

  private void create(String path, String text) {
    if (!metadata.create(path, text)) {
      throw interfered(path);
    }
  }

  private static CuveeException interfered(String path) {
    return new CuveeException(
        ErrorCode.CONFLICT,
        "Somebody else wrote to " + path + " meanwhile. Stop all processes, and say --force.");
  }

  private void assign(Backup backup, long term) {
    backup
        .assignments()
        .forEach((server, segments) -> {
          Map<SegmentKey, Optional<Assignment>> changes = new HashMap<>();
          segments.forEach((key, assignment) -> changes.put(key, Optional.of(assignment)));
          cluster.assign(server, changes, term);
        });
  }
}
