package io.cuvee.deepstore.azure;

import com.azure.core.util.Context;
import com.azure.storage.blob.BlobClient;
import com.azure.storage.blob.BlobContainerClient;
import com.azure.storage.blob.models.BlobDownloadResponse;
import com.azure.storage.blob.models.BlobErrorCode;
import com.azure.storage.blob.models.BlobItem;
import com.azure.storage.blob.models.BlobListDetails;
import com.azure.storage.blob.models.BlobRequestConditions;
import com.azure.storage.blob.models.BlobStorageException;
import com.azure.storage.blob.models.DownloadRetryOptions;
import com.azure.storage.blob.models.ListBlobsOptions;
import com.azure.storage.blob.models.ParallelTransferOptions;
import com.azure.storage.blob.options.BlobUploadFromFileOptions;
import io.cuvee.cluster.deepstore.ObjectClient;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/// Blobs in a container. Azure's client makes the attempts of single requests, and goes on where a
/// download broke.
final class AzureBlobs implements ObjectClient {
  private static final long BLOCK_BYTES = 8 << 20;

  /// On accounts with folders, these are listed as blobs with this mark.
  private static final String IS_FOLDER = "hdi_isfolder";

  private final BlobContainerClient client;
  private final String container;
  private final int attempts;
  private final Duration timeout;

  AzureBlobs(BlobContainerClient client, String container, int attempts, Duration timeout) {
    this.client = client;
    this.container = container;
    this.attempts = attempts;
    this.timeout = timeout;
  }

  private BlobClient blob(String key) {
    return client.getBlobClient(key);
  }

  /// Whether the container is there and the blob is not.
  private static boolean isMissing(BlobStorageException e) {
    return e.getStatusCode() == 404
        && !BlobErrorCode.CONTAINER_NOT_FOUND.equals(e.getErrorCode());
  }

  /// @param missing the result if there is no such blob
  private <T> T call(Supplier<T> request, T missing) {
    try {
      return request.get();
    } catch (BlobStorageException e) {
      if (isMissing(e)) {
        return missing;
      }
      throw failure(e, e.getStatusCode());
    } catch (RuntimeException e) {
      throw failure(e, 0);
    }
  }

  private CuveeException failure(Exception e, int status) {
    String advice =
        switch (status) {
          case 401, 403 -> "Check the credentials and the rights that they give.";
          case 404 -> "Create the container, or change deep-store.uri.";
          default -> "Check that Azure can be reached, and try again.";
        };
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    return new CuveeException(
        ErrorCode.IO,
        "The deep store in Azure container '" + container + "' failed: " + message + ". " + advice,
        e);
  }

  @Override
  public boolean create(String key, Path file, Map<String, String> notes) {
    BlobUploadFromFileOptions upload =
        new BlobUploadFromFileOptions(file.toString())
            .setMetadata(notes)
            .setRequestConditions(new BlobRequestConditions().setIfNoneMatch("*"))
            .setParallelTransferOptions(
                new ParallelTransferOptions()
                    .setBlockSizeLong(BLOCK_BYTES)
                    .setMaxSingleUploadSizeLong(BLOCK_BYTES)
                    .setMaxConcurrency(2));
    try {
      var _ = blob(key).uploadFromFileWithResponse(upload, timeout, Context.NONE);
      return true;
    } catch (BlobStorageException e) {
      if (BlobErrorCode.BLOB_ALREADY_EXISTS.equals(e.getErrorCode()) || e.getStatusCode() == 412) {
        return false;
      }
      throw failure(e, e.getStatusCode());
    } catch (RuntimeException e) {
      throw failure(e, 0);
    }
  }

  @Override
  public Optional<Map<String, String>> notes(String key) {
    return call(
        () ->
            Optional.of(
                blob(key)
                    .getPropertiesWithResponse(null, timeout, Context.NONE)
                    .getValue()
                    .getMetadata()),
        Optional.empty());
  }

  @Override
  public Optional<Map<String, String>> read(String key, OutputStream out) throws IOException {
    try {
      BlobDownloadResponse answer =
          blob(key)
              .downloadStreamWithResponse(
                  out,
                  null,
                  new DownloadRetryOptions().setMaxRetryRequests(attempts - 1),
                  null,
                  false,
                  timeout,
                  Context.NONE);
      return Optional.of(answer.getDeserializedHeaders().getMetadata());
    } catch (BlobStorageException e) {
      if (isMissing(e)) {
        return Optional.empty();
      }
      throw failure(e, e.getStatusCode());
    } catch (RuntimeException e) {
      throw failure(e, 0);
    }
  }

  @Override
  public void delete(String key) {
    var _ =
        call(
            () ->
                blob(key).deleteIfExistsWithResponse(null, null, timeout, Context.NONE).getValue(),
            false);
  }

  @Override
  public List<String> list(String prefix) {
    ListBlobsOptions options =
        new ListBlobsOptions()
            .setPrefix(prefix)
            .setDetails(new BlobListDetails().setRetrieveMetadata(true));
    return call(
        () -> {
          List<String> keys = new ArrayList<>();
          for (BlobItem item : client.listBlobs(options, timeout)) {
            if (item.getMetadata() == null || !item.getMetadata().containsKey(IS_FOLDER)) {
              keys.add(item.getName());
            }
          }
          return keys;
        },
        null);
  }

  @Override
  public void close() {}
}
