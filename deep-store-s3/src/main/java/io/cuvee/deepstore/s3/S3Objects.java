package io.cuvee.deepstore.s3;

import io.cuvee.cluster.deepstore.ObjectClient;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import software.amazon.awssdk.core.ResponseInputStream;
import software.amazon.awssdk.core.exception.SdkException;
import software.amazon.awssdk.core.sync.RequestBody;
import software.amazon.awssdk.http.ContentStreamProvider;
import software.amazon.awssdk.services.s3.S3Client;
import software.amazon.awssdk.services.s3.model.CompletedPart;
import software.amazon.awssdk.services.s3.model.GetObjectResponse;
import software.amazon.awssdk.services.s3.model.HeadObjectResponse;
import software.amazon.awssdk.services.s3.model.ListObjectsV2Response;
import software.amazon.awssdk.services.s3.model.S3Exception;

/// Objects in a bucket. AWS's client makes the attempts of single requests.
final class S3Objects implements ObjectClient {
  private static final Logger LOG = LoggerFactory.getLogger(S3Objects.class);

  /// Larger files go up in parts, so that what fails is tried again in parts as well.
  private static final int PART_BYTES = 8 << 20;

  private static final String NEVER_REPLACE = "*";

  private final S3Client client;
  private final String bucket;
  private final Duration timeout;

  /// @param timeout of all parts of a file together
  S3Objects(S3Client client, String bucket, Duration timeout) {
    this.client = client;
    this.bucket = bucket;
    this.timeout = timeout;
  }

  /// What no whole answer lacks. The JDK's client takes an answer that was cut within its headers
  /// for one without them.
  private static <T> T whole(@Nullable T field) throws IOException {
    if (field == null) {
      throw new IOException("the answer came in part");
    }
    return field;
  }

  private CuveeException failure(SdkException e) {
    String advice =
        switch (status(e)) {
          case 401, 403 -> "Check the credentials and the rights that they have on the bucket.";
          case 404 -> "Create the bucket, or change deep-store.uri.";
          case 301, 400 -> "Check deep-store.s3.region and deep-store.s3.endpoint.";
          default -> "Check that S3 can be reached, and try again.";
        };
    return new CuveeException(
        ErrorCode.IO,
        "The deep store in S3 bucket '" + bucket + "' failed: " + e.getMessage() + ". " + advice,
        e);
  }

  /// 0 if there was no answer.
  private static int status(SdkException e) {
    return e instanceof S3Exception answer ? answer.statusCode() : 0;
  }

  /// Whether the bucket is there and the object is not.
  private static boolean isMissing(SdkException e) {
    return e instanceof S3Exception answer
        && answer.statusCode() == 404
        && (answer.awsErrorDetails() == null
            || !"NoSuchBucket".equals(answer.awsErrorDetails().errorCode()));
  }

  @Override
  public boolean create(String key, Path file, Map<String, String> notes) throws IOException {
    long size = Files.size(file);
    try {
      if (size <= PART_BYTES) {
        whole(
            client
                .putObject(
                    put -> put.bucket(bucket).key(key).metadata(notes).ifNoneMatch(NEVER_REPLACE),
                    RequestBody.fromFile(file))
                .eTag());
        return true;
      }
      return createInParts(key, file, notes);
    } catch (SdkException e) {
      return switch (status(e)) {
        case 412 -> false;
        // Another writer was about to create it.
        case 409 -> throw new IOException(e.getMessage(), e);
        default -> throw failure(e);
      };
    }
  }

  private boolean createInParts(String key, Path file, Map<String, String> notes)
      throws IOException {
    long begun = System.nanoTime();
    String upload =
        whole(
            client
                .createMultipartUpload(create -> create.bucket(bucket).key(key).metadata(notes))
                .uploadId());
    boolean done = false;
    try (InputStream in = Files.newInputStream(file)) {
      List<CompletedPart> parts = new ArrayList<>();
      byte[] buffer = new byte[PART_BYTES];
      for (int length; (length = in.readNBytes(buffer, 0, PART_BYTES)) > 0; ) {
        if (System.nanoTime() - begun > timeout.toNanos()) {
          throw new IOException("it took longer than deep-store.timeout");
        }
        int number = parts.size() + 1;
        RequestBody part =
            RequestBody.fromContentProvider(
                ContentStreamProvider.fromInputStreamSupplier(inputOf(buffer, length)),
                length,
                "application/octet-stream");
        String tag =
            whole(
                client
                    .uploadPart(
                        put -> put.bucket(bucket).key(key).uploadId(upload).partNumber(number),
                        part)
                    .eTag());
        parts.add(CompletedPart.builder().partNumber(number).eTag(tag).build());
      }
      whole(
          client
              .completeMultipartUpload(complete ->
                  complete
                      .bucket(bucket)
                      .key(key)
                      .uploadId(upload)
                      .ifNoneMatch(NEVER_REPLACE)
                      .multipartUpload(all -> all.parts(parts)))
              .eTag());
      done = true;
      return true;
    } catch (S3Exception e) {
      if (e.statusCode() == 404 && notes(key).isPresent()) {
        // The answer to an earlier attempt was lost, and there is an object, perhaps ours.
        done = true;
        return false;
      }
      throw e;
    } finally {
      if (!done) {
        abort(key, upload);
      }
    }
  }

  private static Supplier<InputStream> inputOf(byte[] bytes, int length) {
    return () -> new ByteArrayInputStream(bytes, 0, length);
  }

  /// What is not aborted is never seen, but kept until the bucket's rules delete it.
  private void abort(String key, String upload) {
    try {
      client.abortMultipartUpload(abort -> abort.bucket(bucket).key(key).uploadId(upload));
    } catch (SdkException e) {
      LOG.warn("Parts of {} stay behind in bucket {}: {}", key, bucket, e.getMessage());
    }
  }

  @Override
  public Optional<Map<String, String>> notes(String key) throws IOException {
    try {
      HeadObjectResponse head = client.headObject(get -> get.bucket(bucket).key(key));
      whole(head.contentLength());
      return Optional.of(head.metadata());
    } catch (SdkException e) {
      if (isMissing(e)) {
        return Optional.empty();
      }
      throw failure(e);
    }
  }

  @Override
  public Optional<Map<String, String>> read(String key, OutputStream out) throws IOException {
    ResponseInputStream<GetObjectResponse> body;
    try {
      body = client.getObject(get -> get.bucket(bucket).key(key));
    } catch (SdkException e) {
      if (isMissing(e)) {
        return Optional.empty();
      }
      throw failure(e);
    }
    boolean whole = false;
    try {
      whole(body.response().contentLength());
      body.transferTo(out);
      whole = true;
      return Optional.of(body.response().metadata());
    } catch (SdkException e) {
      throw new IOException(e.getMessage(), e);
    } finally {
      if (whole) {
        body.close();
      } else {
        // Closing would read the rest.
        body.abort();
      }
    }
  }

  @Override
  public void delete(String key) {
    try {
      client.deleteObject(delete -> delete.bucket(bucket).key(key));
    } catch (SdkException e) {
      throw failure(e);
    }
  }

  @Override
  public List<String> list(String prefix) throws IOException {
    List<String> keys = new ArrayList<>();
    try {
      for (ListObjectsV2Response page :
          client.listObjectsV2Paginator(list -> list.bucket(bucket).prefix(prefix))) {
        whole(page.isTruncated());
        page.contents().forEach(object -> keys.add(object.key()));
      }
    } catch (SdkException e) {
      throw failure(e);
    }
    return keys;
  }

  @Override
  public void close() {
    client.close();
  }
}
