package io.cuvee.broker.scatter;

import io.cuvee.common.wire.InProcessServer;

/// Hears of the answer to one request, from the network's threads.
interface Responder extends InProcessServer.Listener {
  /// The request has been handed to the network.
  void sent();
}
