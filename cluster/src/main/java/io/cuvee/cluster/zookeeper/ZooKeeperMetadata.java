package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.Node;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.Refusal;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.SizedOps;
import io.cuvee.common.catalog.Names;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;

/// Metadata texts as znodes. A payload is the writer's random 8 bytes, then the text in UTF-8: when
/// the answer to a write was lost and the second try is refused, they tell whether the first one
/// had been done. The version that callers see is made from the transaction that wrote the node, so
/// that a node that was deleted and created again has another one.
final class ZooKeeperMetadata implements MetadataStore {
  private static final int MARK_BYTES = 8;
  private static final int DELETE_BATCH = 500;
  private static final int WRITE_BATCH = 500;

  /// Nodes that are read and decoded before the next ones are.
  private static final int READ_BATCH = 5000;

  private final ZooKeeperLink link;
  private final TaskThread thread;
  private final String root;
  private final String epochPath;
  private final LongFunction<CuveeException> staleEpoch;
  private final long loadTimeoutMillis;

  private final List<Consumer<String>> writeListeners = new CopyOnWriteArrayList<>();

  // Guarded by this.
  private final Map<Watch<?>, Watched<?>> watched = new HashMap<>();

  /// @param staleEpoch hears of writes with an epoch that is over
  ZooKeeperMetadata(
      ZooKeeperLink link,
      TaskThread thread,
      Paths paths,
      LongFunction<CuveeException> staleEpoch,
      long loadTimeoutMillis) {
    this.link = link;
    this.thread = thread;
    this.root = paths.metadata();
    this.epochPath = paths.epoch();
    this.staleEpoch = staleEpoch;
    this.loadTimeoutMillis = loadTimeoutMillis;
  }

  /// What listeners of the same share.
  private record Watch<T>(String path, BiFunction<String, Versioned<String>, T> reader) {}

  /// The mirror of one path, shared by its listeners.
  private final class Watched<T> {
    private final Subscriptions<Map<String, T>> subscriptions;
    private final Mirror<T> mirror;
    private int users;

    Watched(Watch<T> watch) {
      this.subscriptions = new Subscriptions<>(this::byName);
      this.mirror =
          new Mirror<>(
              link,
              thread,
              watch.path(),
              1,
              (name, node) -> watch.reader().apply(name, decode(node)),
              (before, changed) -> subscriptions.changed());
      mirror.start();
    }

    private Map<String, T> byName() {
      return mirror.values();
    }
  }

  private String full(String path) {
    for (String name : path.split("/", -1)) {
      Names.check("Metadata path '" + path + "': name", name, ErrorCode.INVALID_INPUT);
    }
    return root + "/" + path;
  }

  @Override
  public Optional<Versioned<String>> get(String path) {
    return link.read(full(path)).filter(ZooKeeperMetadata::hasText).map(ZooKeeperMetadata::decode);
  }

  @Override
  public List<String> list(String path) {
    return link.children(path.isEmpty() ? root : full(path)).stream().sorted().toList();
  }

  @Override
  public Map<String, Versioned<String>> getAll(String path) {
    return getAll(path, link.children(full(path)));
  }

  @Override
  public Map<String, Versioned<String>> getAll(String path, Collection<String> names) {
    String full = full(path);
    List<String> all = List.copyOf(names);
    Map<String, Versioned<String>> texts = new TreeMap<>();
    for (int from = 0; from < all.size(); from += READ_BATCH) {
      link.readAll(
              all.subList(from, Math.min(all.size(), from + READ_BATCH)).stream()
                  .map(name -> full + "/" + name)
                  .toList())
          .forEach((child, node) -> {
            if (hasText(node)) {
              texts.put(ZooKeeperLink.name(child), decode(node));
            }
          });
    }
    return texts;
  }

