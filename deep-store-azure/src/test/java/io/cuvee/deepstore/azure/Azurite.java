package io.cuvee.deepstore.azure;

import com.azure.storage.blob.BlobContainerClientBuilder;
import com.azure.storage.common.StorageSharedKeyCredential;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Microsoft's emulator of Azure Storage, in a process of its own.
final class Azurite implements AutoCloseable {
  /// Known to everybody: Azurite's documentation has it.
  static final String ACCOUNT = "devstoreaccount1";

  private static final String KEY =
      "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

  static final String CONTAINER = "cuvee-test";

  private static final Pattern LISTENS =
      Pattern.compile("listens on http://127\\.0\\.0\\.1:(\\d+)");

  private final Process process;
  private final int port;

  private Azurite(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /// @param program folder of its npm package
  static Azurite start(Path program, Path directory) throws IOException {
    Process process =
        new ProcessBuilder(
                "node",
                program.resolve("dist/src/blob/main.js").toString(),
                "--blobPort",
                "0",
                "--location",
                directory.toString(),
                "--skipApiVersionCheck",
                "--disableTelemetry",
                "--silent")
            .redirectErrorStream(true)
            .start();
    StringBuilder said = new StringBuilder();
    BufferedReader out = process.inputReader();
    for (String line; (line = out.readLine()) != null; ) {
      said.append(line).append('\n');
      Matcher listens = LISTENS.matcher(line);
      if (listens.find()) {
        Thread.ofVirtual().start(() -> out.lines().forEach(_ -> {}));
        Azurite azurite = new Azurite(process, Integer.parseInt(listens.group(1)));
        azurite.createContainer();
        return azurite;
      }
    }
    throw new IOException("Azurite did not start: " + said);
  }

  private void createContainer() {
    new BlobContainerClientBuilder()
        .endpoint(endpoint(port))
        .containerName(CONTAINER)
        .credential(new StorageSharedKeyCredential(ACCOUNT, KEY))
        .buildClient()
        .create();
  }

  private static String endpoint(int port) {
    return "http://127.0.0.1:" + port + "/" + ACCOUNT;
  }

  int port() {
    return port;
  }

  /// Settings to reach it at a port, its own or a proxy's.
  static Map<String, String> settings(int port) {
    return Map.of("deep-store.azure.endpoint", endpoint(port), "deep-store.azure.account-key", KEY);
  }

  @Override
  public void close() throws InterruptedException {
    process.destroyForcibly().waitFor();
  }
}
