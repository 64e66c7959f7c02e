package io.cuvee.controller.backup;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.cluster.deepstore.ObjectVersions;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.controller.placement.Leadership;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps copies of the metadata in the deep store, a [Backup] for each table and one for what is of
/// no table, so that the deep store alone is enough to begin again. While this controller leads, a
/// part that it has written to is copied a little later; large ones not so often that it would cost
/// more than a twentieth of the time. A copy is `metadata/{cluster}/{part}/{version}`; the newest
/// counts, and the one before stays as well. A table that was deleted leaves a copy without texts.
public final class MetadataCopies implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(MetadataCopies.class);

  /// Where all copies are in the deep store. No table's objects are there.
  static final String DIRECTORY = "metadata/";

  private static final int KEPT = 2;
  private static final int PAUSE_FACTOR = 20;
  private static final Duration LAST_PASS = Duration.ofSeconds(1);

  /// What changes often, or comes from others, and is not needed to begin again.
  private static final Set<String> LEFT_OUT = Set.of("tasks", "schedules", "reloads", "row-peers");

  private final String clusterName;
  private final MetadataStore metadata;
  private final DeepStore store;
  private final Leadership leadership;
  private final Path directory;
  private final Duration interval;
  private final Set<String> changed = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("controller-copies").factory());
  private volatile boolean allChanged;
  private Optional<AutoCloseable> listening = Optional.empty();

  // The executor's.
  private final Map<String, Long> notBeforeNanos = new HashMap<>();

  /// @param directory for temporary files
  /// @param interval between a change and its copy; zero copies nothing
  public MetadataCopies(
      String clusterName,
      MetadataStore metadata,
      DeepStore store,
      Leadership leadership,
      Path directory,
      Duration interval) {
    this.clusterName = clusterName;
    this.metadata = metadata;
    this.store = store;
    this.leadership = leadership;
    this.directory = directory;
    this.interval = interval;
  }

  public void start() {
    if (!interval.isPositive()) {
      return;
    }
    listening = Optional.of(metadata.onWrite(this::wrote));
    long millis = Math.max(1, interval.toMillis());
    var _ = executor.scheduleWithFixedDelay(this::pass, millis, millis, TimeUnit.MILLISECONDS);
  }

  /// Another controller may have written anything before.
  public void termBegan() {
    allChanged = true;
  }

  private void wrote(String path) {
    int end = path.indexOf('/');
    if (end > 0 && !LEFT_OUT.contains(path.substring(0, end))) {
      changed.add(MetadataSnapshot.part(path));
    }
  }

  private void pass() {
    if (allChanged && leadership.term().isPresent()) {
      allChanged = false;
      try {
        changed.add(MetadataSnapshot.CLUSTER);
        changed.addAll(metadata.list("tables"));
        changed.addAll(metadata.list("segments"));
      } catch (RuntimeException e) {
        allChanged = true;
        LOG.warn("The metadata are not copied to the deep store yet: {}", e.toString());
      }
    }
    for (String part : new TreeSet<>(changed)) {
      if (leadership.term().isEmpty()) {
        return;
      }
      long begun = System.nanoTime();
      if (begun - notBeforeNanos.getOrDefault(part, begun) < 0) {
        continue;
      }
      // What is written from now on counts again.
      changed.remove(part);
      try {
        copy(part);
      } catch (RuntimeException | IOException e) {
        changed.add(part);
        LOG.warn("The metadata of {} are not copied to the deep store yet: {}", part, e.toString());
      }
      long end = System.nanoTime();
      notBeforeNanos.put(part, end + PAUSE_FACTOR * (end - begun));
    }
  }

  private void copy(String part) throws IOException {
    SortedMap<String, String> texts = new MetadataSnapshot(metadata, LEFT_OUT).read(part);
    String prefix = DIRECTORY + clusterName + "/" + part + "/";
    Path file = Files.createTempFile(directory, "work-copy", "");
    try {
      BackupFormat.write(
          new Backup(clusterName, part, System.currentTimeMillis(), texts, Map.of()), file);
      var _ = store.put(file, prefix + ObjectVersions.next());
    } finally {
      Files.deleteIfExists(file);
    }
    deleteOlder(prefix);
  }

  private void deleteOlder(String prefix) {
    Optional<URI> root = DeepStores.announced(metadata);
    List<String> names = store.list(prefix);
    if (root.isPresent()) {
      String base = root.get().toString().replaceFirst("/+$", "") + "/";
      names
          .subList(0, Math.max(0, names.size() - KEPT))
          .forEach(name -> store.delete(URI.create(base + name)));
    }
  }

  /// Copies what has changed, if that is soon done.
  @Override
  public void close() {
    if (!changed.isEmpty() && leadership.term().isPresent()) {
      try {
        executor.submit(this::pass).get(LAST_PASS.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (ExecutionException | TimeoutException e) {
        LOG.warn(
            "The last changes of the metadata are not copied to the deep store: {}", e.toString());
      }
    }
    executor.shutdownNow();
    listening.ifPresent(listener -> {
      try {
        listener.close();
      } catch (Exception e) {
        LOG.debug("A listener could not be closed", e);
      }
    });
  }
}
