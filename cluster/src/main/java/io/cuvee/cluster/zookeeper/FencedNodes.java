package io.cuvee.cluster.zookeeper;

import io.cuvee.cluster.state.SplitMap;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.Node;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.Refusal;
import io.cuvee.cluster.zookeeper.ZooKeeperLink.SizedOps;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.LongFunction;
import java.util.function.UnaryOperator;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;

/// Nodes that only the leading controller, or only the newest process of an id, may write, and
/// local copies of them. No type of ZooKeeper's is in what is public here: another kind of state is
/// a plug-in, which has classes of its own under these names. Thread-safe.
public final class FencedNodes {
  private static final int MAX_ATTEMPTS = 50;

  private final ZooKeeperLink link;
  private final TaskThread watching;
  private final Membership membership;
  private final String epochPath;
  private final LongFunction<CuveeException> staleEpoch;
  private final long loadTimeoutMillis;
  private final List<Copy<?>> copies = new CopyOnWriteArrayList<>();

  /// @param staleEpoch hears of writes with an epoch that is over
  FencedNodes(
      ZooKeeperLink link,
      TaskThread watching,
      Membership membership,
      Paths paths,
      LongFunction<CuveeException> staleEpoch,
      long loadTimeoutMillis) {
    this.link = link;
    this.watching = watching;
    this.membership = membership;
    this.epochPath = paths.epoch();
    this.staleEpoch = staleEpoch;
    this.loadTimeoutMillis = loadTimeoutMillis;
  }

  /// Whether ZooKeeper answers at present.
  public boolean isConnected() {
    return link.isConnected();
  }

  /// What a node holds, if it is there and holds something.
  public Optional<byte[]> read(String path) {
    return link.read(path).map(Node::data).filter(data -> data.length > 0);
  }

  /// What the nodes directly below `path` hold, by name; empty if there is no such node.
  public Map<String, byte[]> readChildren(String path) {
    Map<String, byte[]> found = new HashMap<>();
    link.readChildren(path)
        .forEach((name, node) -> {
          if (node.data().length > 0) {
            found.put(name, node.data());
          }
        });
    return found;
  }

  /// Creates the node and its parents, empty, where they are missing.
  public void ensure(String path) {
    link.ensure(path);
  }

  /// Gives the node a content unless it has one.
  public void writeFirst(String path, byte[] content) {
    link.ensure(path);
    Node node = link.read(path).orElseThrow();
    if (node.data().length == 0) {
      // Refused if another process was first, which is as good.
      var _ =
          link.transact(
              "writing " + path, List.of(Op.setData(path, content, node.stat().getVersion())));
    }
  }

  /// Changes nodes as the leading controller, many in one transaction.
  ///
  /// @param edits by path, from what the node holds to what it shall hold; empty is no node
  /// @throws CuveeException `CONFLICT` if `epoch` is not that of the present leader
  public void edit(Map<String, UnaryOperator<Optional<byte[]>>> edits, long epoch) {
    if (epoch < 0 || epoch > Integer.MAX_VALUE) {
      throw staleEpoch.apply(epoch);
    }
    Map<String, UnaryOperator<Optional<byte[]>>> open = new HashMap<>(edits);
    for (int attempt = 0; !open.isEmpty(); attempt++) {
      if (attempt == MAX_ATTEMPTS) {
        throw new CuveeException(
            ErrorCode.CONFLICT,
            "The assignment in "
                + String.join(", ", open.keySet())
                + " keeps changing while it is written. Try again.");
      }
      open.keySet().removeAll(editOnce(open, epoch));
    }
  }

