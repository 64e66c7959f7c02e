package io.cuvee.deepstore.s3;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.deepstore.DeepStores;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.deepstore.contract.FaultProxy;
import io.cuvee.deepstore.contract.RemoteStoreContract;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestS3DeepStore extends RemoteStoreContract {
  private static final AtomicInteger ROOTS = new AtomicInteger();

  @TempDir private static Path directory;
  private static S3Server server;

  private final String root =
      "s3://" + S3Server.BUCKET + "/d%C3%A9p%C3%B4t%201/" + ROOTS.incrementAndGet();

  @BeforeAll
  static void startServer() throws Exception {
    server = S3Server.start(directory);
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  private static DeepStoreConfig config(int port, Map<String, String> more) {
    Map<String, String> own = new HashMap<>(S3Server.settings(port));
    own.putAll(more);
    return new DeepStoreConfig(4, Duration.ofSeconds(1), Duration.ofSeconds(60), own);
  }

  @Override
  protected DeepStore open() {
    return DeepStores.open(root + "/", config(server.port(), Map.of()));
  }

  @Override
  protected DeepStore open(FaultProxy proxy) {
    return DeepStores.open(root, config(proxy.port(), Map.of()));
  }

  @Override
  protected FaultProxy proxy() {
    return FaultProxy.before(server.port());
  }

  private static void assertRefused(String uri, Map<String, String> settings, String said) {
    assertThatThrownBy(() -> DeepStores.open(uri, config(server.port(), settings)))
        .as(uri)
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTING))
        .hasMessageContaining(said)
        .hasMessageNotContaining("secret:");
  }

  @Test
  void settingsThatCannotBeAreExplained() {
    assertRefused("s3://AB/x", Map.of(), "deep-store.uri");
    assertRefused("s3:x", Map.of(), "deep-store.uri");
    assertRefused("s3://me:secret:@bucket/x", Map.of(), "Credentials");
    assertRefused("s3://bucket/a/../x", Map.of(), "deep-store.uri");
    assertRefused("s3://bucket/a?x", Map.of(), "deep-store.uri");
    assertRefused("s3://bucket", Map.of("deep-store.s3.endpoint", "minio"), "endpoint");
    assertRefused("s3://bucket", Map.of("deep-store.s3.path-style", "yes"), "path-style");
    assertRefused("s3://bucket", Map.of("deep-store.s3.secret-key", ""), "both");
  }

  @Test
  void missingBucketAndWrongKeysAreTold() throws IOException {
    Path in = file("1");
    try (DeepStore store = DeepStores.open("s3://no-such", config(server.port(), Map.of()))) {
      assertThatThrownBy(() -> store.put(in, "a")).hasMessageContaining("Create the bucket");
      assertThatThrownBy(() -> store.list("")).hasMessageContaining("Create the bucket");
    }
    Map<String, String> wrong = Map.of("deep-store.s3.secret-key", "other secret");
    try (DeepStore store = DeepStores.open(root, config(server.port(), wrong))) {
      assertThatThrownBy(() -> store.put(in, "a"))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO))
          .hasMessageContaining("Check the credentials")
          .hasMessageNotContaining("other secret");
    }
  }

  @Test
  void secretsAreNotPrinted() {
    assertThat(config(1, Map.of()).toString())
        .contains("deep-store.s3.secret-key")
        .doesNotContain("tester's secret");
  }

  @Test
  void wholeBucketMayBeTheStore() throws IOException {
    try (DeepStore store =
        DeepStores.open("s3://" + S3Server.BUCKET, config(server.port(), Map.of()))) {
      URI object = store.put(file("1"), "top");
      assertThat(object.toString()).isEqualTo("s3://" + S3Server.BUCKET + "/top");
      assertThat(store.list("to")).containsExactly("top");
      store.delete(object);
    }
  }
}
