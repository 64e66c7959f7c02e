package io.cuvee.sqltests.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// Requests to one address, as a program without any of our code would make them.
public final class Rest implements AutoCloseable {
  public static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration TIMEOUT = Duration.ofMinutes(1);
  private static final String BOUNDARY = "----cuvee-sql-tests";

  private final String url;
  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  public Rest(String url) {
    this.url = url;
  }

  /// An answer.
  public record Answer(String request, int status, String body) {
    /// This answer, if it has the status.
    public Answer expect(int expected) {
      if (status != expected) {
        throw new AssertionError(
            request + " was answered with " + status + " instead of " + expected + ": " + body);
      }
      return this;
    }

    public JsonNode json() {
      try {
        return JSON.readTree(body);
      } catch (JsonProcessingException e) {
        throw new AssertionError(request + " was not answered with JSON: " + body, e);
      }
    }

    /// The message of an answer that is an error.
    public String error() {
      return json().path("error").asText();
    }
  }

  public Answer get(String path) throws IOException, InterruptedException {
    return send(request(path).GET());
  }

  public Answer delete(String path) throws IOException, InterruptedException {
    return send(request(path).DELETE());
  }

  public Answer post(String path, String json) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .POST(BodyPublishers.ofString(json)));
  }

  public Answer put(String path, String json) throws IOException, InterruptedException {
    return send(
        request(path)
            .header("Content-Type", "application/json")
            .PUT(BodyPublishers.ofString(json)));
  }

  /// Puts a file's rows into a table as one more segment.
  public Answer ingest(String table, String format, String fileName, String content)
      throws IOException, InterruptedException {
    return ingest(table, format, fileName, content.getBytes(StandardCharsets.UTF_8));
  }

  /// Puts a file's rows into a table as one more segment.
  public Answer ingest(String table, String format, String fileName, byte[] content)
      throws IOException, InterruptedException {
    String config = encode("{\"inputFormat\":\"" + format + "\"}");
    return postFile(
        "/ingestFromFile?tableNameWithType=" + table + "_OFFLINE&batchConfigMapStr=" + config,
        fileName,
        content);
  }

  /// Uploads the archive of a segment.
  public Answer uploadSegment(String table, String fileName, byte[] archive)
      throws IOException, InterruptedException {
    return postFile("/v2/segments?tableName=" + table + "&tableType=OFFLINE", fileName, archive);
  }

  /// Posts a file as the only part of a form.
  public Answer postFile(String path, String fileName, byte[] content)
      throws IOException, InterruptedException {
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    body.writeBytes(
        ("--"
                + BOUNDARY
                + "\r\nContent-Disposition: form-data; name=\"file\"; filename=\""
                + fileName
                + "\"\r\nContent-Type: application/octet-stream\r\n\r\n")
            .getBytes(StandardCharsets.UTF_8));
    body.writeBytes(content);
    body.writeBytes(("\r\n--" + BOUNDARY + "--\r\n").getBytes(StandardCharsets.UTF_8));
    return send(
        request(path)
            .header("Content-Type", "multipart/form-data; boundary=" + BOUNDARY)
            .POST(BodyPublishers.ofByteArray(body.toByteArray())));
  }

  /// Posts a query to a broker.
  public JsonNode query(String sql) throws IOException, InterruptedException {
    return post("/query/sql", JSON.createObjectNode().put("sql", sql).toString())
        .expect(200)
        .json();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT);
  }

  private Answer send(HttpRequest.Builder builder) throws IOException, InterruptedException {
    HttpRequest request = builder.build();
    HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
    return new Answer(
        request.method() + " " + request.uri().getPath(), response.statusCode(), response.body());
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  @Override
  public void close() {
    http.close();
  }
}
