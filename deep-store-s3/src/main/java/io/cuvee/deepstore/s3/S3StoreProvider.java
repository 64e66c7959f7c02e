package io.cuvee.deepstore.s3;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.deepstore.DeepStoreConfig;
import io.cuvee.cluster.deepstore.DeepStoreProvider;
import io.cuvee.cluster.deepstore.ObjectDeepStore;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.AwsCredentialsProvider;
import software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.core.checksums.RequestChecksumCalculation;
import software.amazon.awssdk.core.checksums.ResponseChecksumValidation;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.S3ClientBuilder;

/// Opens `s3://bucket/path`.
public final class S3StoreProvider implements DeepStoreProvider {
  private static final String ENDPOINT = "deep-store.s3.endpoint";
  private static final String REGION = "deep-store.s3.region";
  private static final String PATH_STYLE = "deep-store.s3.path-style";
  private static final String ACCESS_KEY = "deep-store.s3.access-key";
  private static final String SECRET_KEY = "deep-store.s3.secret-key";

  private static final Pattern BUCKET = Pattern.compile("[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]");

  @Override
  public Set<String> schemes() {
    return Set.of("s3");
  }

  @Override
  public Set<String> keys() {
    return Set.of(ENDPOINT, REGION, PATH_STYLE, ACCESS_KEY, SECRET_KEY);
  }

  @Override
  public DeepStore open(URI root, DeepStoreConfig config) {
    String bucket = Optional.ofNullable(root.getRawAuthority()).orElse("");
    if (!BUCKET.matcher(bucket).matches()) {
      // Not repeated: it may hold credentials.
      throw invalid(
          "deep-store.uri must be s3://bucket/path, with a bucket's name of 3 to 63 small letters,"
              + " digits, '-' and '.'. Credentials do not belong into it.");
    }
    S3Client client = client(config);
    return new ObjectDeepStore(root, new S3Objects(client, bucket, config.timeout()), config);
  }

  private static S3Client client(DeepStoreConfig config) {
    Optional<URI> endpoint = config.own(ENDPOINT).map(S3StoreProvider::endpoint);
    S3ClientBuilder builder =
        S3Client.builder()
            .httpClientBuilder(
                UrlConnectionHttpClient.builder()
                    .connectionTimeout(shorter(config.requestTimeout(), Duration.ofSeconds(10)))
                    .socketTimeout(config.requestTimeout()))
            .overrideConfiguration(override ->
                override
                    .apiCallTimeout(config.timeout())
                    .retryStrategy(
                        AwsRetryStrategy.standardRetryStrategy().toBuilder()
                            .maxAttempts(config.attempts())
                            .build()))
            // Our own are noted with each object. Not all that speak S3 know the newer ones.
            .requestChecksumCalculation(RequestChecksumCalculation.WHEN_REQUIRED)
            .responseChecksumValidation(ResponseChecksumValidation.WHEN_REQUIRED)
            .credentialsProvider(credentials(config))
            .forcePathStyle(pathStyle(config, endpoint.isPresent()));
    endpoint.ifPresent(builder::endpointOverride);
    config
        .own(REGION)
        .or(() -> endpoint.isPresent() ? Optional.of("us-east-1") : Optional.empty())
        .ifPresent(region -> builder.region(Region.of(region)));
    try {
      return builder.build();
    } catch (SdkClientException e) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "The S3 client cannot be made: " + e.getMessage() + ". Set " + REGION + ".",
          e);
    }
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  private static URI endpoint(String text) {
    try {
      URI endpoint = URI.create(text);
      if (endpoint.getHost() != null
          && endpoint.getUserInfo() == null
          && Set.of("http", "https").contains(endpoint.getScheme())) {
        return endpoint;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw invalid(ENDPOINT + " must be a URL as https://minio.example:9000.");
  }

  private static boolean pathStyle(DeepStoreConfig config, boolean ownEndpoint) {
    String text = config.own(PATH_STYLE).orElse(Boolean.toString(ownEndpoint));
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default -> throw invalid(PATH_STYLE + " is '" + text + "': use true or false.");
    };
  }

  /// Those of the settings; else of the environment, profiles, or the machine, as AWS's tools do.
  private static AwsCredentialsProvider credentials(DeepStoreConfig config) {
    Optional<String> access = config.own(ACCESS_KEY);
    Optional<String> secret = config.own(SECRET_KEY);
    if (access.isPresent() != secret.isPresent()) {
      throw invalid("Set both " + ACCESS_KEY + " and " + SECRET_KEY + ", or none of them.");
    }
    return access.isPresent()
        ? StaticCredentialsProvider.create(AwsBasicCredentials.create(access.get(), secret.get()))
        : DefaultCredentialsProvider.builder().build();
  }

  private static CuveeException invalid(String message) {
    return new CuveeException(ErrorCode.INVALID_SETTING, message);
  }
}