  @Override
  public Map<String, Versioned<String>> getEach(Collection<String> paths) {
    Map<String, Node> nodes = link.readAll(paths.stream().map(this::full).toList());
    Map<String, Versioned<String>> texts = new TreeMap<>();
    for (String path : paths) {
      Node node = nodes.get(full(path));
      if (node != null && hasText(node)) {
        texts.put(path, decode(node));
      }
    }
    return texts;
  }

  @Override
  public boolean create(String path, String text) {
    try {
      return tryCreate(path, text);
    } finally {
      wrote(path);
    }
  }

  private boolean tryCreate(String path, String text) {
    String full = full(path);
    byte[] payload = encode(full, text);
    while (true) {
      Optional<Refusal> refusal =
          link.transact(
              "creating " + path,
              List.of(ZooKeeperLink.create(full, payload, CreateMode.PERSISTENT)));
      if (refusal.isEmpty()) {
        return true;
      }
      if (refusal.get().code() == Code.NONODE) {
        link.ensure(ZooKeeperLink.parent(full));
        continue;
      }
      Optional<Node> present = link.read(full);
      if (present.isPresent() && hasText(present.get())) {
        return Arrays.equals(present.get().data(), payload);
      }
      // It is only the parent of others so far: give it the text.
      if (present.isPresent() && set(full, payload, present.get())) {
        return true;
      }
    }
  }

  @Override
  public boolean compareAndSet(String path, String text, int version) {
    String full = full(path);
    Optional<Node> present = link.read(full);
    if (present.isEmpty() || !hasText(present.get()) || version(present.get()) != version) {
      return false;
    }
    try {
      return set(full, encode(full, text), present.get());
    } finally {
      wrote(path);
    }
  }

  private void wrote(String path) {
    writeListeners.forEach(listener -> listener.accept(path));
  }

  @Override
  public AutoCloseable onWrite(Consumer<String> listener) {
    writeListeners.add(listener);
    return () -> writeListeners.remove(listener);
  }

  private boolean set(String full, byte[] payload, Node present) {
    boolean refused =
        link.transact(
                "writing " + full, List.of(Op.setData(full, payload, present.stat().getVersion())))
            .isPresent();
    return !refused
        || link.read(full).map(node -> Arrays.equals(node.data(), payload)).orElse(false);
  }

  @Override
  public Set<String> replaceUnchanged(List<Change> changes) {
    Set<String> changed = new HashSet<>();
    for (int from = 0; from < changes.size(); from += WRITE_BATCH) {
      List<Change> some = changes.subList(from, Math.min(changes.size(), from + WRITE_BATCH));
      try {
        changed.addAll(replaceSome(some));
      } finally {
        some.forEach(change -> wrote(change.path()));
      }
    }
    return changed;
  }

  private Set<String> replaceSome(List<Change> changes) {
    Map<String, Node> nodes =
        link.readAll(changes.stream().map(change -> full(change.path())).toList());
    Map<String, SizedOps> replacements = new LinkedHashMap<>();
    Map<String, byte[]> payloads = new HashMap<>();
    for (Change change : changes) {
      String full = full(change.path());
      Node node = nodes.get(full);
      if (node != null && hasText(node) && version(node) == change.version().orElseThrow()) {
        byte[] payload = encode(full, change.text());
        payloads.put(change.path(), payload);
        Op operation = Op.setData(full, payload, node.stat().getVersion());
        replacements.put(
            change.path(),
            new SizedOps(replacements.size(), List.of(operation), payload.length + 200));
      }
    }
    List<String> paths = List.copyOf(replacements.keySet());
    Set<String> changed = new HashSet<>();
    for (List<SizedOps> chunk : ZooKeeperLink.chunks(List.copyOf(replacements.values()))) {
      List<Op> operations = new ArrayList<>();
      chunk.forEach(replacement -> operations.addAll(replacement.operations()));
      boolean refused = link.transact("replacing texts", operations).isPresent();
      for (SizedOps replacement : chunk) {
        String path = paths.get(replacement.bucket());
        if (!refused || replaceOne(path, replacement, payloads.get(path))) {
          changed.add(path);
        }
      }
    }
    return changed;
  }

