package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.task.TaskGenerator;
import io.cuvee.cluster.task.TaskRecord;
import io.cuvee.cluster.task.TaskRecord.State;
import io.cuvee.cluster.task.TaskStore;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.Names;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.table.Tables;
import io.cuvee.controller.task.TaskScheduler;
import io.cuvee.controller.task.TaskTypes;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/// `/tasks`: background work, with Pinot's names. What Pinot calls a task is a group of ours, its
/// subtasks are our tasks.
final class TaskApi {
  private static final int MAX_BYTES = 1 << 20;

  private final Tables tables;
  private final TaskStore tasks;
  private final TaskTypes types;
  private final TaskScheduler scheduler;

  TaskApi(Tables tables, TaskStore tasks, TaskTypes types, TaskScheduler scheduler) {
    this.tables = tables;
    this.tasks = tasks;
    this.types = types;
    this.scheduler = scheduler;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.read("/tasks", "All tasks that are known, newest first.", this::list),
        Endpoint.read("/tasks/tasktypes", "The types of tasks that there are.", this::types),
        Endpoint.read(
            "/tasks/{taskType}/tasks",
            "Names of the tasks of a type.",
            request -> groups(request, (name, all) -> {})),
        Endpoint.read(
            "/tasks/{taskType}/taskstates", "The states of the tasks of a type.", this::states),
        Endpoint.read(
            "/tasks/{taskType}/state",
            "Whether tasks of a type are under way.",
            request -> text(state(ofType(request)))),
        Endpoint.read(
            "/tasks/task/{taskName}/state",
            "The state of a task.",
            request -> text(state(ofGroup(request)))),
        Endpoint.read(
            "/tasks/task/{taskName}/debug",
            "All that is known of a task's parts.",
            request -> {
              ArrayNode answer = Json.MAPPER.createArrayNode();
              ofGroup(request).forEach(task -> answer.add(task.toNode()));
              return HttpResponse.json(200, answer);
            }),
        Endpoint.read(
            "/tasks/subtask/{taskName}/state",
            "The states of a task's parts.",
            request -> parts(request, TaskApi::subtaskState)),
        Endpoint.read(
            "/tasks/subtask/{taskName}/progress",
            "How far a task's parts are.",
            request ->
                parts(
                    request, task -> task.message().isEmpty() ? task.progress() : task.message())),
        Endpoint.read("/tasks/subtask/{taskName}/config", "What a task's parts do.", this::configs),
        Endpoint.write(
            "POST",
            "/tasks/schedule",
            "Makes the tasks that tables need now; taskType and tableName say which.",
            this::schedule),
        Endpoint.write(
            "POST",
            "/tasks/execute",
            "Makes the tasks {taskType, tableName, taskConfigs} as if the table's config said so.",
            this::execute),
        Endpoint.write(
            "PUT",
            "/tasks/task/{taskName}/cancel",
            "Ends a task; what it has not put into the table yet is lost.",
            request -> {
              int count = cancel(ofGroup(request));
              return HttpResponse.json(200, Answers.status("Cancelled " + count + " parts"));
            }),
        Endpoint.write(
            "DELETE", "/tasks/task/{taskName}", "Ends a task and forgets it.", this::delete),
        Endpoint.write(
            "PUT",
            "/tasks/{taskType}/cleanup",
            "Forgets the tasks of a type that ended.",
            request -> {
              List<TaskRecord> ended = ofType(request);
              ended.removeIf(task -> !task.state().isEnd());
              return forget(ended);
            }));
  }

  private HttpResponse list(HttpRequest request) {
    ArrayNode answer = Json.MAPPER.createArrayNode();
    tasks.all().values().stream()
        .sorted(
            Comparator.comparingLong(TaskRecord::createdMillis)
                .reversed()
                .thenComparing(TaskRecord::name))
        .forEach(task -> answer.add(task.toNode()));
    return HttpResponse.json(200, answer);
  }

  private HttpResponse types(HttpRequest request) {
    ArrayNode answer = Json.MAPPER.createArrayNode();
    types.names().forEach(answer::add);
    return HttpResponse.json(200, answer);
  }

  private List<TaskRecord> ofType(HttpRequest request) {
    var generator = types.require(request.variable("taskType"));
    List<TaskRecord> found = new ArrayList<>(tasks.all().values());
    found.removeIf(task -> !task.type().equals(generator.type()));
    found.sort(Comparator.comparingLong(TaskRecord::createdMillis).thenComparing(TaskRecord::name));
    return found;
  }

  private List<TaskRecord> ofGroup(HttpRequest request) {
    String name = request.variable("taskName");
    List<TaskRecord> found = new ArrayList<>(tasks.all().values());
    found.removeIf(task -> !task.group().equals(name) && !task.name().equals(name));
    found.sort(Comparator.comparing(TaskRecord::name));
    if (found.isEmpty()) {
      throw new CuveeException(
          ErrorCode.NOT_FOUND,
          "There is no task '" + name + "'. Those that there are: GET /tasks.");
    }
    return found;
  }

  private interface GroupReader {
    void read(String name, List<TaskRecord> parts);
  }

  private HttpResponse groups(HttpRequest request, GroupReader reader) {
    Map<String, List<TaskRecord>> groups = new LinkedHashMap<>();
    ofType(request)
        .forEach(task -> groups.computeIfAbsent(task.group(), name -> new ArrayList<>()).add(task));
    ArrayNode answer = Json.MAPPER.createArrayNode();
    groups.forEach((name, parts) -> {
      answer.add(name);
      reader.read(name, parts);
    });
    return HttpResponse.json(200, answer);
  }

  private HttpResponse states(HttpRequest request) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    var _ = groups(request, (name, parts) -> answer.put(name, state(parts)));
    return HttpResponse.json(200, answer);
  }

  /// In the words that Helix has for tasks.
  private static String state(Collection<TaskRecord> parts) {
    boolean begun = parts.stream().anyMatch(task -> task.attempts() > 0);
    if (parts.stream().anyMatch(task -> !task.state().isEnd())) {
      return begun ? "IN_PROGRESS" : "NOT_STARTED";
    }
    if (parts.stream().anyMatch(task -> task.state() == State.FAILED)) {
      return "FAILED";
    }
    return parts.stream().anyMatch(task -> task.state() == State.CANCELLED)
        ? "ABORTED"
        : "COMPLETED";
  }

  /// In the words that Helix has for parts of tasks.
  private static String subtaskState(TaskRecord task) {
    return switch (task.state()) {
      case WAITING -> "INIT";
      case RUNNING -> "RUNNING";
      case COMPLETED -> "COMPLETED";
      case FAILED -> "TASK_ERROR";
      case CANCELLED -> "TASK_ABORTED";
    };
  }

  private static HttpResponse text(String state) {
    return HttpResponse.json(200, Json.MAPPER.getNodeFactory().textNode(state));
  }

  private HttpResponse parts(HttpRequest request, Function<TaskRecord, String> what) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ofGroup(request).forEach(task -> answer.put(task.name(), what.apply(task)));
    return HttpResponse.json(200, answer);
  }

  private HttpResponse configs(HttpRequest request) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    for (TaskRecord task : ofGroup(request)) {
      ObjectNode node = answer.putObject(task.name()).put("taskType", task.type());
      ObjectNode configs = node.putObject("configs").put("tableName", task.table());
      task.settings().forEach(configs::put);
    }
    return HttpResponse.json(200, answer);
  }

  private HttpResponse schedule(HttpRequest request) {
    Optional<String> type = request.query("taskType").filter(text -> !text.isBlank());
    Optional<String> table = request.query("tableName").filter(text -> !text.isBlank());
    type.ifPresent(types::require);
    Collection<TableConfig> configs =
        table.isPresent()
            ? tables.halves(table.get(), Optional.empty())
            : tables.configs().values();
    Map<String, List<String>> made = new LinkedHashMap<>();
    boolean found = false;
    for (TableConfig config : configs) {
      for (Map.Entry<String, Map<String, String>> task : config.tasks().entrySet()) {
        if (type.isPresent() && !type.get().equals(task.getKey())
            || types.find(task.getKey()).isEmpty()) {
          continue;
        }
        found = true;
        scheduler
            .make(config, task.getKey(), task.getValue(), Optional.empty())
            .ifPresent(
                name -> made.computeIfAbsent(task.getKey(), key -> new ArrayList<>()).add(name));
      }
    }
    if (!found && table.isPresent()) {
      throw new CuveeException(
          ErrorCode.NOT_FOUND,
          "Table '"
              + table.get()
              + "' has no "
              + type.orElse("tasks")
              + " in task.taskTypeConfigsMap. Add it with PUT /tables/"
              + table.get()
              + ", or use POST /tasks/execute.");
    }
    ObjectNode answer = Json.MAPPER.createObjectNode();
    made.forEach((key, names) -> answer.put(key, String.join(",", names)));
    return HttpResponse.json(200, answer);
  }

  private HttpResponse execute(HttpRequest request) throws IOException {
    JsonNode body = Json.object(request.text(MAX_BYTES), "request", ErrorCode.INVALID_INPUT);
    TaskGenerator generator = types.require(needed(body, "taskType"));
    String type = generator.type();
    Optional<String> name =
        Optional.ofNullable(body.path("taskName").asText(null))
            .map(text -> Names.check("taskName", text, ErrorCode.INVALID_INPUT));
    TableConfig config =
        tables.halves(needed(body, "tableName"), Optional.of(generator.tableType())).getFirst();
    Map<String, String> settings = new LinkedHashMap<>(config.tasks().getOrDefault(type, Map.of()));
    settings.putAll(Json.texts(body.path("taskConfigs")));
    ObjectNode answer = Json.MAPPER.createObjectNode();
    scheduler
        .make(config, type, settings, name)
        .ifPresent(made -> answer.put(config.physicalName(), made));
    return HttpResponse.json(200, answer);
  }

  private static String needed(JsonNode body, String key) {
    String text = body.path(key).asText("");
    if (text.isBlank()) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, "The request needs a text for " + key + ".");
    }
    return text;
  }

  private int cancel(List<TaskRecord> parts) {
    int count = 0;
    for (TaskRecord part : parts) {
      count +=
          tasks
                  .update(
                      part.name(),
                      task -> !task.state().isEnd(),
                      task -> task.cancelled(System.currentTimeMillis()))
                  .isPresent()
              ? 1
              : 0;
    }
    return count;
  }

  private HttpResponse delete(HttpRequest request) {
    List<TaskRecord> parts = ofGroup(request);
    var _ = cancel(parts);
    return forget(parts);
  }

  private HttpResponse forget(List<TaskRecord> parts) {
    for (TaskRecord part : parts) {
      var _ = tasks.delete(part.name(), task -> task.state().isEnd());
    }
    return HttpResponse.json(200, Answers.status("Forgot " + parts.size() + " tasks"));
  }
}
