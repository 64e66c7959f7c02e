package io.cuvee.common.wire;

import io.cuvee.common.error.CuveeException;

/// A server as brokers of its own process see it: requests and answers have the payloads that they
/// have on the network, see [FrameFormat], without the network. Thread-safe.
public interface InProcessServer {
  /// Hears of the answer to one query, from any thread: it must not block. After `end` or `failed`
  /// it hears nothing more.
  interface Listener {
    /// A page, encoded.
    void page(byte[] payload);

    /// How far the server is: rows that it has looked at, of how many.
    void progress(long examinedRows, long totalRows);

    /// The end of the answer: what it cost and what was not there, encoded.
    void end(byte[] payload);

    void failed(CuveeException failure);
  }

  /// Starts a query. A short one may be answered before this returns. Nothing stops it while its
  /// reader does, so its answer must fit in memory.
  ///
  /// @return lets the server stop working on it, also if it has ended
  Runnable query(byte[] request, Listener listener);

  /// What a frame [FrameFormat#SHOWN] asks for.
  byte[] shown(byte[] request);

  /// Whether it takes requests. Those under way when it closes fail with `SERVER_UNREACHABLE`.
  boolean isOpen();
}
