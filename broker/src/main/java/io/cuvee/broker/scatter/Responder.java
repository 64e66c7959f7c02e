package io.cuvee.broker.scatter;

import io.cuvee.common.error.CuveeException;

/// Hears of the answer to one request, from the network's threads: it must not block. After `end`
/// or `failed` it hears nothing more.
interface Responder {
  /// The request has been handed to the network.
  void sent();

  /// A page, encoded.
  void page(byte[] payload);

  /// How far the server is: rows that it has looked at, of how many.
  void progress(long examinedRows, long totalRows);

  /// The end of the answer: what it cost and what was not there, encoded.
  void end(byte[] payload);

  void failed(CuveeException failure);
}
