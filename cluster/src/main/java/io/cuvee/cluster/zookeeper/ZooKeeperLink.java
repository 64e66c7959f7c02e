package io.cuvee.cluster.zookeeper;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.apache.curator.RetryLoop;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.RetryUntilElapsed;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.KeeperException.Code;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.ZKUtil;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.client.ConnectStringParser;
import org.apache.zookeeper.client.ZKClientConfig;
import org.apache.zookeeper.common.ZKConfig;
import org.apache.zookeeper.data.Stat;

/// The connection to ZooKeeper: Curator keeps session and handle, this adds the few calls that the
/// state needs, with one kind of failure. Calls block for at most the call timeout plus a
/// connection attempt. Thread-safe.
final class ZooKeeperLink implements AutoCloseable {
  /// Reads in flight at once; the client queues without a bound of its own.
  private static final int READ_BATCH = 1000;

  /// Nodes that one request asks for: most of what a request of one costs is the request.
  private static final int READS_IN_REQUEST = 100;

  /// The names of a table's segments come in one answer, which the client's own limit of 1 MiB
  /// would refuse from some 30,000 on.
  private static final int MAX_ANSWER_BYTES = 256 << 20;

  private static final int DELETE_BATCH = 500;
  private static final int CREATE_BATCH = 500;
  private static final int PROBE_MILLIS = 1000;
  private static final int PROBE_PAUSE_MILLIS = 50;

  /// How long ending a session may take, with and without a connection.
  private static final int CLOSE_MILLIS = 1000;

  private static final int CLOSE_AWAY_MILLIS = 200;

  /// A znode as it was read. Never compared as a whole.
  @SuppressWarnings("ArrayRecordComponent")
  record Node(String path, byte[] data, Stat stat) {}

  /// Why a transaction was refused, and by which of its operations.
  record Refusal(int operation, Code code) {}

  private final CuratorFramework curator;
  private final String connectString;
  private final Duration callTimeout;

  private ZooKeeperLink(CuratorFramework curator, ZooKeeperConfig config) {
    this.curator = curator;
    this.connectString = config.connectString();
    this.callTimeout = config.callTimeout();
  }

  /// @throws CuveeException `IO` if no server answers within the connect timeout, `INVALID_SETTING`
  ///   if the connect string is none
  static ZooKeeperLink connect(ZooKeeperConfig config) {
    awaitServer(config);
    ZKClientConfig client = new ZKClientConfig();
    client.setProperty(ZKConfig.JUTE_MAXBUFFER, Integer.toString(MAX_ANSWER_BYTES));
    if (System.getProperty("java.security.auth.login.config") == null) {
      client.setProperty(ZKClientConfig.ENABLE_CLIENT_SASL_KEY, "false");
    }
    int sessionMillis = (int) config.sessionTimeout().toMillis();
    CuratorFramework curator =
        CuratorFrameworkFactory.builder()
            .connectString(config.connectString())
            .sessionTimeoutMs(sessionMillis)
            .connectionTimeoutMs((int) Math.min(sessionMillis, config.callTimeout().toMillis() / 2))
            .retryPolicy(new RetryUntilElapsed((int) config.callTimeout().toMillis(), 100))
            .maxCloseWaitMs(CLOSE_AWAY_MILLIS)
            .ensembleTracker(false)
            .zkClientConfig(client)
            .build();
    ZooKeeperLink link = new ZooKeeperLink(curator, config);
    curator.start();
    try {
      int waitMillis = (int) config.connectTimeout().toMillis();
      if (!curator.blockUntilConnected(waitMillis, TimeUnit.MILLISECONDS)) {
        link.close();
        throw nobodyAnswers(config, "no session could be opened");
      }
    } catch (InterruptedException e) {
      link.close();
      throw interrupted(config, e);
    }
    return link;
  }

