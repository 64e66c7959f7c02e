package io.cuvee.rowlog;

import io.cuvee.ingest.stream.rows.RowLogProvider;
import io.cuvee.ingest.stream.rows.RowLogs;
import io.cuvee.ingest.stream.rows.RowPeer;
import java.nio.file.Path;

/// Opens logs that Ratis replicates.
public final class RatisRowLogProvider implements RowLogProvider {
  @Override
  public RowLogs open(RowPeer self, Path directory) {
    return new RatisRowLogs(self, directory);
  }
}