  /// One of those of which another was changed meanwhile, or that were replaced by a first try
  /// whose answer was lost.
  private boolean replaceOne(String path, SizedOps replacement, byte[] payload) {
    return link.transact("writing " + path, replacement.operations()).isEmpty()
        || link.read(full(path)).map(node -> Arrays.equals(node.data(), payload)).orElse(false);
  }

  @Override
  public boolean changeAll(List<Change> changes, long epoch) {
    try {
      return tryChangeAll(changes, epoch);
    } finally {
      changes.forEach(change -> wrote(change.path()));
    }
  }

  private boolean tryChangeAll(List<Change> changes, long epoch) {
    if (epoch < 0 || epoch > Integer.MAX_VALUE) {
      throw staleEpoch.apply(epoch);
    }
    changes.stream()
        .filter(change -> change.version().isEmpty())
        .map(change -> ZooKeeperLink.parent(full(change.path())))
        .distinct()
        .forEach(link::ensure);
    List<Op> operations = new ArrayList<>();
    operations.add(Op.check(epochPath, (int) epoch));
    Map<String, byte[]> payloads = new LinkedHashMap<>();
    for (Change change : changes) {
      String full = full(change.path());
      byte[] payload = encode(full, change.text());
      payloads.put(full, payload);
      if (change.version().isEmpty()) {
        operations.add(ZooKeeperLink.create(full, payload, CreateMode.PERSISTENT));
        continue;
      }
      Optional<Node> present = link.read(full);
      if (present.isEmpty()
          || !hasText(present.get())
          || version(present.get()) != change.version().getAsInt()) {
        return false;
      }
      operations.add(Op.setData(full, payload, present.get().stat().getVersion()));
    }
    Optional<Refusal> refusal = link.transact("changing " + payloads.keySet(), operations);
    if (refusal.isEmpty()) {
      return true;
    }
    // All or nothing, so one of them tells whether a first try was done whose answer was lost.
    Map.Entry<String, byte[]> first = payloads.entrySet().iterator().next();
    if (link.read(first.getKey())
        .map(node -> Arrays.equals(node.data(), first.getValue()))
        .orElse(false)) {
      return true;
    }
    if (refusal.get().operation() == 0) {
      throw staleEpoch.apply(epoch);
    }
    return false;
  }

  @Override
  public Set<String> deleteUnchanged(Map<String, Integer> versions, OptionalLong epoch) {
    Set<String> gone = new HashSet<>();
    List<String> paths = List.copyOf(versions.keySet());
    for (int from = 0; from < paths.size(); from += DELETE_BATCH) {
      List<String> some = paths.subList(from, Math.min(paths.size(), from + DELETE_BATCH));
      try {
        gone.addAll(deleteSome(some, versions, epoch));
      } finally {
        some.forEach(this::wrote);
      }
    }
    paths.stream()
        .map(path -> ZooKeeperLink.parent(full(path)))
        .distinct()
        .forEach(this::deleteIfEmpty);
    return gone;
  }

  private Set<String> deleteSome(
      List<String> paths, Map<String, Integer> versions, OptionalLong epoch) {
    Map<String, Node> nodes = link.readAll(paths.stream().map(this::full).toList());
    Set<String> gone = new HashSet<>();
    Map<String, Op> deletions = new LinkedHashMap<>();
    for (String path : paths) {
      Node node = nodes.get(full(path));
      if (node == null) {
        gone.add(path);
      } else if (hasText(node) && versions.get(path) == version(node)) {
        deletions.put(path, Op.delete(node.path(), node.stat().getVersion()));
      }
    }
    if (deletions.isEmpty()) {
      return gone;
    }
    if (transact(deletions.values(), epoch).isEmpty()) {
      gone.addAll(deletions.keySet());
      return gone;
    }
    // One was changed meanwhile, or a first try was done whose answer was lost.
    deletions.forEach((path, deletion) -> {
      Optional<Refusal> refusal = transact(List.of(deletion), epoch);
      if (refusal.isEmpty() || refusal.get().code() == Code.NONODE) {
        gone.add(path);
      }
    });
    return gone;
  }

