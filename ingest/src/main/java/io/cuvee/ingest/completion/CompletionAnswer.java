package io.cuvee.ingest.completion;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// What the controller tells a replica to do next.
///
/// @param offset of [Kind#CATCHUP] and [Kind#COMMIT] where the segment ends; of [Kind#HOLD] the
///   same, if it is known already; else [#UNKNOWN]
public record CompletionAnswer(Kind kind, long offset) {
  public static final long UNKNOWN = -1;

  public static final CompletionAnswer HOLD = new CompletionAnswer(Kind.HOLD, UNKNOWN);
  public static final CompletionAnswer KEEP = new CompletionAnswer(Kind.KEEP, UNKNOWN);
  public static final CompletionAnswer DISCARD = new CompletionAnswer(Kind.DISCARD, UNKNOWN);
  public static final CompletionAnswer NOT_LEADER = new CompletionAnswer(Kind.NOT_LEADER, UNKNOWN);

  /// The answers of the paper.
  public enum Kind {
    /// Wait and ask again.
    HOLD,
    /// Consume up to the offset, then ask again.
    CATCHUP,
    /// Seal, upload, and ask for the commit.
    COMMIT,
    /// The committed segment has exactly the rows of this replica: seal them, or keep what is
    /// sealed.
    KEEP,
    /// The committed segment has other rows: drop these, and take it from the deep store.
    DISCARD,
    /// Ask another controller.
    NOT_LEADER
  }

  public static CompletionAnswer hold(long offset) {
    return new CompletionAnswer(Kind.HOLD, offset);
  }

  public static CompletionAnswer catchUp(long offset) {
    return new CompletionAnswer(Kind.CATCHUP, offset);
  }

  public static CompletionAnswer commit(long offset) {
    return new CompletionAnswer(Kind.COMMIT, offset);
  }

  public String toJson() {
    return Json.MAPPER
        .createObjectNode()
        .put("answer", kind.name())
        .put("offset", offset)
        .toString();
  }

  /// @throws CuveeException `PROTOCOL` if it is no such answer
  public static CompletionAnswer parse(String json) {
    JsonNode node = Json.object(json, "completion answer", ErrorCode.PROTOCOL);
    try {
      return new CompletionAnswer(
          Kind.valueOf(node.path("answer").asText()), node.path("offset").asLong(UNKNOWN));
    } catch (IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.PROTOCOL,
          "This is no answer about the completion of a segment: "
              + json.substring(0, Math.min(json.length(), 200)),
          e);
    }
  }
}
