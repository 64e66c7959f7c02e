package io.cuvee.broker.scatter;

import io.cuvee.common.wire.QueryStats;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/// What the scans of one query met with: servers, segments, costs, and what is missing.
/// Thread-safe.
public final class ScatterReport {
  private final Set<String> queried = new TreeSet<>();
  private final Set<String> responded = new TreeSet<>();
  private final Map<String, String> missing = new TreeMap<>();
  private final IdentityHashMap<Object, Progress> underWay = new IdentityHashMap<>();
  private long segmentsAsked;
  private long segmentsPruned;
  private int retries;
  private int hedges;
  private int overtaken;
  private QueryStats stats = QueryStats.NONE;
  private OptionalLong firstSent = OptionalLong.empty();

  private record Progress(long examinedRows, long totalRows) {}

  synchronized void asked(String server, int segments) {
    queried.add(server);
    segmentsAsked += segments;
  }

  /// Segments in which no row can be wanted.
  synchronized void pruned(int segments) {
    segmentsPruned += segments;
  }

  /// Segments that no server was asked for, since none of their rows can be wanted.
  public synchronized long segmentsPruned() {
    return segmentsPruned;
  }

  /// A request was handed to the network.
  synchronized void sent() {
    if (firstSent.isEmpty()) {
      firstSent = OptionalLong.of(System.nanoTime());
    }
  }

  synchronized void answered(String server, QueryStats cost) {
    responded.add(server);
    stats = stats.plus(cost);
  }

  /// How far a request is.
  synchronized void progress(Object request, long examinedRows, long totalRows) {
    underWay.put(request, new Progress(examinedRows, totalRows));
  }

  /// A request was answered or has failed, and what it told of its progress does not count any
  /// more.
  synchronized void over(Object request) {
    underWay.remove(request);
  }

  /// Rows that the servers have looked at, or need not look at.
  public synchronized long examinedRows() {
    return stats.totalDocs() + underWay.values().stream().mapToLong(Progress::examinedRows).sum();
  }

  /// Rows of the segments that the servers were asked for, as far as they have said.
  public synchronized long totalRows() {
    return stats.totalDocs() + underWay.values().stream().mapToLong(Progress::totalRows).sum();
  }

  /// A server's part was asked again from others, who now count in its place.
  synchronized void retried(String server, int segments) {
    if (!responded.contains(server)) {
      queried.remove(server);
    }
    segmentsAsked -= segments;
    retries++;
  }

  /// A server loads segments because of the query, and is asked for them again.
  synchronized void waitedFor(int segments) {
    segmentsAsked -= segments;
  }

  /// A server is late, and others were asked as well.
  synchronized void hedged() {
    hedges++;
  }

  /// They were faster, and count in its place.
  synchronized void overtaken(String server, int segments) {
    if (!responded.contains(server)) {
      queried.remove(server);
    }
    segmentsAsked -= segments;
    overtaken++;
  }

  /// Parts that were asked of others as well, because a server was late.
  public synchronized int hedges() {
    return hedges;
  }

  /// Those of them where the others were faster.
  public synchronized int overtaken() {
    return overtaken;
  }

  synchronized void missing(String physicalTable, Map<String, String> segments) {
    segments.forEach((segment, reason) -> missing.put(physicalTable + "/" + segment, reason));
  }

  /// The `System.nanoTime` at which the first request left for a server.
  public synchronized OptionalLong firstSent() {
    return firstSent;
  }

  public synchronized int serversQueried() {
    return queried.size();
  }

  public synchronized int serversResponded() {
    return responded.size();
  }

  public synchronized long segmentsAsked() {
    return segmentsAsked;
  }

  public synchronized int retries() {
    return retries;
  }

  public synchronized QueryStats stats() {
    return stats;
  }

  /// Segments that the answer lacks, with the reason; empty unless partial answers are allowed.
  public synchronized Map<String, String> missing() {
    return Map.copyOf(missing);
  }
}
