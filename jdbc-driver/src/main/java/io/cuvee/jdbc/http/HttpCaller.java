package io.cuvee.jdbc.http;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.Proxy;
import java.net.ProxySelector;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.channels.UnresolvedAddressException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Sends HTTP requests, with credentials and TLS as configured. Thread-safe.
///
/// Plain HTTP goes over [SocketConnections], HTTPS and what a proxy is configured for over the
/// JDK's client. Callers with equal settings share connections, because a pool opens many JDBC
/// connections. A POST is never sent twice once it may have arrived; whoever calls knows whether a
/// repetition is harmless.
public final class HttpCaller {
  private static final Map<String, HttpClient> CLIENTS = new ConcurrentHashMap<>();
  private static final Map<Duration, SocketConnections> SOCKETS = new ConcurrentHashMap<>();

  private final Supplier<HttpClient> client;

  /// Absent for HTTPS.
  private final @Nullable SocketConnections sockets;

  private final @Nullable String authorization;
  private final String userAgent;

  /// Whether a host is reached through a proxy.
  private final Map<String, Boolean> proxied;

  private HttpCaller(
      Supplier<HttpClient> client,
      @Nullable SocketConnections sockets,
      @Nullable String authorization,
      String userAgent,
      Map<String, Boolean> proxied) {
    this.client = client;
    this.sockets = sockets;
    this.authorization = authorization;
    this.userAgent = userAgent;
    this.proxied = proxied;
  }

  /// A caller without TLS and credentials.
  public static HttpCaller plain(String userAgent, Duration connectTimeout) {
    SocketConnections sockets = SOCKETS.computeIfAbsent(connectTimeout, SocketConnections::new);
    return new HttpCaller(
        () ->
            CLIENTS.computeIfAbsent(
                "plain " + connectTimeout,
                // Collecting the bytes of an answer blocks nobody, so the client's selector thread
                // may do it itself.
                key -> newClient(connectTimeout).executor(Runnable::run).build()),
        sockets,
        null,
        userAgent,
        new ConcurrentHashMap<>());
  }

  /// A caller that checks the server's certificate against `tls`'s trust store.
  ///
  /// @throws IOException if a store cannot be read; the message names it
  public static HttpCaller secure(String userAgent, Duration connectTimeout, Tls tls)
      throws IOException {
    String key = "tls " + connectTimeout + " " + tls.identity();
    HttpClient known = CLIENTS.get(key);
    if (known == null) {
      HttpClient created = newClient(connectTimeout).sslContext(tls.context()).build();
      known = CLIENTS.merge(key, created, (first, second) -> first);
    }
    HttpClient client = known;
    return new HttpCaller(() -> client, null, null, userAgent, Map.of());
  }

  /// The same caller, sending a user's password with every request.
  public HttpCaller withPassword(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return withAuthorization("Basic " + Base64.getEncoder().encodeToString(pair));
  }

  /// The same caller, sending a bearer token with every request.
  public HttpCaller withToken(String token) {
    return withAuthorization("Bearer " + token);
  }

  private HttpCaller withAuthorization(String value) {
    return new HttpCaller(client, sockets, value, userAgent, proxied);
  }

  private static HttpClient.Builder newClient(Duration connectTimeout) {
    // HTTP/1.1: the offer to upgrade to HTTP/2 would travel with every new connection's first
    // request, and one request at a time is all that a JDBC connection has.
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .followRedirects(HttpClient.Redirect.NEVER)
        .connectTimeout(connectTimeout);
  }

  public URI uri(Endpoint endpoint, String path) {
    return endpoint.uri(sockets == null, path);
  }

  public HttpAnswer get(URI uri, Duration timeout) throws IOException {
    return sendAnyway(request("GET", uri, Map.of(), new byte[0]), timeout);
  }

  public HttpAnswer delete(URI uri, Duration timeout) throws IOException {
    return sendAnyway(request("DELETE", uri, Map.of(), new byte[0]), timeout);
  }

  public HttpAnswer post(URI uri, String contentType, byte[] body, Duration timeout)
      throws IOException {
    return sendAnyway(request("POST", uri, Map.of("Content-Type", contentType), body), timeout);
  }

  /// Sends a POST that may take long and waits for its answer, unless the thread is interrupted.
  ///
  /// @throws java.net.http.HttpTimeoutException if none came in time
  /// @throws java.net.ConnectException if the request was never sent
  /// @throws InterruptedIOException if the thread was interrupted, as it still is
  public HttpAnswer postInterruptibly(
      URI uri, Map<String, String> headers, byte[] body, Duration timeout) throws IOException {
    return send(request("POST", uri, headers, body), timeout);
  }

  /// Sends a POST whose answer is of no use, without waiting for it.
  public void tell(URI uri, String contentType, byte[] body, Duration timeout) throws IOException {
    OutgoingRequest request = request("POST", uri, Map.of("Content-Type", contentType), body);
    SocketConnections direct = socketsFor(uri);
    if (direct == null) {
      var unused =
          client.get().sendAsync(jdk(request, timeout), HttpResponse.BodyHandlers.discarding());
      return;
    }
    boolean wasInterrupted = Thread.interrupted();
    try {
      direct.tell(request, timeout);
    } finally {
      restore(wasInterrupted);
    }
  }

