package io.cuvee.jdbc.http;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
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
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;

/// Sends HTTP requests with the JDK's client, with credentials and TLS as configured. Thread-safe.
///
/// Callers with equal TLS settings share one client, and so its connections and its threads,
/// because a pool opens many JDBC connections. The JDK's client has no limit of connections to a
/// host and does not retry a POST; whoever calls knows whether a repetition is harmless.
public final class HttpCaller {
  private static final Map<String, HttpClient> CLIENTS = new ConcurrentHashMap<>();

  private final HttpClient client;
  private final boolean tls;
  private final @Nullable String authorization;
  private final String userAgent;

  private HttpCaller(
      HttpClient client, boolean tls, @Nullable String authorization, String userAgent) {
    this.client = client;
    this.tls = tls;
    this.authorization = authorization;
    this.userAgent = userAgent;
  }

  /// A caller without TLS and credentials.
  public static HttpCaller plain(String userAgent, Duration connectTimeout) {
    HttpClient client =
        CLIENTS.computeIfAbsent(
            "plain " + connectTimeout,
            // Collecting the bytes of an answer blocks nobody, so the client's selector thread may
            // do it itself: 70 µs a request instead of 130 with a pool of threads in between.
            key -> newClient(connectTimeout).executor(Runnable::run).build());
    return new HttpCaller(client, false, null, userAgent);
  }

  /// A caller that checks the server's certificate against `tls`'s trust store.
  ///
  /// @throws IOException if a store cannot be read; the message names it
  public static HttpCaller secure(String userAgent, Duration connectTimeout, Tls tls)
      throws IOException {
    String key = "tls " + connectTimeout + " " + tls.identity();
    HttpClient client = CLIENTS.get(key);
    if (client == null) {
      HttpClient created = newClient(connectTimeout).sslContext(tls.context()).build();
      client = CLIENTS.merge(key, created, (first, second) -> first);
    }
    return new HttpCaller(client, true, null, userAgent);
  }

  /// The same caller, sending a user's password with every request.
  public HttpCaller withPassword(String user, String password) {
    byte[] pair = (user + ":" + password).getBytes(StandardCharsets.UTF_8);
    return new HttpCaller(
        client, tls, "Basic " + Base64.getEncoder().encodeToString(pair), userAgent);
  }

  /// The same caller, sending a bearer token with every request.
  public HttpCaller withToken(String token) {
    return new HttpCaller(client, tls, "Bearer " + token, userAgent);
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
    return endpoint.uri(tls, path);
  }

  public HttpResponse<byte[]> get(URI uri, Duration timeout) throws IOException {
    return sendAnyway(request(uri, timeout).GET().build());
  }

  public HttpResponse<byte[]> delete(URI uri, Duration timeout) throws IOException {
    return sendAnyway(request(uri, timeout).DELETE().build());
  }

  public HttpResponse<byte[]> post(URI uri, String contentType, byte[] body, Duration timeout)
      throws IOException {
    return sendAnyway(post(uri, Map.of("Content-Type", contentType), body, timeout));
  }

  /// Sends a POST that may take long and waits for its answer, unless the thread is interrupted.
  ///
  /// @throws java.net.http.HttpTimeoutException if none came in time
  /// @throws java.net.ConnectException if the request was never sent
  /// @throws InterruptedIOException if the thread was interrupted, as it still is
  public HttpResponse<byte[]> postInterruptibly(
      URI uri, Map<String, String> headers, byte[] body, Duration timeout) throws IOException {
    return send(post(uri, headers, body, timeout));
  }

  private HttpRequest post(URI uri, Map<String, String> headers, byte[] body, Duration timeout) {
    HttpRequest.Builder request = request(uri, timeout);
    headers.forEach(request::header);
    return request.POST(HttpRequest.BodyPublishers.ofByteArray(body)).build();
  }

  /// A thread that was interrupted before still cleans up behind it.
  private HttpResponse<byte[]> sendAnyway(HttpRequest request) throws IOException {
    boolean wasInterrupted = Thread.interrupted();
    try {
      return send(request);
    } finally {
      if (wasInterrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /// The JDK completes what `sendAsync` returns in the common pool, which the application may keep
  /// busy; nothing else than the calling thread and the client's own is needed here.
  private HttpResponse<byte[]> send(HttpRequest request) throws IOException {
    try {
      return client.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException("Interrupted while waiting for an answer");
    }
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

  private HttpRequest.Builder request(URI uri, Duration timeout) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).header("User-Agent", userAgent).header("Accept", "*/*");
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    if (!timeout.isZero()) {
      request.timeout(timeout);
    }
    return request;
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