  /// @return the nodes that were written
  private Set<String> editOnce(Map<String, UnaryOperator<Optional<byte[]>>> open, long epoch) {
    List<String> nodes = List.copyOf(open.keySet());
    Map<String, Node> present = link.readAll(nodes);
    List<SizedOps> groups = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      String path = nodes.get(i);
      groups.add(change(i, path, Optional.ofNullable(present.get(path)), open.get(path)));
    }
    Set<String> written = new HashSet<>();
    for (List<SizedOps> chunk : ZooKeeperLink.chunks(groups)) {
      List<Op> operations = new ArrayList<>();
      operations.add(Op.check(epochPath, (int) epoch));
      chunk.forEach(group -> operations.addAll(group.operations()));
      Optional<Refusal> refusal = link.transact("assigning segments", operations);
      if (refusal.isPresent()) {
        if (refusal.get().operation() == 0) {
          throw staleEpoch.apply(epoch);
        }
        link.ensureAll(nodes.stream().map(ZooKeeperLink::parent).distinct().toList());
        return written;
      }
      chunk.forEach(group -> written.add(nodes.get(group.bucket())));
    }
    return written;
  }

  private static SizedOps change(
      int number, String path, Optional<Node> present, UnaryOperator<Optional<byte[]>> edit) {
    Optional<byte[]> before = present.map(Node::data).filter(data -> data.length > 0);
    Optional<byte[]> after = edit.apply(before);
    boolean same =
        before.isPresent() == after.isPresent()
            && (after.isEmpty() || Arrays.equals(before.get(), after.get()));
    if (same) {
      return new SizedOps(number, List.of(), 0);
    }
    int version = present.map(node -> node.stat().getVersion()).orElse(0);
    if (after.isEmpty()) {
      return new SizedOps(number, List.of(Op.delete(path, version)), 200);
    }
    byte[] data = after.get();
    Op operation =
        present.isPresent()
            ? Op.setData(path, data, version)
            : ZooKeeperLink.create(path, data, CreateMode.PERSISTENT);
    return new SizedOps(number, List.of(operation), data.length + 200);
  }

  /// Writes nodes as this process, whatever they hold.
  ///
  /// @param contents by path
  /// @throws CuveeException `CONFLICT` if a newer process took over this id
  public void write(Map<String, byte[]> contents) {
    List<String> nodes = List.copyOf(contents.keySet());
    List<SizedOps> groups = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      byte[] data = contents.get(nodes.get(i));
      groups.add(new SizedOps(i, List.of(Op.setData(nodes.get(i), data, -1)), data.length + 200));
    }
    for (List<SizedOps> chunk : ZooKeeperLink.chunks(groups)) {
      List<String> paths = chunk.stream().map(group -> nodes.get(group.bucket())).toList();
      for (int attempt = 0; !writeOnce(paths, contents, attempt > 0); attempt++) {
        if (attempt == MAX_ATTEMPTS) {
          throw new CuveeException(
              ErrorCode.CONFLICT,
              "The nodes " + paths + " keep changing while this process writes them. Try again.");
        }
        link.ensureAll(paths.stream().map(ZooKeeperLink::parent).distinct().toList());
      }
    }
  }

  /// @param someMissing whether nodes may have to be created
  private boolean writeOnce(
      Collection<String> paths, Map<String, byte[]> contents, boolean someMissing) {
    Set<String> present = someMissing ? link.readAll(paths).keySet() : Set.copyOf(paths);
    List<Op> operations = new ArrayList<>();
    for (String path : paths) {
      byte[] data = contents.get(path);
      operations.add(
          present.contains(path)
              ? Op.setData(path, data, -1)
              : ZooKeeperLink.create(path, data, CreateMode.PERSISTENT));
    }
    return membership.transact("publishing segments", operations).isEmpty();
  }

  /// Deletes a node as this process; nothing happens if it is not there.
  ///
  /// @throws CuveeException `CONFLICT` if a newer process took over this id
  public void delete(String path) {
    Optional<Refusal> refusal =
        membership.transact("deleting " + path, List.of(Op.delete(path, -1)));
    if (refusal.isPresent() && refusal.get().code() != Code.NONODE) {
      throw new CuveeException(
          ErrorCode.INTERNAL, "ZooKeeper did not delete " + path + ": " + refusal.get().code());
    }
  }

  /// Hears of changes of a copy, on one thread for all copies of a connection.
  @FunctionalInterface
  public interface Listener<V> {
    /// @param names that changed, appeared or disappeared; none at most the first time, when all
    ///   has been read
    void changed(SplitMap<V> before, SplitMap<V> after, Set<String> names);
  }

  /// What the nodes directly below a path hold, by name; the last known state while ZooKeeper is
  /// away.
  public final class Copy<V> implements AutoCloseable {
    private final Mirror<V> mirror;

    private Copy(String path, BiFunction<String, byte[], V> decoder, Listener<V> listener) {
      mirror =
          new Mirror<>(
              link,
              watching,
              path,
              1,
              (name, node) -> decoder.apply(node.path(), node.data()),
              (before, names) -> listener.changed(before, values(), names));
    }

    public SplitMap<V> values() {
      return mirror.values();
    }

    /// Waits until all has been read.
    ///
    /// @throws CuveeException `IO` if ZooKeeper does not answer
    public void awaitLoaded() {
      mirror.awaitLoaded(loadTimeoutMillis);
    }

    @Override
    public void close() {
      copies.remove(this);
      mirror.close();
    }
  }

  /// Begins to copy what is below `path`, which need not exist.
  ///
  /// @param decoder from path and content; a node that it refuses keeps its last good value
  public <V> Copy<V> copy(
      String path, BiFunction<String, byte[], V> decoder, Listener<V> listener) {
    Copy<V> copy = new Copy<>(path, decoder, listener);
    copies.add(copy);
    copy.mirror.start();
    return copy;
  }

  void resync() {
    copies.forEach(copy -> copy.mirror.resync());
  }
}
