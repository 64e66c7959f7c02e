package io.cuvee.cluster.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// The text form in which a task's settings name segments with their CRCs.
public final class SegmentList {
  /// The setting that holds it.
  public static final String KEY = "segments";

  private SegmentList() {}

  /// In the order of the collection.
  public static String encode(Collection<SegmentRecord> segments) {
    ObjectNode node = Json.MAPPER.createObjectNode();
    segments.forEach(segment -> node.put(segment.name(), segment.crc()));
    return node.toString();
  }

  /// CRCs by name.
  public static Map<String, Long> decode(Map<String, String> settings) {
    String text = settings.get(KEY);
    if (text == null) {
      throw new CuveeException(ErrorCode.INVALID_INPUT, "The task names no segments.");
    }
    Map<String, Long> crcs = new LinkedHashMap<>();
    Json.object(text, "task's list of segments", ErrorCode.INVALID_INPUT)
        .properties()
        .forEach(entry -> crcs.put(entry.getKey(), entry.getValue().asLong()));
    return crcs;
  }

  /// Spreads segments over tasks of about as many rows, at most as many as said.
  public static List<List<SegmentRecord>> spread(Collection<SegmentRecord> segments, int tasks) {
    List<List<SegmentRecord>> parts = new ArrayList<>();
    List<SegmentRecord> largestFirst = new ArrayList<>(segments);
    largestFirst.sort(
        Comparator.comparingLong(SegmentRecord::totalDocs)
            .reversed()
            .thenComparing(SegmentRecord::name));
    long[] rows = new long[Math.min(tasks, largestFirst.size())];
    for (int i = 0; i < rows.length; i++) {
      parts.add(new ArrayList<>());
    }
    for (SegmentRecord segment : largestFirst) {
      int least = 0;
      for (int i = 1; i < rows.length; i++) {
        least = rows[i] < rows[least] ? i : least;
      }
      parts.get(least).add(segment);
      rows[least] += segment.totalDocs() + 1;
    }
    return parts;
  }
}
