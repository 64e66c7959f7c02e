package io.cuvee.broker.scatter;

import io.cuvee.common.wire.ByteWriter;
import java.util.concurrent.CompletableFuture;

/// A way to one server, with any number of requests in flight. Thread-safe.
interface ServerConnection {
  /// Completes when server and broker have agreed on a version.
  CompletableFuture<ServerConnection> ready();

  /// The version that was agreed on, once it is [#ready()].
  int protocol();

  boolean isOpen();

  /// The id of a request that is about to be sent.
  long newRequest();

  /// Sends a request whose answer goes to `responder`, maybe before this returns.
  ///
  /// @param id from [#newRequest()]
  /// @param type of the frame
  void send(long id, int type, ByteWriter payload, Responder responder);

  /// Sends what has no answer; leaves it out if much waits for the server already.
  void tell(int type, ByteWriter payload);

  /// Lets the server stop working on a request; its responder hears nothing more.
  void cancel(long requestId);

  /// Whether the server may go on sending, which stops all requests of this connection.
  void setReading(boolean reads);

  void close();
}
