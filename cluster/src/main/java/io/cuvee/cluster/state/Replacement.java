package io.cuvee.cluster.state;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// Some segments of a table that others take the place of, all at once; kept as JSON under
/// `replacements/{physicalTable}/{id}` of the metadata. Its state decides which of them queries
/// see, so that one write changes all. The records of the new segments stay *arriving* for as long
/// as the replacement is not settled: who knows nothing of it sees the old ones.
///
/// @param from the old segments with their CRCs when it began
/// @param to the new segments with their CRCs when it was completed; before, 0
/// @param startedMillis when it began
/// @param changedMillis when it came to its present state
/// @param settled whether what queries do not see is gone, and the names mean nothing any more
public record Replacement(
    String id,
    State state,
    Map<String, Long> from,
    Map<String, Long> to,
    long startedMillis,
    long changedMillis,
    boolean settled) {
  /// Directory of the metadata that holds them.
  public static final String DIRECTORY = "replacements";

  /// Names and meaning as in Pinot's segment lineage.
  public enum State {
    /// The new segments are being uploaded; queries see the old ones.
    IN_PROGRESS,
    /// Queries see the new segments.
    COMPLETED,
    /// Queries see the old segments, and the new ones will go.
    REVERTED
  }

  public Replacement {
    from = Map.copyOf(from);
    to = Map.copyOf(to);
  }

  public static String directory(String physicalTable) {
    return DIRECTORY + "/" + physicalTable;
  }

  public static String path(String physicalTable, String id) {
    return directory(physicalTable) + "/" + id;
  }

  /// This in another state.
  ///
  /// @param newSegments with their CRCs
  public Replacement in(State newState, Map<String, Long> newSegments, long nowMillis) {
    return new Replacement(id, newState, from, newSegments, startedMillis, nowMillis, false);
  }

  public Replacement asSettled(long nowMillis) {
    return new Replacement(id, state, from, to, startedMillis, nowMillis, true);
  }

  /// What queries see of a table's segments.
  ///
  /// @param records by name
  public static Map<String, SegmentRecord> visible(
      Map<String, SegmentRecord> records, Collection<Replacement> replacements) {
    if (replacements.stream().allMatch(Replacement::settled)) {
      return records;
    }
    Map<String, SegmentRecord> seen = new HashMap<>(records);
    for (Replacement replacement : replacements) {
      if (replacement.settled()) {
        continue;
      }
      if (replacement.isIn(records)) {
        replacement
            .to()
            .keySet()
            .forEach(
                name -> seen.computeIfPresent(name, (key, record) -> record.withArriving(false)));
      }
    }
    // Last, since what one replacement brought another may have replaced.
    for (Replacement replacement : replacements) {
      if (!replacement.settled()) {
        boolean isNew = replacement.isIn(records);
        seen.keySet().removeAll((isNew ? replacement.from() : replacement.to()).keySet());
      }
    }
    return seen;
  }

  /// Whether queries see the new segments. They do not yet if a reader that got word of the
  /// replacement has not got it of all new segments: as long as old ones are there, nothing has
  /// been taken away.
  private boolean isIn(Map<String, SegmentRecord> records) {
    return state == State.COMPLETED
        && (records.keySet().containsAll(to.keySet())
            || from.keySet().stream().noneMatch(records::containsKey));
  }

  public static Replacement parse(String json) {
    var node = Json.object(json, "replacement of segments", ErrorCode.INTERNAL);
    return new Replacement(
        node.path("id").asText(),
        State.valueOf(node.path("state").asText()),
        longs(Json.texts(node.path("segmentsFrom"))),
        longs(Json.texts(node.path("segmentsTo"))),
        node.path("startedMillis").asLong(),
        node.path("changedMillis").asLong(),
        node.path("settled").asBoolean(false));
  }

  private static Map<String, Long> longs(Map<String, String> texts) {
    Map<String, Long> longs = new HashMap<>();
    texts.forEach((name, value) -> longs.put(name, Long.parseLong(value)));
    return longs;
  }

  public String toJson() {
    ObjectNode node =
        Json.MAPPER
            .createObjectNode()
            .put("id", id)
            .put("state", state.name())
            .put("startedMillis", startedMillis)
            .put("changedMillis", changedMillis)
            .put("settled", settled);
    ObjectNode old = node.putObject("segmentsFrom");
    new TreeMap<>(from).forEach(old::put);
    ObjectNode young = node.putObject("segmentsTo");
    new TreeMap<>(to).forEach(young::put);
    return node.toString();
  }
}
