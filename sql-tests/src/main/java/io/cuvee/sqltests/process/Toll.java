package io.cuvee.sqltests.process;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;

/// What a series of strikes did to the queries under way.
///
/// @param hits by blow and role
/// @param queries whose answers were compared
/// @param scanning of them scanned rows, under literals that vary
/// @param wrong answers
/// @param failed queries, which the client saw fail
/// @param reconnections of the driver, by itself
/// @param retriedParts of queries that brokers asked of another server; those of a broker that was
///   killed are known up to the strike before
/// @param longestMillis by role, the longest answer after each strike: until then at most the
///   service was not whole
/// @param backMillis from a process's new start to all replicas, by role
/// @param replacedMillis from a server's end to all replicas without it
/// @param complaints of wrong and failed queries, with the strike
public record Toll(
    long seed,
    SortedMap<String, Integer> hits,
    long queries,
    long scanning,
    long wrong,
    long failed,
    long reconnections,
    long retriedParts,
    long seconds,
    SortedMap<String, List<Long>> longestMillis,
    SortedMap<String, List<Long>> backMillis,
    List<Long> replacedMillis,
    List<String> complaints) {

  /// Whether no query had anything but its right answer.
  public boolean isNone() {
    return wrong == 0 && failed == 0;
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    line(text, "seed", Long.toString(seed));
    line(text, "hits", hits.toString());
    line(
        text,
        "queries",
        String.format(
            Locale.ROOT,
            "%,d in %d s, %.1f %% of them scans",
            queries,
            seconds,
            100.0 * scanning / Math.max(1, queries)));
    line(text, "wrong", Long.toString(wrong));
    line(text, "failed", Long.toString(failed));
    line(
        text,
        "retries",
        reconnections
            + " reconnections of the driver, "
            + retriedParts
            + " parts asked of another server by brokers");
    longestMillis.forEach((kind, millis) -> line(text, "longest answer, " + kind, spread(millis)));
    backMillis.forEach(
        (role, millis) -> line(text, "start to all replicas, " + role, spread(millis)));
    if (!replacedMillis.isEmpty()) {
      line(text, "end of a server to all replicas", spread(replacedMillis));
    }
    complaints.forEach(complaint -> text.append(complaint).append('\n'));
    return text.toString();
  }

  private static void line(StringBuilder text, String name, String value) {
    text.append(String.format(Locale.ROOT, "%-44s %s%n", name, value));
  }

  private static String spread(List<Long> millis) {
    List<Long> sorted = millis.stream().sorted().toList();
    return String.format(
        Locale.ROOT,
        "median %,d ms, at most %,d ms",
        sorted.get(sorted.size() / 2),
        sorted.getLast());
  }

  /// Figures by name, for programs.
  public Map<String, Object> figures() {
    return Map.ofEntries(
        Map.entry("seed", seed),
        Map.entry("hits", hits),
        Map.entry("queries", queries),
        Map.entry("scanning", scanning),
        Map.entry("wrong", wrong),
        Map.entry("failed", failed),
        Map.entry("driverReconnections", reconnections),
        Map.entry("brokerRetriedParts", retriedParts),
        Map.entry("seconds", seconds),
        Map.entry("longestAnswerMillis", longestMillis),
        Map.entry("startToAllReplicasMillis", backMillis),
        Map.entry("endOfServerToAllReplicasMillis", replacedMillis),
        Map.entry("complaints", complaints));
  }
}
