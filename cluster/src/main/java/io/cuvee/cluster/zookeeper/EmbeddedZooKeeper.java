package io.cuvee.cluster.zookeeper;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.io.PrintStream;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import org.apache.zookeeper.server.DataNode;
import org.apache.zookeeper.server.DataTree;
import org.apache.zookeeper.server.NIOServerCnxnFactory;
import org.apache.zookeeper.server.PurgeTxnLog;
import org.apache.zookeeper.server.ServerCnxnFactory;
import org.apache.zookeeper.server.ServerStats;
import org.apache.zookeeper.server.SyncRequestProcessor;
import org.apache.zookeeper.server.ZKDatabase;
import org.apache.zookeeper.server.ZooKeeperServer;
import org.apache.zookeeper.server.persistence.FileTxnLog;
import org.apache.zookeeper.server.persistence.FileTxnSnapLog;

/// A single ZooKeeper server in this JVM, for trials, the demo and tests; real installations bring
/// an ensemble. It keeps its state in a directory and continues from there, also after it was
/// killed.
public final class EmbeddedZooKeeper implements AutoCloseable {
  private static final int TICK_MILLIS = 500;
  private static final int MIN_SESSION_MILLIS = 500;
  private static final int MAX_SESSION_MILLIS = 60_000;
  private static final int BACKLOG = 128;
  private static final int UNLIMITED_CONNECTIONS = 0;

  /// A transaction log grows as it is written. ZooKeeper would lengthen it ahead by a zero byte at
  /// its new end, and works that end out without what it has not flushed yet: where more than a
  /// step is under way, the byte falls into a transaction that has been written already, and the
  /// log cannot be read again.
  private static final long LOG_STEP_BYTES = 0;

  /// Transactions between two snapshots.
  private static final int SNAPSHOT_TRANSACTIONS = 20_000;

  /// ZooKeeper's own minimum.
  private static final int KEPT_SNAPSHOTS = 3;

  private final ZooKeeperServer server;
  private final ServerCnxnFactory connections;
  private final FileTxnSnapLog files;

  private EmbeddedZooKeeper(
      ZooKeeperServer server, ServerCnxnFactory connections, FileTxnSnapLog files) {
    this.server = server;
    this.connections = connections;
    this.files = files;
  }

  /// Starts a server that this machine alone can reach.
  ///
  /// @param directory for snapshots and logs; created if missing
  /// @param port to listen on; 0 takes a free one
  /// @throws CuveeException `ADDRESS_IN_USE`, or `IO` if the directory cannot be used
  public static EmbeddedZooKeeper start(Path directory, int port) {
    return start(directory, "127.0.0.1", port);
  }

  /// ZooKeeper prints the names of the files that it removes, which do not belong among results and
  /// ready lines.
  private static void purge(Path directory) throws IOException {
    PrintStream out = System.out;
    System.setOut(System.err);
    try {
      PurgeTxnLog.purge(directory.toFile(), directory.toFile(), KEPT_SNAPSHOTS);
    } finally {
      System.setOut(out);
    }
  }

  /// Starts a server that listens on any address.
  ///
  /// @param host the address to listen on; `0.0.0.0` for all. Whoever reaches it can change
  ///   everything.
  public static EmbeddedZooKeeper start(Path directory, String host, int port) {
    // ZooKeeper installs a handler that hides failures from whoever has no logger; ours stays.
    Thread.UncaughtExceptionHandler handler = Thread.getDefaultUncaughtExceptionHandler();
    System.setProperty("zookeeper.admin.enableServer", "false");
    try {
      Files.createDirectories(directory);
      FileTxnLog.setPreallocSize(LOG_STEP_BYTES);
      SyncRequestProcessor.setSnapCount(SNAPSHOT_TRANSACTIONS);
      FileTxnSnapLog files = new FileTxnSnapLog(directory.toFile(), directory.toFile());
      try {
        purge(directory);
        ZooKeeperServer server =
            new ZooKeeperServer(
                files,
                TICK_MILLIS,
                MIN_SESSION_MILLIS,
                MAX_SESSION_MILLIS,
                BACKLOG,
                new ZKDatabase(files),
                "");
        NIOServerCnxnFactory connections = new NIOServerCnxnFactory();
        connections.configure(
            new InetSocketAddress(host, port), UNLIMITED_CONNECTIONS, BACKLOG, false);
        connections.startup(server);
        return new EmbeddedZooKeeper(server, connections, files);
      } catch (IOException | InterruptedException | RuntimeException e) {
        files.close();
        throw e;
      }
    } catch (BindException e) {
      throw new CuveeException(
          ErrorCode.ADDRESS_IN_USE,
          "ZooKeeper's port "
              + port
              + " of "
              + host
              + " is in use. Stop the program that listens there, or set --port to another port"
              + " (0 takes a free one).",
          e);
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "ZooKeeper cannot start in " + directory + ": " + e.getMessage() + ".", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(ErrorCode.IO, "Interrupted while ZooKeeper started.", e);
    } finally {
      Thread.setDefaultUncaughtExceptionHandler(handler);
    }
  }

  public int port() {
    return connections.getLocalPort();
  }

  /// For `zookeeper.connect`.
  public String connectString() {
    return "127.0.0.1:" + port();
  }

  /// What it holds and has done.
  ///
  /// @param nodes how many
  /// @param bytes of all their payloads and paths, about
  /// @param largestPath the node with the largest payload
  /// @param largestBytes its size
  /// @param mostChildren the most names that one node has below it
  /// @param packets received and sent so far
  public record Figures(
      long nodes,
      long bytes,
      String largestPath,
      int largestBytes,
      int mostChildren,
      long packets) {}

  /// Looks at every node.
  public Figures figures() {
    DataTree tree = server.getZKDatabase().getDataTree();
    String largestPath = "/";
    int largestBytes = 0;
    int mostChildren = 0;
    Deque<String> open = new ArrayDeque<>(List.of("/"));
    while (!open.isEmpty()) {
      String path = open.pop();
      DataNode node = tree.getNode(path);
      if (node == null) {
        continue;
      }
      byte[] data = node.getData();
      if (data != null && data.length > largestBytes) {
        largestPath = path;
        largestBytes = data.length;
      }
      Set<String> children = node.getChildren();
      mostChildren = Math.max(mostChildren, children.size());
      children.forEach(child -> open.push(path.equals("/") ? "/" + child : path + "/" + child));
    }
    return new Figures(
        tree.getNodeCount(),
        tree.approximateDataSize(),
        largestPath,
        largestBytes,
        mostChildren,
        packets());
  }

  /// Requests, answers and events so far.
  public long packets() {
    ServerStats stats = server.serverStats();
    return stats.getPacketsReceived() + stats.getPacketsSent();
  }

  /// Ends a client's session as if it had timed out.
  public void expireSession(long sessionId) {
    server.closeSession(sessionId);
  }

  @Override
  public void close() {
    connections.shutdown();
    server.shutdown(true);
    try {
      files.close();
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO, "ZooKeeper's files could not be closed: " + e.getMessage(), e);
    }
  }
}
