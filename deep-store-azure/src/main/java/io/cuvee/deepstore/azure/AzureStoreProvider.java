package io.cuvee.deepstore.azure;

import com.azure.core.http.jdk.httpclient.JdkHttpClientBuilder;
import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import com.azure.storage.common.policy.RequestRetryOptions;
import com.azure.storage.common.policy.RetryPolicyType;
import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.deepstore.DeepStoreProvider;
import io.cuvee.cluster.deepstore.ObjectDeepStore;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.net.URI;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Opens `abfs://container@account.dfs.core.windows.net/path` and `abfss://…`, through the
/// account's Blob service.
public final class AzureStoreProvider implements DeepStoreProvider {
  private static final String ENDPOINT = "deep-store.azure.endpoint";
  private static final String ACCOUNT_KEY = "deep-store.azure.account-key";
  private static final String SAS_TOKEN = "deep-store.azure.sas-token";

  private static final Pattern AUTHORITY =
      Pattern.compile("([a-z0-9$][a-z0-9-]{2,62})@(([a-z0-9]{3,24})(\\.[a-z0-9.-]+)?)");

  @Override
  public Set<String> schemes() {
    return Set.of("abfs", "abfss");
  }

  @Override
  public Set<String> keys() {
    return Set.of(ENDPOINT, ACCOUNT_KEY, SAS_TOKEN);
  }

  @Override
  public DeepStore open(URI root, DeepStoreConfig config) {
    Matcher authority = AUTHORITY.matcher(Optional.ofNullable(root.getRawAuthority()).orElse(""));
    if (!authority.matches()) {
      throw invalid(
          "deep-store.uri must be abfss://container@account.dfs.core.windows.net/path. Credentials"
              + " do not belong into it.");
    }
    String container = authority.group(1);
    String account = authority.group(3);
    String scheme = root.getScheme().equals("abfss") ? "https" : "http";
    String endpoint =
        config
            .own(ENDPOINT)
            .map(AzureStoreProvider::checkEndpoint)
            .orElseGet(
                () -> scheme + "://" + authority.group(2).replaceFirst("\\.dfs\\.", ".blob."));
    BlobContainerClientBuilder builder =
        new BlobContainerClientBuilder()
            .endpoint(endpoint)
            .containerName(container)
            .httpClient(
                new JdkHttpClientBuilder()
                    .connectionTimeout(shorter(config.requestTimeout(), Duration.ofSeconds(10)))
                    .writeTimeout(config.requestTimeout())
                    .responseTimeout(config.requestTimeout())
                    .readTimeout(config.requestTimeout())
                    .build())
            .retryOptions(
                new RequestRetryOptions(
                    RetryPolicyType.EXPONENTIAL,
                    config.attempts(),
                    config.requestTimeout(),
                    Duration.ofMillis(100),
                    Duration.ofSeconds(5),
                    null));
    authenticate(builder, account, config);
    return new ObjectDeepStore(
        root,
        new AzureBlobs(builder.buildClient(), container, config.attempts(), config.timeout()),
        config);
  }

  private static String checkEndpoint(String text) {
    try {
      URI endpoint = URI.create(text);
      if (endpoint.getHost() != null
          && endpoint.getUserInfo() == null
          && Set.of("http", "https").contains(endpoint.getScheme())) {
        return text;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw invalid(ENDPOINT + " must be a URL as https://account.blob.core.windows.net.");
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static void authenticate(
      BlobContainerClientBuilder builder, String account, DeepStoreConfig config) {
    Optional<String> key =
        config.own(ACCOUNT_KEY).or(() -> Optional.ofNullable(System.getenv("AZURE_STORAGE_KEY")));
    Optional<String> token =
        config
            .own(SAS_TOKEN)
            .or(() -> Optional.ofNullable(System.getenv("AZURE_STORAGE_SAS_TOKEN")));
    try {
      if (key.isPresent()) {
        // The client would find out with the first request.
        Base64.getDecoder().decode(key.get());
        builder.credential(new StorageSharedKeyCredential(account, key.get()));
      } else if (token.isPresent()) {
        builder.sasToken(token.get());
      } else {
        throw invalid(
            "The deep store in Azure needs credentials: set "
                + ACCOUNT_KEY
                + " (or AZURE_STORAGE_KEY), or "
                + SAS_TOKEN
                + " (or AZURE_STORAGE_SAS_TOKEN).");
      }
    } catch (IllegalArgumentException e) {
      // Its message may repeat the secret.
      throw invalid("The credentials in " + ACCOUNT_KEY + " or " + SAS_TOKEN + " are not valid.");
    }
  }

  private static CuveeException invalid(String message) {
    return new CuveeException(ErrorCode.INVALID_SETTING, message);
  }
}
