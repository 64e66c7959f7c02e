package io.cuvee.cluster.task;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.PlanCodec;
import java.util.Base64;

/// The text form in which a condition travels in a task's settings: that of the plan of a query
/// with it, in Base64, after a version.
public final class TaskConditions {
  private static final String VERSION = "1:";

  private TaskConditions() {}

  /// @param query whose filter is the condition
  public static String encode(SegmentQuery query) {
    ByteWriter out = new ByteWriter(256);
    PlanCodec.writeQuery(out, query);
    return VERSION + Base64.getEncoder().encodeToString(out.toByteArray());
  }

  public static SegmentQuery decode(String text) {
    if (!text.startsWith(VERSION)) {
      throw new CuveeException(
          ErrorCode.UNSUPPORTED_VERSION,
          "The task's condition is of another release. Schedule the task again.");
    }
    try {
      byte[] bytes = Base64.getDecoder().decode(text.substring(VERSION.length()));
      return PlanCodec.readQuery(new ByteReader(bytes, 0, bytes.length));
    } catch (IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.PROTOCOL, "The task's condition is damaged. Schedule the task again.", e);
    }
  }
}
