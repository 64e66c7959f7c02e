package io.cuvee.cluster.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;
import java.time.Duration;
import java.util.Map;
import java.util.TreeMap;

/// One piece of background work, done by one minion; kept as JSON under `tasks/{name}` of the
/// metadata. Whoever changes it does so by compare-and-set: a minion that lost its lease cannot.
///
/// @param name unique
/// @param group tasks that were made together
/// @param type as `PurgeTask`
/// @param table physical table
/// @param settings what to do, in the words of the type
/// @param attempts how often it was begun
/// @param maxAttempts how often it is begun at most
/// @param worker the minion that has it or had it last; else empty
/// @param incarnation of that process
/// @param notBeforeMillis when it may be begun
/// @param changedMillis when it came to its present state, or its worker said something of it
/// @param progress what its worker says of it
/// @param message why it failed, or did the last time; else empty
public record TaskRecord(
    String name,
    String group,
    String type,
    String table,
    Map<String, String> settings,
    State state,
    int attempts,
    int maxAttempts,
    String worker,
    long incarnation,
    long createdMillis,
    long notBeforeMillis,
    long changedMillis,
    String progress,
    String message) {
  /// Directory of the metadata that holds them.
  public static final String DIRECTORY = "tasks";

  public static final int DEFAULT_ATTEMPTS = 3;

  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(1);
  private static final Duration LAST_BACK_OFF = Duration.ofMinutes(5);
  private static final int MAX_TEXT = 2000;

  public enum State {
    /// To be begun.
    WAITING,
    /// A minion has it.
    RUNNING,
    COMPLETED,
    /// Given up.
    FAILED,
    /// Somebody took it back.
    CANCELLED;

    public boolean isEnd() {
      return this == COMPLETED || this == FAILED || this == CANCELLED;
    }
  }

  public TaskRecord {
    settings = Map.copyOf(settings);
  }

  /// A task that nobody has begun.
  public static TaskRecord create(
      String group,
      int number,
      String type,
      String table,
      Map<String, String> settings,
      int maxAttempts,
      long nowMillis) {
    return new TaskRecord(
        group + "_" + number,
        group,
        type,
        table,
        settings,
        State.WAITING,
        0,
        maxAttempts,
        "",
        0,
        nowMillis,
        nowMillis,
        nowMillis,
        "",
        "");
  }

  public static String path(String name) {
    return DIRECTORY + "/" + name;
  }

  private TaskRecord to(
      State next, int nextAttempts, long notBefore, long nowMillis, String text, String why) {
    return new TaskRecord(
        name,
        group,
        type,
        table,
        settings,
        next,
        nextAttempts,
        maxAttempts,
        worker,
        incarnation,
        createdMillis,
        notBefore,
        nowMillis,
        cut(text),
        cut(why));
  }

  private static String cut(String text) {
    return text.length() <= MAX_TEXT ? text : text.substring(0, MAX_TEXT);
  }

  /// This, begun by a minion.
  public TaskRecord leased(String newWorker, long newIncarnation, long nowMillis) {
    return new TaskRecord(
        name,
        group,
        type,
        table,
        settings,
        State.RUNNING,
        attempts + 1,
        maxAttempts,
        newWorker,
        newIncarnation,
        createdMillis,
        notBeforeMillis,
        nowMillis,
        "",
        message);
  }

  /// Whether this process has it, in this attempt.
  public boolean isHeldBy(String otherWorker, long otherIncarnation, int attempt) {
    return state == State.RUNNING
        && worker.equals(otherWorker)
        && incarnation == otherIncarnation
        && attempts == attempt;
  }

  public TaskRecord withProgress(String text, long nowMillis) {
    return to(state, attempts, notBeforeMillis, nowMillis, text, message);
  }

  public TaskRecord completed(String text, long nowMillis) {
    return to(State.COMPLETED, attempts, notBeforeMillis, nowMillis, text, "");
  }

  public TaskRecord cancelled(long nowMillis) {
    return to(State.CANCELLED, attempts, notBeforeMillis, nowMillis, progress, message);
  }

  /// This after an attempt in vain: to be tried again in a while, or given up.
  ///
  /// @param mayHelp whether another attempt may
  public TaskRecord failed(String why, boolean mayHelp, long nowMillis) {
    if (!mayHelp || attempts >= maxAttempts) {
      return to(State.FAILED, attempts, notBeforeMillis, nowMillis, progress, why);
    }
    long pause =
        Math.min(
            LAST_BACK_OFF.toMillis(),
            FIRST_BACK_OFF.toMillis() << Math.min(16, Math.max(0, attempts - 1)));
    return to(State.WAITING, attempts, nowMillis + pause, nowMillis, progress, why);
  }

  /// This after its minion was gone, or leaves: to be begun by another at once.
  ///
  /// @param counts whether the attempt counts
  public TaskRecord given(String why, boolean counts, long nowMillis) {
    if (counts && attempts >= maxAttempts) {
      return failed(why, false, nowMillis);
    }
    return to(State.WAITING, counts ? attempts : attempts - 1, nowMillis, nowMillis, "", why);
  }

  public static TaskRecord parse(String json) {
    JsonNode node = Json.object(json, "task", ErrorCode.INTERNAL);
    return new TaskRecord(
        node.path("name").asText(),
        node.path("group").asText(),
        node.path("type").asText(),
        node.path("table").asText(),
        Json.texts(node.path("settings")),
        State.valueOf(node.path("state").asText()),
        node.path("attempts").asInt(),
        node.path("maxAttempts").asInt(DEFAULT_ATTEMPTS),
        node.path("worker").asText(),
        node.path("incarnation").asLong(),
        node.path("createdMillis").asLong(),
        node.path("notBeforeMillis").asLong(),
        node.path("changedMillis").asLong(),
        node.path("progress").asText(),
        node.path("message").asText());
  }

  public ObjectNode toNode() {
    ObjectNode node =
        Json.MAPPER
            .createObjectNode()
            .put("name", name)
            .put("group", group)
            .put("type", type)
            .put("table", table)
            .put("state", state.name())
            .put("attempts", attempts)
            .put("maxAttempts", maxAttempts)
            .put("worker", worker)
            .put("incarnation", incarnation)
            .put("createdMillis", createdMillis)
            .put("notBeforeMillis", notBeforeMillis)
            .put("changedMillis", changedMillis)
            .put("progress", progress)
            .put("message", message);
    ObjectNode words = node.putObject("settings");
    new TreeMap<>(settings).forEach(words::put);
    return node;
  }

  public String toJson() {
    return toNode().toString();
  }
}
