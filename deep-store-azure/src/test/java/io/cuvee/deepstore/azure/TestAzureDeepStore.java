package io.cuvee.deepstore.azure;

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
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

@EnabledIfSystemProperty(
    named = "cuvee.azurite",
    matches = ".+",
    disabledReason = "needs Azurite, which ./cuvee test installs with npm")
class TestAzureDeepStore extends RemoteStoreContract {
  private static final AtomicInteger ROOTS = new AtomicInteger();

  @TempDir private static Path directory;
  private static Azurite server;

  private final String root =
      "abfs://"
          + Azurite.CONTAINER
          + "@"
          + Azurite.ACCOUNT
          + "/d%C3%A9p%C3%B4t%201+2%2541/"
          + ROOTS.incrementAndGet();

  @BeforeAll
  static void startServer() throws Exception {
    server = Azurite.start(Path.of(System.getProperty("cuvee.azurite")), directory);
  }

  @AfterAll
  static void stopServer() throws Exception {
    server.close();
  }

  private static DeepStoreConfig config(int port, Map<String, String> more) {
    Map<String, String> own = new HashMap<>(Azurite.settings(port));
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
        .hasMessageNotContaining("secret");
  }

  @Test
  void settingsThatCannotBeAreExplained() {
    assertRefused("abfs://container/x", Map.of(), "deep-store.uri");
    assertRefused("abfs://c:secret@account/x", Map.of(), "Credentials");
    assertRefused("abfs://container@account/a//b", Map.of(), "deep-store.uri");
    assertRefused(
        "abfs://container@account", Map.of("deep-store.azure.endpoint", "x y"), "endpoint");
    assertRefused(
        "abfs://container@account",
        Map.of("deep-store.azure.account-key", "secret!"),
        "deep-store.azure.account-key");
  }

  @Test
  void missingContainerAndWrongKeysAreTold() throws IOException {
    Path in = file("1");
    try (DeepStore store =
        DeepStores.open("abfs://no-such@" + Azurite.ACCOUNT, config(server.port(), Map.of()))) {
      assertThatThrownBy(() -> store.put(in, "a")).hasMessageContaining("Create the container");
      assertThatThrownBy(() -> store.list("")).hasMessageContaining("Create the container");
    }
    Map<String, String> wrong = Map.of("deep-store.azure.account-key", "b3RoZXI=");
    try (DeepStore store = DeepStores.open(root, config(server.port(), wrong))) {
      assertThatThrownBy(() -> store.put(in, "a"))
          .isInstanceOfSatisfying(
              CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.IO))
          .hasMessageContaining("Check the credentials")
          .hasMessageNotContaining("b3RoZXI=");
    }
  }
}
