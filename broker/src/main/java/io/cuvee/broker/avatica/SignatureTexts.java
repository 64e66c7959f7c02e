package io.cuvee.broker.avatica;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.cuvee.common.plan.QueryPlan.OutputColumn;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.calcite.avatica.remote.JsonService;

/// How the columns of the last statements are described in Avatica's JSON. Describing them takes
/// longer than a small query. Thread-safe.
final class SignatureTexts {
  private static final int MAX_COUNT = 1000;

  private final Map<List<OutputColumn>, byte[]> texts = new ConcurrentHashMap<>();

  /// Not to be changed.
  byte[] of(List<OutputColumn> columns) {
    byte[] known = texts.get(columns);
    if (known != null) {
      return known;
    }
    if (texts.size() >= MAX_COUNT) {
      texts.clear();
    }
    byte[] text = write(columns);
    texts.put(List.copyOf(columns), text);
    return text;
  }

  private static byte[] write(List<OutputColumn> columns) {
    try {
      return JsonService.MAPPER.writeValueAsBytes(SqlColumns.signature("", columns, List.of()));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
