package io.cuvee.engine.exchange;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.QueryRequest;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Starts brokers' queries, and counts those of all brokers that run. Thread-safe.
final class RequestStart {
  private static final Logger LOG = LoggerFactory.getLogger(RequestStart.class);

  private final String serverName;
  private final QueryHandler handler;
  private final ExchangeLimits limits;
  private final AtomicInteger running = new AtomicInteger();

  RequestStart(String serverName, QueryHandler handler, ExchangeLimits limits) {
    this.serverName = serverName;
    this.handler = handler;
    this.limits = limits;
  }

  String serverName() {
    return serverName;
  }

  QueryHandler handler() {
    return handler;
  }

  int running() {
    return running.get();
  }

  /// One that was [#start]ed is over.
  void ended() {
    running.decrementAndGet();
  }

  /// Starts a query; the answer hears of it if that fails.
  ///
  /// @param answer says that it is over by [#ended()]
  /// @param ofBroker how many of its broker run, with this one
  /// @param broker for the log
  void start(byte[] request, Answer answer, int ofBroker, String broker) {
    int all = running.incrementAndGet();
    try {
      if (all > limits.queries() || ofBroker > limits.queriesPerConnection()) {
        throw new CuveeException(
            ErrorCode.TOO_MANY_REQUESTS,
            "Server "
                + serverName
                + " has as many queries as it takes at once ("
                + limits.queries()
                + " in all, "
                + limits.queriesPerConnection()
                + " for one broker). Try again later.");
      }
      answer.started(
          handler.start(QueryRequest.read(new ByteReader(request)), answer::covers, answer));
    } catch (CuveeException refused) {
      answer.fail(refused);
    } catch (RuntimeException failure) {
      LOG.error("A query from {} could not be started", broker, failure);
      answer.fail(CuveeException.of(failure));
    } catch (StackOverflowError deep) {
      answer.fail(
          new CuveeException(
              ErrorCode.FEATURE_NOT_SUPPORTED,
              "The query has an expression that is nested too deeply.",
              deep));
    }
  }

  /// The payload that answers [io.cuvee.common.wire.FrameFormat#SHOWN].
  byte[] shown(byte[] request) {
    ByteReader in = new ByteReader(request);
    String table = in.readString();
    int count = in.readCount(2);
    ByteWriter out = new ByteWriter(16 + 8 * count);
    for (int i = 0; i < count; i++) {
      out.writeVarLong(handler.shown(table, in.readVarInt(), in.readVarLong()));
    }
    return out.toByteArray();
  }
}