  private Optional<Refusal> transact(Collection<Op> deletions, OptionalLong epoch) {
    List<Op> operations = new ArrayList<>();
    if (epoch.isPresent()) {
      if (epoch.getAsLong() < 0 || epoch.getAsLong() > Integer.MAX_VALUE) {
        throw staleEpoch.apply(epoch.getAsLong());
      }
      operations.add(Op.check(epochPath, (int) epoch.getAsLong()));
    }
    operations.addAll(deletions);
    Optional<Refusal> refusal =
        link.transact("deleting " + deletions.size() + " texts", operations);
    if (epoch.isPresent() && refusal.isPresent() && refusal.get().operation() == 0) {
      throw staleEpoch.apply(epoch.getAsLong());
    }
    return refusal;
  }

  private void deleteIfEmpty(String full) {
    Optional<Node> node = link.read(full);
    if (node.isPresent() && !hasText(node.get()) && node.get().stat().getNumChildren() == 0) {
      // Refused if something came below it.
      var _ =
          link.transact(
              "deleting " + full, List.of(Op.delete(full, node.get().stat().getVersion())));
    }
  }

  @Override
  public Instant clock() {
    String full = full("clock");
    link.ensure(full);
    return link.call(
        "asking for the time",
        () -> Instant.ofEpochMilli(link.handle().setData(full, new byte[0], -1).getMtime()));
  }

  @Override
  public void delete(String path) {
    try {
      link.deleteTree(full(path));
    } finally {
      wrote(path);
    }
  }

  @Override
  public <T> AutoCloseable watch(
      String path,
      BiFunction<String, Versioned<String>, T> reader,
      Consumer<Map<String, T>> listener) {
    Watch<T> watch = new Watch<>(full(path), reader);
    Watched<T> target = use(watch);
    try {
      target.mirror.awaitLoaded(loadTimeoutMillis);
    } catch (CuveeException e) {
      release(watch, target);
      throw e;
    }
    return target.subscriptions.add(listener, () -> release(watch, target));
  }

  @SuppressWarnings("unchecked")
  private synchronized <T> Watched<T> use(Watch<T> watch) {
    Watched<T> target = (Watched<T>) watched.computeIfAbsent(watch, this::begin);
    target.users++;
    return target;
  }

  private <T> Watched<T> begin(Watch<T> watch) {
    return new Watched<>(watch);
  }

  private synchronized void release(Watch<?> watch, Watched<?> target) {
    target.users--;
    if (target.users == 0) {
      watched.remove(watch);
      target.mirror.close();
    }
  }

  synchronized void resync() {
    watched.values().forEach(target -> target.mirror.resync());
  }

  private static boolean hasText(Node node) {
    return node.data().length > 0;
  }

  private static byte[] encode(String path, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    ByteWriter out = new ByteWriter(bytes.length + MARK_BYTES);
    out.writeLong(ThreadLocalRandom.current().nextLong());
    out.writeRaw(bytes, 0, bytes.length);
    return ZnodeFormat.encode(path, out.toByteArray());
  }

  private static Versioned<String> decode(Node node) {
    byte[] payload = ZnodeFormat.decode(node.path(), node.data());
    if (payload.length < MARK_BYTES) {
      throw ZnodeFormat.damaged(node.path(), "has a payload of " + payload.length + " bytes");
    }
    ByteReader in = new ByteReader(payload, MARK_BYTES, payload.length - MARK_BYTES);
    String text = new String(in.readRaw(in.remaining()), StandardCharsets.UTF_8);
    return new Versioned<>(text, version(node));
  }

  private static int version(Node node) {
    return Long.hashCode(node.stat().getMzxid() * 0x9E3779B97F4A7C15L);
  }
}
