package io.cuvee.benchmarks.engine;

import io.cuvee.benchmarks.ssb.SsbGenerator;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An engine that is measured. It has one store in one folder, opened once.
public interface Engine extends AutoCloseable {
  /// How many segments the rows are divided into, where an engine has such.
  int SEGMENTS = 4;

  /// Changes whenever a store that was built before must be built again.
  String version();

  /// Writes all rows to a store.
  ///
  /// @param store does not exist, its parent does
  void build(SsbGenerator rows, Path store) throws Exception;

  /// Opens a store that [#build] wrote.
  ///
  /// @param threads how many of them a query may use
  void open(Path store, int threads) throws Exception;

  /// Runs a query. Many threads may do so at a time.
  ///
  /// @return rows of `Number`s and `String`s
  List<@Nullable Object[]> query(String sql) throws Exception;

  @Override
  void close() throws Exception;
}
