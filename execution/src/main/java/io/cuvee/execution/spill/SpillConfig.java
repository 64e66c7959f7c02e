package io.cuvee.execution.spill;

import io.cuvee.common.config.DataSize;
import io.cuvee.common.config.Settings;
import java.nio.file.Path;

/// Where queries put what does not fit in memory, and how much.
///
/// @param role whose settings these are, for messages: `server` means `server.spill-directory`
/// @param directory several processes may share it
/// @param limit that all queries of the process together may have on disk; 0 lets none spill
/// @param queryLimit that one query may have on disk
public record SpillConfig(String role, Path directory, DataSize limit, DataSize queryLimit) {
  private static final DataSize DEFAULT_LIMIT = DataSize.parse("100GB");
  private static final DataSize DEFAULT_QUERY_LIMIT = DataSize.parse("50GB");

  /// The default limits in the folder for temporary files.
  public static SpillConfig temporary(String role) {
    return new SpillConfig(
        role,
        Path.of(System.getProperty("java.io.tmpdir")).resolve("cuvee-spill"),
        DEFAULT_LIMIT,
        DEFAULT_QUERY_LIMIT);
  }

  /// Reads `<role>.spill-directory`, `<role>.spill` and `<role>.query-spill`.
  ///
  /// @param defaultDirectory if the settings name none
  public static SpillConfig from(Settings settings, String role, Path defaultDirectory) {
    return new SpillConfig(
        role,
        settings.text(role + ".spill-directory").map(Path::of).orElse(defaultDirectory),
        settings.size(role + ".spill", DEFAULT_LIMIT),
        settings.size(role + ".query-spill", DEFAULT_QUERY_LIMIT));
  }

  String directorySetting() {
    return role + ".spill-directory";
  }
}
