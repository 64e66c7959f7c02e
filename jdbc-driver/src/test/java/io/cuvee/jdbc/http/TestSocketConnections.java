package io.cuvee.jdbc.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpTimeoutException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class TestSocketConnections {
  private static final Duration LONG = Duration.ofSeconds(20);
  private final SocketConnections connections = new SocketConnections(Duration.ofSeconds(5));

  private static OutgoingRequest request(String method, URI uri, String body) {
    return new OutgoingRequest(
        method, uri, Map.of("X-Test", "yes"), body.getBytes(StandardCharsets.UTF_8));
  }

  private HttpAnswer get(URI uri) throws IOException {
    return connections.send(request("GET", uri, ""), LONG);
  }

  private HttpAnswer post(URI uri, String body) throws IOException {
    return connections.send(request("POST", uri, body), LONG);
  }

  private static String text(HttpAnswer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  /// Answers with what came, for ever.
  private static void echo(ScriptedPeer.Exchange exchange) throws IOException {
    while (true) {
      exchange.answer(exchange.receive());
    }
  }

  @Test
  void requestsShareAConnection() throws Exception {
    try (ScriptedPeer peer = new ScriptedPeer(TestSocketConnections::echo)) {
      String large = "ä".repeat(3_000_000);
      assertThat(text(post(peer.uri("/a?b=c"), "one"))).isEqualTo("one");
      assertThat(text(post(peer.uri("/"), large))).isEqualTo(large);
      assertThat(text(get(peer.uri("/x")))).isEmpty();
      assertThat(peer.requests)
          .containsExactly("POST /a?b=c HTTP/1.1", "POST / HTTP/1.1", "GET /x HTTP/1.1");
      assertThat(peer.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void aConnectionThatWasClosedMeanwhileIsReplaced() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    try (ScriptedPeer peer =
        new ScriptedPeer(
            exchange -> {
              exchange.answer(exchange.receive());
              closed.countDown();
            },
            TestSocketConnections::echo)) {
      assertThat(text(post(peer.uri("/"), "one"))).isEqualTo("one");
      closed.await();
      // The end may be on its way still, but then nothing was answered, and a GET may come again.
      assertThat(text(get(peer.uri("/")))).isEmpty();
      assertThat(peer.connectionCount()).isEqualTo(2);
    }
  }

  @Test
  void aPostThatMayHaveArrivedIsNotSentAgain() throws Exception {
    try (ScriptedPeer peer =
        new ScriptedPeer(
            exchange -> {
              exchange.answer(exchange.receive());
              exchange.receive();
            },
            TestSocketConnections::echo)) {
      assertThat(text(post(peer.uri("/"), "one"))).isEqualTo("one");
      assertThatThrownBy(() -> post(peer.uri("/"), "two"))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("closed");
      assertThat(peer.requests).hasSize(2);
      assertThat(text(post(peer.uri("/"), "three"))).isEqualTo("three");
    }
  }

  @Test
  void aGetIsSentAgainIfAKeptConnectionBroke() throws Exception {
    try (ScriptedPeer peer =
        new ScriptedPeer(
            exchange -> {
              exchange.answer(exchange.receive());
              exchange.receive();
            },
            TestSocketConnections::echo)) {
      get(peer.uri("/"));
      assertThat(get(peer.uri("/")).status()).isEqualTo(200);
      assertThat(peer.requests).hasSize(3);
    }
  }

  @Test
  void anAnswerThatBreaksOffIsAFailure() throws Exception {
    try (ScriptedPeer peer =
        new ScriptedPeer(exchange -> {
          exchange.receive();
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12345");
        })) {
      assertThatThrownBy(() -> get(peer.uri("/")))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("middle");
    }
  }

  @Test
  void bodiesComeInChunksOrUntilTheEnd() throws Exception {
    try (ScriptedPeer peer =
        new ScriptedPeer(
            exchange -> {
              exchange.receive();
              exchange.send(
                  "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nX-A: 1\r\nx-a:  2 \r\n");
              exchange.send("Transfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n");
              exchange.send("A\r\n0123456789\r\n0\r\nTrailer: x\r\n\r\n");
              exchange.receive();
              exchange.send("HTTP/1.1 204 No Content\r\n\r\n");
              exchange.receive();
              exchange.send("HTTP/1.1 500 Oh\r\n\r\nto the end");
            },
            TestSocketConnections::echo)) {
      HttpAnswer chunked = get(peer.uri("/"));
      assertThat(text(chunked)).isEqualTo("abc0123456789");
      assertThat(chunked.headers("X-A")).containsExactly("1", "2");
      assertThat(get(peer.uri("/")).status()).isEqualTo(204);
      HttpAnswer last = get(peer.uri("/"));
      assertThat(last.status()).isEqualTo(500);
      assertThat(text(last)).isEqualTo("to the end");
      assertThat(peer.connectionCount()).isEqualTo(1);
      assertThat(text(post(peer.uri("/"), "more"))).isEqualTo("more");
      assertThat(peer.connectionCount()).isEqualTo(2);
    }
  }

  @Test
  void aConnectionThatIsToCloseIsNotKept() throws Exception {
    try (ScriptedPeer peer =
        new ScriptedPeer(exchange -> {
          exchange.receive();
          exchange.send("HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
          exchange.awaitEnd();
        })) {
      get(peer.uri("/"));
      get(peer.uri("/"));
      assertThat(peer.connectionCount()).isEqualTo(2);
    }
  }

  @Test
  void nonsenseIsAFailure() throws Exception {
    for (String nonsense :
        new String[] {
          "SSH-2.0-OpenSSH_9\r\n",
          "HTTP/1.1 abc\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n",
          "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
          "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nxyz\r\n",
          "HTTP/1.1 200 OK\r\nX: " + "x".repeat(100_000) + "\r\n\r\n"
        }) {
      try (ScriptedPeer peer =
          new ScriptedPeer(exchange -> {
            exchange.receive();
            exchange.send(nonsense);
            exchange.awaitEnd();
          })) {
        assertThatThrownBy(() -> get(peer.uri("/")))
            .as(nonsense.substring(0, 15))
            .isInstanceOf(IOException.class)
            .isNotInstanceOf(HttpTimeoutException.class);
      }
    }
  }

  @Test
  void theTimeLimitIsThatOfTheWholeAnswer() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    try (ScriptedPeer peer =
        new ScriptedPeer(exchange -> {
          exchange.receive();
          exchange.send("HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n");
          // Each byte comes well before a limit for one byte would be reached.
          while (!done.await(20, TimeUnit.MILLISECONDS)) {
            exchange.send("x");
          }
        })) {
      assertThatThrownBy(
              () -> connections.send(request("POST", peer.uri("/"), ""), Duration.ofMillis(300)))
          .isInstanceOf(HttpTimeoutException.class);
      assertThat(peer.requests).hasSize(1);
    } finally {
      done.countDown();
    }
  }

  @Test
  void whoDoesNotReadIsGivenUpToo() throws Exception {
    CountDownLatch done = new CountDownLatch(1);
    try (ScriptedPeer peer = new ScriptedPeer(exchange -> done.await())) {
      assertThatThrownBy(() ->
              connections.send(
                  request("POST", peer.uri("/"), "x".repeat(50_000_000)), Duration.ofMillis(300)))
          .isInstanceOf(HttpTimeoutException.class);
    } finally {
      done.countDown();
    }
  }

  @Test
  void anInterruptedThreadStopsWaiting() throws Exception {
    CountDownLatch waiting = new CountDownLatch(1);
    try (ScriptedPeer peer =
        new ScriptedPeer(exchange -> {
          exchange.receive();
          waiting.countDown();
          exchange.awaitEnd();
        })) {
      CompletableFuture<Object> outcome = new CompletableFuture<>();
      Thread thread =
          new Thread(() -> {
            try {
              outcome.complete(get(peer.uri("/")));
            } catch (IOException e) {
              outcome.complete(Thread.currentThread().isInterrupted() ? e : "not interrupted");
            }
          });
      thread.start();
      waiting.await();
      thread.interrupt();
      assertThat(outcome.get(10, TimeUnit.SECONDS)).isInstanceOf(InterruptedIOException.class);
    }
  }

  @Test
  void whatIsToldIsNotWaitedFor() throws Exception {
    CountDownLatch mayAnswer = new CountDownLatch(1);
    try (ScriptedPeer peer =
        new ScriptedPeer(exchange -> {
          exchange.receive();
          mayAnswer.await();
          exchange.answer("nobody reads this");
          echo(exchange);
        })) {
      connections.tell(request("POST", peer.uri("/tell"), "one"), LONG);
      mayAnswer.countDown();
      assertThat(text(post(peer.uri("/"), "two"))).isEqualTo("two");
      assertThat(peer.connectionCount()).isEqualTo(1);
    }
  }

  @Test
  void whatCannotBeReachedIsAConnectException() throws Exception {
    int port;
    try (ServerSocket unused = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = unused.getLocalPort();
    }
    assertThatThrownBy(() -> get(URI.create("http://localhost:" + port + "/")))
        .isInstanceOf(ConnectException.class)
        .hasMessage("the connection was refused");
    assertThatThrownBy(() -> get(URI.create("http://no-such-host.invalid:1/")))
        .isInstanceOf(ConnectException.class)
        .hasMessage("the host is unknown");
  }

  @Test
  void aHeaderCannotSmuggleAnother() {
    OutgoingRequest request =
        new OutgoingRequest(
            "GET",
            URI.create("http://localhost:1/"),
            Map.of("Authorization", "Bearer a\r\nX-Evil: 1"),
            new byte[0]);
    assertThatThrownBy(request::bytes)
        .isInstanceOf(IOException.class)
        .hasMessageContaining("Authorization")
        .hasMessageNotContaining("Evil");
  }
}
