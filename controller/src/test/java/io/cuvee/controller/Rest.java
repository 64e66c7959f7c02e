package io.cuvee.controller;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.catalog.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/// A client of a controller's REST interface.
final class Rest implements AutoCloseable {
  private final String url;
  private final HttpClient client =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  Rest(int port) {
    this.url = "http://127.0.0.1:" + port;
  }

  /// An answer that is JSON.
  record Answer(int status, JsonNode body) {
    Answer ok() {
      assertThat(status).as(body.toString()).isEqualTo(200);
      return this;
    }

    String error() {
      assertThat(body.path("code").asInt()).as(body.toString()).isEqualTo(status);
      return body.path("error").asText();
    }
  }

  static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  Answer get(String path) {
    return send(request(path).GET());
  }

  Answer delete(String path) {
    return send(request(path).DELETE());
  }

  Answer post(String path, String json) {
    return send(request(path).POST(BodyPublishers.ofString(json)));
  }

  Answer put(String path, String json) {
    return send(request(path).PUT(BodyPublishers.ofString(json)));
  }

  byte[] bytes(String path) throws IOException, InterruptedException {
    return client.send(request(path).GET().build(), HttpResponse.BodyHandlers.ofByteArray()).body();
  }

  Answer upload(String path, Path file) throws IOException {
    return upload(path, file.getFileName().toString(), Files.readAllBytes(file));
  }

  /// @param headers names and values, in turn
  Answer upload(String path, String fileName, byte[] content, String... headers)
      throws IOException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    String head =
        "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
            + fileName
            + "\"\r\n\r\n";
    body.write(head.getBytes(StandardCharsets.UTF_8));
    body.write(content);
    body.write("\r\n--xyz--\r\n".getBytes(StandardCharsets.UTF_8));
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "multipart/form-data; boundary=xyz")
            .POST(BodyPublishers.ofByteArray(body.toByteArray()));
    return send(headers.length == 0 ? request : request.headers(headers));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(Duration.ofSeconds(60));
  }

  private Answer send(HttpRequest.Builder request) {
    try {
      HttpResponse<String> response =
          client.send(request.build(), HttpResponse.BodyHandlers.ofString());
      boolean json =
          response.headers().firstValue("Content-Type").orElse("").startsWith("application/json");
      return new Answer(
          response.statusCode(),
          json
              ? Json.MAPPER.readTree(response.body())
              : Json.MAPPER.getNodeFactory().textNode(response.body()));
    } catch (IOException e) {
      throw new AssertionError(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new AssertionError(e);
    }
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
