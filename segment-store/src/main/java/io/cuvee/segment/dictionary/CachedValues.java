package io.cuvee.segment.dictionary;

import io.cuvee.execution.page.Values;
import java.lang.ref.SoftReference;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// All values of a dictionary on the heap, made when first asked for, and dropped when memory is
/// short. Thread-safe: at worst two threads make them twice.
final class CachedValues {
  private volatile @Nullable SoftReference<Values> cached;

  Values get(Supplier<Values> make) {
    SoftReference<Values> reference = cached;
    Values values = reference == null ? null : reference.get();
    if (values == null) {
      values = make.get();
      cached = new SoftReference<>(values);
    }
    return values;
  }
}
