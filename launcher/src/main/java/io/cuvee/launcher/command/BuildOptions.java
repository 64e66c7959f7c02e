package io.cuvee.launcher.command;

import io.cuvee.common.config.DataSize;
import io.cuvee.segment.build.BuildLimits;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What building segments may take.
final class BuildOptions {
  @Option(
      names = "--build-memory",
      paramLabel = "SIZE",
      description =
          "Memory for building segments, as 512MB; rows that do not fit wait on disk (default:"
              + " 512MB).")
  private @Nullable String memory;

  @Option(
      names = "--build-threads",
      paramLabel = "N",
      description = "Threads that build segments (default: the number of cores).")
  private @Nullable Integer threads;

  BuildLimits limits() {
    return new BuildLimits(
        memory == null ? BuildLimits.DEFAULT.memory() : DataSize.parse(memory),
        threads == null ? BuildLimits.DEFAULT.threads() : threads);
  }
}
