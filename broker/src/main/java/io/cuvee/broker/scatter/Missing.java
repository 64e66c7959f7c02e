package io.cuvee.broker.scatter;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Words for segments that nobody can answer for.
public final class Missing {
  private static final int SHOWN = 5;

  private Missing() {}

  static CuveeException error(
      String physicalTable, Map<String, String> segments, @Nullable Throwable cause) {
    return new CuveeException(
        ErrorCode.DATA_UNAVAILABLE,
        sentence("Table " + physicalTable, segments)
            + " Wait until the servers have loaded them, or set allowPartial=true to get an answer without them.",
        cause);
  }

  /// A sentence that names the first few segments and the first reason.
  public static String sentence(String what, Map<String, String> segments) {
    List<String> names = segments.keySet().stream().sorted().toList();
    String more = names.size() > SHOWN ? " and " + (names.size() - SHOWN) + " more" : "";
    return what
        + ": "
        + names.size()
        + (names.size() == 1 ? " segment is" : " segments are")
        + " not available ("
        + String.join(", ", names.subList(0, Math.min(SHOWN, names.size())))
        + more
        + "): "
        + segments.get(names.getFirst())
        + ".";
  }
}
