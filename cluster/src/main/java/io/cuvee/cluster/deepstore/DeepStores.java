package io.cuvee.cluster.deepstore;

import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plugin.Plugins;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/// Opens deep stores by URI, and keeps the cluster's one in its metadata.
public final class DeepStores {
  /// Where the metadata has the URI of the cluster's deep store.
  public static final String PATH = "settings/deep-store";

  /// The plug-ins of the stores that are not in every distribution.
  private static final Map<String, String> OPTIONAL =
      Map.of(
          "s3", "deep-store-s3",
          "hdfs", "deep-store-hdfs",
          "abfs", "deep-store-azure",
          "abfss", "deep-store-azure");

  private DeepStores() {}

  /// Opens the store at `uri`, as `file:///var/cuvee/store`.
  ///
  /// @throws CuveeException `INVALID_SETTING` if there is no store for its scheme
  public static DeepStore open(URI uri, DeepStoreConfig config) {
    String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    if (scheme.equals("file")) {
      return FileDeepStore.open(uri);
    }
    TreeSet<String> known = new TreeSet<>(List.of("file"));
    for (DeepStoreProvider provider : Plugins.load(DeepStoreProvider.class)) {
      if (provider.schemes().contains(scheme)) {
        return open(provider, uri, config);
      }
      known.addAll(provider.schemes());
    }
    String plugin = OPTIONAL.get(scheme);
    throw new CuveeException(
        ErrorCode.INVALID_SETTING,
        "The deep store '"
            + uri
            + "' has the scheme '"
            + scheme
            + "', which is not known here; known are "
            + String.join(", ", known)
            + ". "
            + (plugin == null
                ? "Write deep-store.uri as file:///path."
                : "Put the folder " + plugin + " into plugins, as docs/operations.md says."));
  }

  /// Libraries look for their parts with the thread's class loader.
  private static DeepStore open(DeepStoreProvider provider, URI uri, DeepStoreConfig config) {
    Thread thread = Thread.currentThread();
    ClassLoader before = thread.getContextClassLoader();
    thread.setContextClassLoader(provider.getClass().getClassLoader());
    try {
      return provider.open(uri, config);
    } finally {
      thread.setContextClassLoader(before);
    }
  }

  /// Opens the store at a URI in text form.
  ///
  /// @throws CuveeException `INVALID_SETTING` if it is not a URI, or there is no store for its
  ///   scheme
  public static DeepStore open(String uri, DeepStoreConfig config) {
    return open(parse(uri), config);
  }

  /// Opens a store with the default limits.
  public static DeepStore open(URI uri) {
    return open(uri, DeepStoreConfig.DEFAULT);
  }

  private static URI parse(String uri) {
    try {
      return new URI(uri);
    } catch (URISyntaxException e) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "The deep store '"
              + uri
              + "' is not a URI: "
              + e.getReason()
              + ". Write it as file:///path.",
          e);
    }
  }

  /// Tells the other roles where the cluster's deep store is.
  public static void announce(MetadataStore metadata, URI uri) {
    while (true) {
      Optional<Versioned<String>> present = metadata.get(PATH);
      boolean done =
          present
              .map(text ->
                  text.value().equals(uri.toString())
                      || metadata.compareAndSet(PATH, uri.toString(), text.version()))
              .orElseGet(() -> metadata.create(PATH, uri.toString()));
      if (done) {
        return;
      }
    }
  }

  /// Where the cluster's deep store is, once a controller has told.
  public static Optional<URI> announced(MetadataStore metadata) {
    return metadata.get(PATH).map(text -> parse(text.value()));
  }
}
