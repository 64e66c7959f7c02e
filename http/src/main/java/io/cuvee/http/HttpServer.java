package io.cuvee.http;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.net.BindException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.NetworkConnectionLimit;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.GracefulHandler;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// An HTTP/1.1 server with routes, on virtual threads. Thread-safe.
///
/// ```java
/// HttpServer server = HttpServer.builder().port(0)
///     .route("GET", "/tables/{table}", request -> HttpResponse.json(200, find(request.variable("table"))))
///     .start();
/// ```
///
/// Every server also has `/health`, `/health/readiness`, `/health/liveness`, `/health/warm`,
/// `/metrics` and `/version`.
public final class HttpServer implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(HttpServer.class);
  private static final int MAX_CONNECTIONS = 20_000;
  private static final int HEADER_BYTES = 32 << 10;
  private static final long STOP_MILLIS = 700;

  private final Server server;
  private final ServerConnector connector;

  private HttpServer(Server server, ServerConnector connector) {
    this.server = server;
    this.connector = connector;
  }

  public static Builder builder() {
    return new Builder();
  }

  /// Collects routes and settings.
  public static final class Builder {
    private final Router router = new Router();
    private String host = "0.0.0.0";
    private int port;
    private String portSetting = "http.port";
    private Duration idleTimeout = Duration.ofMinutes(3);
    private Path tempDirectory = Path.of(System.getProperty("java.io.tmpdir"));
    private HealthCheck healthCheck = () -> HealthCheck.Health.WARM;

    private Builder() {}

    /// The address to listen at; all of this machine's if it is not called.
    public Builder host(String address) {
      this.host = address;
      return this;
    }

    /// The port to listen at, 0 for a free one.
    public Builder port(int number) {
      this.port = number;
      return this;
    }

    /// The setting that the port came from, for the message when the port is in use.
    public Builder portSetting(String key) {
      this.portSetting = key;
      return this;
    }

    /// How long a connection may be silent between requests or within a body.
    public Builder idleTimeout(Duration timeout) {
      this.idleTimeout = timeout;
      return this;
    }

    /// Where uploads are kept while their handler runs.
    public Builder tempDirectory(Path directory) {
      this.tempDirectory = directory;
      return this;
    }

    public Builder health(HealthCheck check) {
      this.healthCheck = check;
      return this;
    }

    /// Adds a route. A pattern such as `/segments/{table}/{segment}` names one segment in braces;
    /// `{path...}` at its end stands for all the rest, also none. Literal segments win over
    /// variables, HEAD is answered by GET's handler.
    public Builder route(String method, String pattern, HttpHandler handler) {
      router.add(method, pattern, handler);
      return this;
    }

    /// @throws CuveeException `ADDRESS_IN_USE` if something else listens at the port,
    ///   `INVALID_SETTING` if the host is none of this machine's
    public HttpServer start() {
      CommonRoutes.addTo(router, healthCheck);
      QueuedThreadPool threads = new QueuedThreadPool(200, 4);
      threads.setName("http");
      threads.setDaemon(true);
      threads.setVirtualThreadsExecutor(VirtualThreads.getNamedVirtualThreadsExecutor("http-"));
      Server server = new Server(threads);
      ServerConnector connector =
          new ServerConnector(
              server,
              1,
              Math.max(1, Runtime.getRuntime().availableProcessors() / 2),
              new HttpConnectionFactory(configuration()));
      connector.setHost(host);
      connector.setPort(port);
      connector.setIdleTimeout(idleTimeout.toMillis());
      connector.setAcceptQueueSize(1024);
      // How long connections without a request may live on once the server is being closed.
      connector.setShutdownIdleTimeout(10);
      server.addConnector(connector);
      server.addBean(new NetworkConnectionLimit(MAX_CONNECTIONS, connector));
      server.setErrorHandler(new JsonErrors());
      server.setHandler(new GracefulHandler(new RoutingHandler(router, tempDirectory)));
      server.setStopTimeout(STOP_MILLIS);
      try {
        server.start();
      } catch (Exception e) {
        stopQuietly(server);
        throw notStarted(e);
      }
      return new HttpServer(server, connector);
    }

    private static HttpConfiguration configuration() {
      HttpConfiguration configuration = new HttpConfiguration();
      configuration.setRequestHeaderSize(HEADER_BYTES);
      configuration.setResponseHeaderSize(HEADER_BYTES);
      configuration.setOutputBufferSize(64 << 10);
      configuration.setSendServerVersion(false);
      configuration.setSendDateHeader(false);
      configuration.setUriCompliance(UriCompliance.DEFAULT);
      return configuration;
    }

    private CuveeException notStarted(Exception failure) {
      for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
        if (cause instanceof UnknownHostException
            || String.valueOf(cause.getMessage()).contains("Cannot assign")) {
          return new CuveeException(
              ErrorCode.INVALID_SETTING,
              "HTTP cannot listen at '"
                  + host
                  + "', which is not an address of this machine. Change the setting host.",
              failure);
        }
        if (cause instanceof BindException) {
          return new CuveeException(
              ErrorCode.ADDRESS_IN_USE,
              "Port "
                  + port
                  + " of "
                  + host
                  + " is in use. Stop the program that listens there, or set "
                  + portSetting
                  + " to another port (0 takes a free one).",
              failure);
        }
      }
      return CuveeException.of(failure);
    }
  }

  /// The port that it listens at.
  public int port() {
    return connector.getLocalPort();
  }

  /// Takes no new requests, waits for those under way for at most 0.7 s, then stops.
  @Override
  public void close() {
    stopQuietly(server);
  }

  private static void stopQuietly(Server server) {
    try {
      server.stop();
    } catch (Exception e) {
      // Requests that did not end in time were cut off, which is what close promises.
      LOG.debug("HTTP server stopped with open requests", e);
    }
  }

  /// Whether it listens.
  public boolean isOpen() {
    return connector.isRunning();
  }
}
