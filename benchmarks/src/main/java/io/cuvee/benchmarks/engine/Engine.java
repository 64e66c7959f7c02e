package io.cuvee.benchmarks.engine;

import io.cuvee.benchmarks.ssb.SsbGenerator;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// An engine that is measured. It has one store in one folder, opened once.
public interface Engine extends AutoCloseable {
  /// The system property of a process that says into how many segments it divides the rows.
  String SEGMENTS_PROPERTY = "cuvee.bench.segments";

  /// How many segments the rows are divided into, where an engine has such.
  int SEGMENTS = Integer.getInteger(SEGMENTS_PROPERTY, 4);

  /// Changes whenever a store that was built before must be built again.
  String version();

  /// Writes all rows to a store.
  ///
  /// @param store does not exist, its parent does
  /// @param threads that build, if an engine lets choose
  void build(SsbGenerator rows, Path store, int threads) throws Exception;

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
