package io.cuvee.ingest.stream.rows;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plugin.Plugins;
import java.nio.file.Path;

/// Opens a server's logs; found as a plug-in or on the class path.
public interface RowLogProvider {
  /// Opens the logs that are in a directory, which belongs to this server alone.
  ///
  /// @param self this server
  /// @throws CuveeException `ADDRESS_IN_USE`, `IO`
  RowLogs open(RowPeer self, Path directory);

  /// @throws CuveeException `FEATURE_NOT_SUPPORTED` if this installation has none
  static RowLogProvider find() {
    return Plugins.load(RowLogProvider.class).stream()
        .findFirst()
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.FEATURE_NOT_SUPPORTED,
                "Rows over HTTP need the jar cuvee-row-log, which this installation does not have."));
  }
}
