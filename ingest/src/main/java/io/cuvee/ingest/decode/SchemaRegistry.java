package io.cuvee.ingest.decode;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.Schema;

/// Asks a registry with Confluent's interface for Avro schemas by their numbers. What a number
/// means never changes, so that answers are kept for all tables of this process; that there is no
/// schema of a number is believed for ten seconds.
final class SchemaRegistry {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final Duration ANSWER = Duration.ofSeconds(10);
  private static final int MOST_BYTES = 4 << 20;
  private static final int MOST_KEPT = 1000;
  private static final long ABSENT_NANOS = 10_000_000_000L;
  private static final String URL = "schema.registry.rest.url";
  private static final String USER = "schema.registry.basic.auth.user.info";
  private static final Kept KEPT = new Kept();

  private final List<URI> urls;
  private final Optional<String> user;

  private record Key(List<URI> urls, int id) {}

  /// @param schema absent if the registry said that there is none that can be used
  /// @param problem why not
  private record Found(Optional<Schema> schema, String problem, long nanos) {
    boolean isStale() {
      return schema.isEmpty() && System.nanoTime() - nanos > ABSENT_NANOS;
    }
  }

  private static final class Kept extends LinkedHashMap<Key, Found> {
    private static final long serialVersionUID = 1;

    Kept() {
      super(16, 0.75f, true);
    }

    @Override
    protected boolean removeEldestEntry(Map.Entry<Key, Found> eldest) {
      return size() > MOST_KEPT;
    }
  }

  private static final class Http {
    static final HttpClient CLIENT =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(CONNECT)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build();
  }

  private SchemaRegistry(List<URI> urls, Optional<String> user) {
    this.urls = List.copyOf(urls);
    this.user = user;
  }

  /// @throws CuveeException `INVALID_TABLE`
  static SchemaRegistry of(Map<String, String> properties) {
    List<URI> urls = new ArrayList<>();
    for (String text : properties.getOrDefault(URL, "").split(",", -1)) {
      String url = text.strip();
      try {
        urls.add(URI.create(url.endsWith("/") ? url : url + "/"));
      } catch (IllegalArgumentException e) {
        throw wrongUrl(text);
      }
      String scheme = String.valueOf(urls.getLast().getScheme()).toLowerCase(Locale.ROOT);
      if (!(scheme.equals("http") || scheme.equals("https")) || urls.getLast().getHost() == null) {
        throw wrongUrl(text);
      }
    }
    return new SchemaRegistry(urls, Optional.ofNullable(properties.get(USER)));
  }

  private static CuveeException wrongUrl(String text) {
    return new CuveeException(
        ErrorCode.INVALID_TABLE,
        "streamConfigs: 'decoder.prop."
            + URL
            + "' is '"
            + text
            + "'. Name the schema registry as http://host:8081, several with commas.");
  }

  /// @throws CuveeException `INVALID_INPUT` if there is no such schema or it is no Avro record,
  ///   `IO` if that cannot be known now
  Schema schema(int id) {
    Key key = new Key(urls, id);
    Found found;
    synchronized (KEPT) {
      found = KEPT.get(key);
    }
    if (found == null || found.isStale()) {
      found = ask(id);
      synchronized (KEPT) {
        KEPT.put(key, found);
      }
    }
    String problem = found.problem();
    return found
        .schema()
        .orElseThrow(() -> new CuveeException(ErrorCode.INVALID_INPUT, problem + "."));
  }

  /// Asks one after the other.
  private Found ask(int id) {
    CuveeException last = null;
    for (URI url : urls) {
      try {
        return ask(url, id);
      } catch (IOException e) {
        last = unreachable(url, e.toString(), e);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw unreachable(url, "interrupted", e);
      }
    }
    throw java.util.Objects.requireNonNull(last);
  }

  private static CuveeException unreachable(URI url, String problem, Exception cause) {
    return new CuveeException(
        ErrorCode.IO, "The schema registry at " + url + " cannot be asked now: " + problem, cause);
  }

  private Found ask(URI url, int id) throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(url.resolve("schemas/ids/" + Integer.toUnsignedString(id)))
            .timeout(ANSWER)
            .header("Accept", "application/vnd.schemaregistry.v1+json, application/json");
    user.ifPresent(text ->
        request.header(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))));
    HttpResponse<InputStream> answer =
        Http.CLIENT.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    byte[] body;
    try (InputStream in = answer.body()) {
      body = in.readNBytes(MOST_BYTES);
    }
    if (answer.statusCode() == 404) {
      // 40403 is the registry's own word for it; another page is somebody else's.
      return Json.MAPPER.readTree(body).path("error_code").asInt() == 40403
          ? absent("The schema registry has no schema " + Integer.toUnsignedString(id))
          : refused(url, 404);
    }
    return answer.statusCode() == 200
        ? parse(id, Json.MAPPER.readTree(body))
        : refused(url, answer.statusCode());
  }

  private static Found refused(URI url, int status) throws IOException {
    throw new IOException("it answers " + status + " at " + url);
  }

  private static Found absent(String problem) {
    return new Found(Optional.empty(), problem, System.nanoTime());
  }

  private static Found parse(int id, JsonNode answer) {
    String name = "Schema " + Integer.toUnsignedString(id) + " of the registry ";
    if (!answer.path("schemaType").asText("AVRO").equals("AVRO")) {
      return absent(name + "is " + answer.path("schemaType").asText() + ", not AVRO");
    }
    if (!answer.path("references").isEmpty()) {
      return absent(name + "refers to other schemas, which is not supported");
    }
    try {
      Schema schema = new Schema.Parser().parse(answer.path("schema").asText());
      return schema.getType() == Schema.Type.RECORD
          ? new Found(Optional.of(schema), "", System.nanoTime())
          : absent(name + "is no record but " + schema.getType());
    } catch (AvroRuntimeException | IllegalArgumentException e) {
      return absent(name + "is no Avro schema: " + e.getMessage());
    }
  }
}
