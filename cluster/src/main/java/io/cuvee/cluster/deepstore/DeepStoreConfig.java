package io.cuvee.cluster.deepstore;

import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plugin.Plugins;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// How a process reaches deep stores. Credentials are among `own` and stay in the process.
///
/// @param attempts of a request that fails in passing
/// @param requestTimeout how long a store may say nothing
/// @param timeout of one call of a [DeepStore], all attempts together
/// @param own settings of one kind of store, by key
public record DeepStoreConfig(
    int attempts, Duration requestTimeout, Duration timeout, Map<String, String> own) {
  public static final DeepStoreConfig DEFAULT =
      new DeepStoreConfig(4, Duration.ofSeconds(30), Duration.ofMinutes(10), Map.of());

  public DeepStoreConfig {
    if (requestTimeout.toMillis() < 1 || timeout.compareTo(requestTimeout) < 0) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "deep-store.request-timeout must be at least 1ms, and deep-store.timeout not below it.");
    }
    own = Map.copyOf(own);
  }

  /// Reads the `deep-store.…` keys of all kinds that are there, but for `deep-store.uri`.
  public static DeepStoreConfig from(Settings settings) {
    Map<String, String> own = new LinkedHashMap<>();
    for (DeepStoreProvider provider : Plugins.load(DeepStoreProvider.class)) {
      provider.keys().forEach(key -> settings.text(key).ifPresent(value -> own.put(key, value)));
    }
    return new DeepStoreConfig(
        settings.integer("deep-store.attempts", DEFAULT.attempts, 1, 100),
        settings.duration("deep-store.request-timeout", DEFAULT.requestTimeout),
        settings.duration("deep-store.timeout", DEFAULT.timeout),
        own);
  }

  public Optional<String> own(String key) {
    return Optional.ofNullable(own.get(key)).filter(value -> !value.isBlank());
  }

  /// Without the values of `own`.
  @Override
  public String toString() {
    return "DeepStoreConfig[attempts="
        + attempts
        + ", requestTimeout="
        + requestTimeout
        + ", timeout="
        + timeout
        + ", own="
        + own.keySet()
        + "]";
  }
}
