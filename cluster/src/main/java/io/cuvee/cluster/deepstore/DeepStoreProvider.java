package io.cuvee.cluster.deepstore;

import java.net.URI;
import java.util.Set;

/// Opens deep stores of some URI schemes. Found as a plug-in, so that a store is added by putting
/// its folder beside the others.
public interface DeepStoreProvider {
  /// In lower case, as `s3`.
  Set<String> schemes();

  /// Settings of this kind of store beside those that all have, as `deep-store.s3.region`.
  Set<String> keys();

  /// Opens the store whose root is `root`; need not reach it yet.
  DeepStore open(URI root, DeepStoreConfig config);
}
