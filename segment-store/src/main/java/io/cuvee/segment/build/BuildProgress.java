package io.cuvee.segment.build;

/// Hears how far a build is. Calls come from the thread that builds.
public interface BuildProgress {
  /// Hears nothing.
  BuildProgress NONE =
      new BuildProgress() {
        @Override
        public void collected(long rows) {}

        @Override
        public void written(int columns, int ofColumns) {}
      };

  /// So many rows have been read.
  void collected(long rows);

  /// So many of the columns have been written; indexes that are made of them come after the last.
  void written(int columns, int ofColumns);
}
