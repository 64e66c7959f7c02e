package io.cuvee.cluster.deepstore;

import java.net.URI;
import java.util.Set;

/// Opens deep stores of some URI schemes. Found by `ServiceLoader`, so that a store is added by
/// putting its jar beside the others.
public interface DeepStoreProvider {
  /// In lower case, as `s3`.
  Set<String> schemes();

  /// Opens the store whose root is `root`.
  DeepStore open(URI root);
}
