package io.cuvee.broker.query;

import io.cuvee.broker.scatter.ScatterReport;
import io.cuvee.common.wire.QueryStats;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The lines that EXPLAIN ANALYZE adds to the plan.
final class Analysis {
  private static final double MILLIS = 1e6;

  private Analysis() {}

  static List<String> lines(
      QueryRun run, long rows, long planNanos, long executeNanos, boolean fromCache) {
    List<String> lines = new ArrayList<>();
    lines.add("rows: " + rows);
    lines.add(
        String.format(
            Locale.ROOT,
            "time: plan %.3f ms (%s), run %.3f ms",
            planNanos / MILLIS,
            fromCache ? "from the plan cache" : "planned anew",
            executeNanos / MILLIS));
    run.report()
        .ifPresent(report -> {
          QueryStats stats = report.stats();
          lines.add(servers(report));
          lines.add(
              "segments: "
                  + report.segmentsAsked()
                  + " queried, "
                  + stats.segmentsPruned()
                  + " pruned, "
                  + stats.segmentsMatched()
                  + " matched"
                  + (stats.starTreeSegments() == 0
                      ? ""
                      : ", " + stats.starTreeSegments() + " by star-tree"));
          lines.add(
              "documents: "
                  + stats.docsScanned()
                  + " passed the filter of "
                  + stats.totalDocs()
                  + "; values looked at by filters: "
                  + stats.entriesScannedInFilter());
          if (stats.spilledBytes() > 0) {
            lines.add(spilled("servers", stats.spilledBytes(), stats.spillFiles()));
          }
          lines.add(String.format(Locale.ROOT, "server CPU: %.3f ms", stats.cpuNanos() / MILLIS));
        });
    if (run.spilledBytes() > 0) {
      lines.add(spilled("broker", run.spilledBytes(), run.spillFiles()));
    }
    run.warning().ifPresent(lines::add);
    return lines;
  }

  private static String spilled(String where, long bytes, long files) {
    return "spilled to disk: " + bytes + " bytes in " + files + " files (" + where + ")";
  }

  private static String servers(ScatterReport report) {
    return "servers: "
        + report.serversQueried()
        + " queried, "
        + report.serversResponded()
        + " responded"
        + (report.retries() == 0 ? "" : ", " + report.retries() + " parts asked again elsewhere");
  }
}