  /// A thread that was interrupted before still cleans up behind it.
  private HttpAnswer sendAnyway(OutgoingRequest request, Duration timeout) throws IOException {
    boolean wasInterrupted = Thread.interrupted();
    try {
      return send(request, timeout);
    } finally {
      restore(wasInterrupted);
    }
  }

  private static void restore(boolean wasInterrupted) {
    if (wasInterrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpAnswer send(OutgoingRequest request, Duration timeout) throws IOException {
    SocketConnections direct = socketsFor(request.uri);
    if (direct != null) {
      return direct.send(request, timeout);
    }
    try {
      // The JDK completes what `sendAsync` returns in the common pool, which the application may
      // keep busy; nothing else than the calling thread and the client's own is needed here.
      HttpResponse<byte[]> response =
          client.get().send(jdk(request, timeout), HttpResponse.BodyHandlers.ofByteArray());
      // Its names are found in any case.
      return new HttpAnswer(response.statusCode(), response.headers().map(), response.body());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while waiting for an answer");
    }
  }

  private @Nullable SocketConnections socketsFor(URI uri) {
    return sockets != null && !proxied.computeIfAbsent(uri.getAuthority(), key -> hasProxy(uri))
        ? sockets
        : null;
  }

  private static boolean hasProxy(URI uri) {
    ProxySelector selector = ProxySelector.getDefault();
    return selector != null
        && selector.select(uri).stream().anyMatch(proxy -> proxy.type() != Proxy.Type.DIRECT);
  }

  private static HttpRequest jdk(OutgoingRequest request, Duration timeout) {
    HttpRequest.Builder builder = HttpRequest.newBuilder(request.uri);
    request.headers.forEach(builder::header);
    builder.method(
        request.method,
        request.method.equals("POST")
            ? HttpRequest.BodyPublishers.ofByteArray(request.body)
            : HttpRequest.BodyPublishers.noBody());
    return timeout.isZero() ? builder.build() : builder.timeout(timeout).build();
  }

  /// Why there was no answer, in words; the JDK's exceptions often have none.
  public static String reason(IOException e) {
    for (Throwable cause = e; cause != null; cause = cause.getCause()) {
      if (cause instanceof UnresolvedAddressException) {
        return "the host is unknown";
      }
    }
    if (e.getMessage() != null) {
      return e.getMessage();
    }
    return e instanceof ConnectException ? "the connection was refused" : e.getClass().getName();
  }

  private OutgoingRequest request(
      String method, URI uri, Map<String, String> headers, byte[] body) {
    Map<String, String> all = new LinkedHashMap<>();
    all.put("User-Agent", userAgent);
    all.put("Accept", "*/*");
    if (authorization != null) {
      all.put("Authorization", authorization);
    }
    all.putAll(headers);
    return new OutgoingRequest(method, uri, all, body);
  }

  /// Where certificates and keys come from; a store that is not given is the JVM's default.
  public static final class Tls {
    private final @Nullable String trustStore;
    private final @Nullable String trustStorePassword;
    private final @Nullable String keyStore;
    private final @Nullable String keyStorePassword;

    public Tls(
        @Nullable String trustStore,
        @Nullable String trustStorePassword,
        @Nullable String keyStore,
        @Nullable String keyStorePassword) {
      this.trustStore = trustStore;
      this.trustStorePassword = trustStorePassword;
      this.keyStore = keyStore;
      this.keyStorePassword = keyStorePassword;
    }

    private String identity() {
      return trustStore + "\n" + trustStorePassword + "\n" + keyStore + "\n" + keyStorePassword;
    }

    private SSLContext context() throws IOException {
      try {
        if (trustStore == null && keyStore == null) {
          return SSLContext.getDefault();
        }
        TrustManagerFactory trust =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trustStore == null ? null : load(trustStore, trustStorePassword));
        KeyManagerFactory keys =
            KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(
            keyStore == null ? null : load(keyStore, keyStorePassword), chars(keyStorePassword));
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(
            keyStore == null ? null : keys.getKeyManagers(), trust.getTrustManagers(), null);
        return context;
      } catch (GeneralSecurityException e) {
        throw new IOException("TLS cannot be set up: " + e.getMessage(), e);
      }
    }

    private static KeyStore load(String file, @Nullable String password)
        throws IOException, GeneralSecurityException {
      KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
      try (InputStream in = new FileInputStream(file)) {
        store.load(in, chars(password));
      } catch (IOException e) {
        throw new IOException(
            "The key or trust store '" + file + "' cannot be read: " + e.getMessage(), e);
      }
      return store;
    }

    private static char @Nullable [] chars(@Nullable String password) {
      return password == null ? null : password.toCharArray();
    }
  }
}
