package io.cuvee.cluster.deepstore;

import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.TreeSet;

/// Opens deep stores by URI, and keeps the cluster's one in its metadata.
public final class DeepStores {
  private static final String SETTING = "settings/deep-store";

  /// Where the stores that are not in every distribution come from.
  private static final Map<String, String> OPTIONAL_JARS =
      Map.of(
          "s3", "cuvee-deep-store-s3",
          "hdfs", "cuvee-deep-store-hdfs",
          "abfs", "cuvee-deep-store-azure",
          "abfss", "cuvee-deep-store-azure");

  private DeepStores() {}

  /// Opens the store at `uri`, as `file:///var/cuvee/store`.
  ///
  /// @throws CuveeException `INVALID_SETTING` if there is no store for its scheme
  public static DeepStore open(URI uri) {
    String scheme = Optional.ofNullable(uri.getScheme()).orElse("").toLowerCase(Locale.ROOT);
    if (scheme.equals("file")) {
      return FileDeepStore.open(uri);
    }
    TreeSet<String> known = new TreeSet<>(List.of("file"));
    try {
      for (DeepStoreProvider provider : ServiceLoader.load(DeepStoreProvider.class)) {
        if (provider.schemes().contains(scheme)) {
          return provider.open(uri);
        }
        known.addAll(provider.schemes());
      }
    } catch (ServiceConfigurationError e) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          "A deep store's jar cannot be used: " + e.getMessage() + ". Check the jars in lib.",
          e);
    }
    String jar = OPTIONAL_JARS.get(scheme);
    throw new CuveeException(
        ErrorCode.INVALID_SETTING,
        "The deep store '"
            + uri
            + "' has the scheme '"
            + scheme
            + "', which no jar on the class path knows; known are "
            + String.join(", ", known)
            + ". "
            + (jar == null
                ? "Write deep-store.uri as file:///path."
                : "Put " + jar + " on the class path."));
  }

  /// Opens the store at a URI in text form.
  ///
  /// @throws CuveeException `INVALID_SETTING` if it is not a URI, or there is no store for its
  ///   scheme
  public static DeepStore open(String uri) {
    return open(parse(uri));
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
      Optional<Versioned<String>> present = metadata.get(SETTING);
      boolean done =
          present
              .map(text ->
                  text.value().equals(uri.toString())
                      || metadata.compareAndSet(SETTING, uri.toString(), text.version()))
              .orElseGet(() -> metadata.create(SETTING, uri.toString()));
      if (done) {
        return;
      }
    }
  }

  /// Where the cluster's deep store is, once a controller has told.
  public static Optional<URI> announced(MetadataStore metadata) {
    return metadata.get(SETTING).map(text -> parse(text.value()));
  }
}
