package io.cuvee.controller.upload;

import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.table.Records;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/// Keeps tables within `quota.storage`: the archives of all segments together, one replica of each.
/// Uploads under way count too. Thread-safe.
final class Quota {
  private final Records records;

  /// Bytes of uploads under way, by table and segment. Guarded by this.
  private final Map<String, Map<String, Long>> underWay = new HashMap<>();

  Quota(Records records) {
    this.records = records;
  }

  /// Sets the space aside until the result is closed, when the record counts.
  ///
  /// @throws CuveeException `QUOTA_EXCEEDED` that names the sizes
  Reserved reserve(TableConfig config, String segment, long bytes) {
    Optional<DataSize> limit = config.quotaStorage();
    if (limit.isEmpty()) {
      return () -> {};
    }
    String table = config.physicalName();
    Map<String, SegmentRecord> stored = records.all(table);
    synchronized (this) {
      Map<String, Long> sizes = new HashMap<>();
      stored.values().forEach(record -> sizes.put(record.name(), record.sizeBytes()));
      sizes.putAll(underWay.getOrDefault(table, Map.of()));
      sizes.remove(segment);
      long used = sizes.values().stream().mapToLong(Long::longValue).sum();
      if (used + bytes > limit.get().bytes()) {
        throw new CuveeException(
            ErrorCode.QUOTA_EXCEEDED,
            "Segment '"
                + segment
                + "' of "
                + text(bytes)
                + " does not fit: table '"
                + config.logicalName()
                + "' holds "
                + text(used)
                + " of its quota of "
                + stated(config)
                + " ("
                + limit.get().bytes()
                + " bytes). Delete segments, or raise quota.storage.");
      }
      underWay.computeIfAbsent(table, name -> new HashMap<>()).put(segment, bytes);
    }
    return () -> release(table, segment);
  }

  /// The limit as its author wrote it.
  private static String stated(TableConfig config) {
    return Json.object(config.toJson(), "table config", ErrorCode.INTERNAL)
        .path("quota")
        .path("storage")
        .asText();
  }

  private static String text(long bytes) {
    return new DataSize(bytes) + " (" + bytes + " bytes)";
  }

  private synchronized void release(String table, String segment) {
    Map<String, Long> segments = underWay.getOrDefault(table, new HashMap<>());
    segments.remove(segment);
    if (segments.isEmpty()) {
      underWay.remove(table);
    }
  }

  /// Space that is set aside until this is closed.
  interface Reserved extends AutoCloseable {
    @Override
    void close();
  }
}
