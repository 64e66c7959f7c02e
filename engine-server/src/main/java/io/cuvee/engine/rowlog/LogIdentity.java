package io.cuvee.engine.rowlog;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.rows.RowPeer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.ThreadLocalRandom;

/// As whom the other members of a log know this server: kept beside the logs, so that a server that
/// lost its disk comes back as somebody else. Under its old name it would have promised to know
/// what is gone.
final class LogIdentity {
  // Below the ports that systems give to connections, since this one is to be free at each start.
  private static final int FIRST_PORT = 20_000;
  private static final int LAST_PORT = 32_000;
  private static final int TRIES = 100;

  private LogIdentity() {}

  /// @param port of the settings; 0 for one that is chosen once and then kept
  static RowPeer of(Path directory, String server, String host, int port) {
    try {
      Files.createDirectories(directory);
      String id = kept(directory.resolve("peer-id"), () -> server + "~" + newName());
      int own =
          port != 0
              ? port
              : Integer.parseInt(
                  kept(directory.resolve("port"), () -> Integer.toString(freePort(host))));
      return new RowPeer(id, host, own);
    } catch (IOException | NumberFormatException e) {
      throw new CuveeException(
          ErrorCode.IO,
          "The directory " + directory + " of this server's row logs cannot be used: " + e,
          e);
    }
  }

  private static String newName() {
    return UUID.randomUUID().toString().substring(0, 8);
  }

  private interface Making {
    String make() throws IOException;
  }

  private static String kept(Path file, Making making) throws IOException {
    if (!Files.exists(file)) {
      Path fresh = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(fresh, making.make() + "\n");
      Files.move(fresh, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);
    }
    return Files.readString(file).strip();
  }

  private static int freePort(String host) throws IOException {
    for (int i = 0; i < TRIES; i++) {
      int port = ThreadLocalRandom.current().nextInt(FIRST_PORT, LAST_PORT);
      try (ServerSocket _ = new ServerSocket(port, 1, InetAddress.getByName(host))) {
        return port;
      } catch (IOException e) {
        // Taken: another one.
      }
    }
    throw new IOException("no port between " + FIRST_PORT + " and " + LAST_PORT + " is free");
  }
}
