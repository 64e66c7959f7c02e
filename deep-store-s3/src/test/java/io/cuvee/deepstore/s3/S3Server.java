package io.cuvee.deepstore.s3;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import org.gaul.s3proxy.BlobStores;
import org.gaul.s3proxy.S3Proxy;
import org.gaul.s3proxy.blobstore.BlobStore;

/// S3Proxy with a bucket in a folder.
final class S3Server implements AutoCloseable {
  static final String BUCKET = "cuvee-test";

  private final S3Proxy proxy;

  private S3Server(S3Proxy proxy) {
    this.proxy = proxy;
  }

  static S3Server start(Path directory) throws Exception {
    Properties properties = new Properties();
    properties.putAll(
        Map.of(
            "s3proxy.endpoint",
            "http://127.0.0.1:0",
            "s3proxy.authorization",
            "aws-v2-or-v4",
            "s3proxy.identity",
            "tester",
            "s3proxy.credential",
            "tester's secret",
            "jclouds.provider",
            "filesystem",
            "jclouds.filesystem.basedir",
            Files.createDirectories(directory).toString()));
    BlobStore blobs = BlobStores.create("filesystem", properties);
    S3Proxy proxy = S3Proxy.Builder.fromProperties(properties).blobStore(blobs).build();
    proxy.start();
    Files.createDirectories(directory.resolve(BUCKET));
    return new S3Server(proxy);
  }

  int port() {
    return proxy.getPort();
  }

  /// Settings to reach it at a port, its own or a proxy's.
  static Map<String, String> settings(int port) {
    return Map.of(
        "deep-store.s3.endpoint",
        "http://127.0.0.1:" + port,
        "deep-store.s3.access-key",
        "tester",
        "deep-store.s3.secret-key",
        "tester's secret");
  }

  @Override
  public void close() throws Exception {
    proxy.stop();
  }
}