  /// Waits until something listens, before the client library is asked, which would log every
  /// failed try at length and pause up to two seconds between two of them.
  private static void awaitServer(ZooKeeperConfig config) {
    List<InetSocketAddress> servers;
    try {
      servers = new ConnectStringParser(config.connectString()).getServerAddresses();
    } catch (IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "zookeeper.connect is '"
              + config.connectString()
              + "', which cannot be read: "
              + e.getMessage()
              + ". Write it as host:port[,host:port].",
          e);
    }
    long end = System.nanoTime() + config.connectTimeout().toNanos();
    String problem = "";
    do {
      for (InetSocketAddress server : servers) {
        try (Socket socket = new Socket()) {
          socket.connect(
              new InetSocketAddress(server.getHostString(), server.getPort()), PROBE_MILLIS);
          return;
        } catch (UnknownHostException e) {
          problem = "the host " + server.getHostString() + " is not known";
        } catch (IOException e) {
          problem = String.valueOf(e.getMessage());
        }
      }
      try {
        Thread.sleep(PROBE_PAUSE_MILLIS);
      } catch (InterruptedException e) {
        throw interrupted(config, e);
      }
    } while (System.nanoTime() < end);
    throw nobodyAnswers(config, problem);
  }

  private static CuveeException nobodyAnswers(ZooKeeperConfig config, String problem) {
    return new CuveeException(
        ErrorCode.IO,
        "No ZooKeeper answers at '"
            + config.connectString()
            + "' within "
            + config.connectTimeout().toMillis() / 1000.0
            + " s ("
            + problem
            + "). Start it, or correct zookeeper.connect.");
  }

  private static CuveeException interrupted(ZooKeeperConfig config, InterruptedException e) {
    Thread.currentThread().interrupt();
    return new CuveeException(
        ErrorCode.IO,
        "Interrupted while connecting to ZooKeeper at " + config.connectString() + ".",
        e);
  }

  CuratorFramework curator() {
    return curator;
  }

  boolean isConnected() {
    return curator.getZookeeperClient().isConnected();
  }

  /// The present handle; another one after a lost session.
  ZooKeeper handle() throws Exception {
    return curator.getZookeeperClient().getZooKeeper();
  }

  long sessionId() {
    return call("asking for the session", () -> handle().getSessionId());
  }

  /// Runs `action`, again if the connection was lost, until the call timeout.
  ///
  /// @param what is being done, for the message
  <T> T call(String what, Callable<T> action) {
    try {
      return RetryLoop.callWithRetry(curator.getZookeeperClient(), action);
    } catch (CuveeException e) {
      throw e;
    } catch (Exception e) {
      throw failure(what, e);
    }
  }

  private CuveeException failure(String what, Exception cause) {
    if (cause instanceof InterruptedException) {
      Thread.currentThread().interrupt();
    }
    return new CuveeException(
        ErrorCode.IO,
        "ZooKeeper at "
            + connectString
            + " did not answer within "
            + callTimeout.toSeconds()
            + " s while "
            + what
            + " ("
            + cause.getMessage()
            + "). Check that it runs.",
        cause);
  }

  Optional<Node> read(String path) {
    return call(
        "reading " + path,
        () -> {
          try {
            Stat stat = new Stat();
            byte[] data = handle().getData(path, false, stat);
            return Optional.of(new Node(path, data == null ? new byte[0] : data, stat));
          } catch (KeeperException.NoNodeException e) {
            return Optional.empty();
          }
        });
  }

  /// Names of the children; empty if there is no such node.
  List<String> children(String path) {
    return call(
        "listing " + path,
        () -> {
          try {
            return handle().getChildren(path, false);
          } catch (KeeperException.NoNodeException e) {
            return List.of();
          }
        });
  }

  /// Reads many nodes at once; those that do not exist are left out.
  Map<String, Node> readAll(Collection<String> paths) {
    return call(
        "reading " + paths.size() + " nodes",
        () ->
            askOnce(
                paths,
                Op::getData,
                (path, answer) -> {
                  OpResult.GetDataResult read = (OpResult.GetDataResult) answer;
                  byte[] data = read.getData();
                  return new Node(path, data == null ? new byte[0] : data, read.getStat());
                }));
  }

  /// Names of the children of many nodes, by path; those that do not exist are left out.
  Map<String, List<String>> childrenOf(Collection<String> paths) {
    return call(
        "listing " + paths.size() + " nodes",
        () ->
            askOnce(
                paths,
                Op::getChildren,
                (path, answer) -> ((OpResult.GetChildrenResult) answer).getChildren()));
  }

  /// Waits until this process has been told of all that was written before.
  void awaitEvents(String path) {
    call(
        "catching up with " + path,
        () -> {
          CompletableFuture<Code> told = new CompletableFuture<>();
          // Its answer comes to the thread of the watches, after them.
          handle().sync(path, (code, asked, context) -> told.complete(Code.get(code)), this);
          Code code;
          try {
            code = told.get(callTimeout.toMillis(), TimeUnit.MILLISECONDS);
          } catch (TimeoutException e) {
            throw KeeperException.create(Code.OPERATIONTIMEOUT);
          }
          if (code != Code.OK) {
            throw KeeperException.create(code, path);
          }
          return path;
        });
  }

  /// Reads all nodes directly below `path`, by name.
  Map<String, Node> readChildren(String path) {
    List<String> names = children(path);
    Map<String, Node> byPath = readAll(names.stream().map(name -> path + "/" + name).toList());
    Map<String, Node> byName = HashMap.newHashMap(byPath.size());
    byPath.forEach((child, node) -> byName.put(child.substring(path.length() + 1), node));
    return byName;
  }

  /// @param reader of the path and the answer, if the node is there
  private <T> Map<String, T> askOnce(
      Collection<String> paths,
      Function<String, Op> question,
      BiFunction<String, OpResult, T> reader)
      throws Exception {
    ZooKeeper handle = handle();
    Map<String, T> found = HashMap.newHashMap(paths.size());
    List<String> list = List.copyOf(paths);
    for (int start = 0; start < list.size(); start += READ_BATCH) {
      List<String> batch = list.subList(start, Math.min(list.size(), start + READ_BATCH));
      List<List<String>> requests = requests(batch);
      CountDownLatch answers = new CountDownLatch(requests.size());
      AtomicReference<Optional<KeeperException>> failure = new AtomicReference<>(Optional.empty());
      for (List<String> request : requests) {
        handle.multi(
            request.stream().map(question).toList(),
            (code, askedPath, context, results) -> {
              if (results == null) {
                failure.set(
                    Optional.of(KeeperException.create(Code.get(code), request.getFirst())));
              } else {
                synchronized (found) {
                  for (int i = 0; i < request.size(); i++) {
                    take(request.get(i), results.get(i), reader, found, failure);
                  }
                }
              }
              answers.countDown();
            },
            this);
      }
      if (!answers.await(callTimeout.toMillis(), TimeUnit.MILLISECONDS)) {
        throw KeeperException.create(Code.OPERATIONTIMEOUT);
      }
      if (failure.get().isPresent()) {
        throw failure.get().get();
      }
    }
    return found;
  }

  private static List<List<String>> requests(List<String> paths) {
    List<List<String>> requests = new ArrayList<>();
    for (int from = 0; from < paths.size(); from += READS_IN_REQUEST) {
      requests.add(paths.subList(from, Math.min(paths.size(), from + READS_IN_REQUEST)));
    }
    return requests;
  }

  private static <T> void take(
      String path,
      OpResult result,
      BiFunction<String, OpResult, T> reader,
      Map<String, T> found,
      AtomicReference<Optional<KeeperException>> failure) {
    if (!(result instanceof OpResult.ErrorResult error)) {
      found.put(path, reader.apply(path, result));
    } else if (error.getErr() != Code.NONODE.intValue()) {
      failure.set(Optional.of(KeeperException.create(Code.get(error.getErr()), path)));
    }
  }

  /// Runs the operations as one transaction. If the connection breaks it is tried again, so a
  /// refusal may come from a first try that had succeeded; callers read the state and decide.
  ///
  /// @return empty if all were done, else which one could not be; then none was done
  Optional<Refusal> transact(String what, List<Op> operations) {
    return call(
        what,
        () -> {
          try {
            handle().multi(operations);
            return Optional.empty();
          } catch (KeeperException.BadVersionException
              | KeeperException.NoNodeException
              | KeeperException.NodeExistsException
              | KeeperException.NotEmptyException e) {
            return Optional.of(refusal(e));
          }
        });
  }

  private static Refusal refusal(KeeperException e) {
    List<OpResult> results = e.getResults();
    for (int i = 0; results != null && i < results.size(); i++) {
      if (results.get(i) instanceof OpResult.ErrorResult error
          && error.getErr() != Code.OK.intValue()
          && error.getErr() != Code.RUNTIMEINCONSISTENCY.intValue()) {
        return new Refusal(i, Code.get(error.getErr()));
      }
    }
    return new Refusal(0, e.code());
  }

  static Op create(String path, byte[] data, CreateMode mode) {
    return Op.create(path, data, ZooDefs.Ids.OPEN_ACL_UNSAFE, mode);
  }

  /// Creates the node and its parents, without payload, where they are missing.
  void ensure(String path) {
    call(
        "creating " + path,
        () -> {
          ZooKeeper handle = handle();
          if (handle.exists(path, false) == null) {
            for (int end = path.indexOf('/', 1); end > 0; end = path.indexOf('/', end + 1)) {
              createIfMissing(handle, path.substring(0, end));
            }
            createIfMissing(handle, path);
          }
          return path;
        });
  }

  /// The same for many nodes, together as far as their parents are there.
  void ensureAll(Collection<String> paths) {
    Set<String> present = readAll(paths).keySet();
    List<String> missing = paths.stream().filter(path -> !present.contains(path)).toList();
    for (int from = 0; from < missing.size(); from += CREATE_BATCH) {
      List<String> some = missing.subList(from, Math.min(missing.size(), from + CREATE_BATCH));
      List<Op> creations =
          some.stream().map(path -> create(path, new byte[0], CreateMode.PERSISTENT)).toList();
      if (transact("creating " + some.size() + " nodes", creations).isPresent()) {
        some.forEach(this::ensure);
      }
    }
  }

  private static void createIfMissing(ZooKeeper handle, String path)
      throws KeeperException, InterruptedException {
    try {
      handle.create(path, new byte[0], ZooDefs.Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    } catch (KeeperException.NodeExistsException e) {
      // Another process was first, which is as good.
    }
  }

  /// Deletes the node and all below it; nothing happens if it is not there.
  void deleteTree(String path) {
    call(
        "deleting " + path,
        () -> {
          for (int attempt = 0; handle().exists(path, false) != null; attempt++) {
            try {
              if (!ZKUtil.deleteRecursive(handle(), path, DELETE_BATCH) && attempt > 10) {
                throw KeeperException.create(Code.NOTEMPTY, path);
              }
            } catch (KeeperException.NoNodeException e) {
              // Deleted by another process meanwhile.
            }
          }
          return path;
        });
  }

  static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }

  static String name(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /// Splits into transactions that stay well below ZooKeeper's limit of 1 MiB a request.
  static List<List<SizedOps>> chunks(List<SizedOps> groups) {
    List<List<SizedOps>> chunks = new ArrayList<>();
    List<SizedOps> chunk = new ArrayList<>();
    int bytes = 0;
    for (SizedOps group : groups) {
      if (!chunk.isEmpty() && bytes + group.bytes() > 512 << 10) {
        chunks.add(chunk);
        chunk = new ArrayList<>();
        bytes = 0;
      }
      chunk.add(group);
      bytes += group.bytes();
    }
    if (!chunk.isEmpty()) {
      chunks.add(chunk);
    }
    return chunks;
  }

  /// Operations on one bucket that belong into one transaction.
  record SizedOps(int bucket, List<Op> operations, int bytes) {}

  /// Ends the session. While ZooKeeper does not answer there is nobody to tell, and the client
  /// library may take seconds to find that out, so it does that on its own time.
  @Override
  public void close() {
    Thread closing = Thread.ofPlatform().daemon().name("cuvee-cluster-close").start(curator::close);
    try {
      closing.join(isConnected() ? CLOSE_MILLIS : CLOSE_AWAY_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
