package io.cuvee.controller.task;

import io.cuvee.cluster.task.TaskGenerator;
import io.cuvee.cluster.task.TaskRecord;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.common.plugin.Plugins;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The types of tasks that there are. Thread-safe.
public final class TaskTypes {
  static final String SCHEDULE = "schedule";
  private static final String ATTEMPTS = "maxAttemptsPerTask";

  private final Map<String, TaskGenerator> generators = new TreeMap<>();
  private final TaskGenerator.Conditions conditions = new SqlConditions();

  /// Those that are on the class path or in a plug-in.
  public TaskTypes() {
    Plugins.load(TaskGenerator.class)
        .forEach(generator -> generators.put(generator.type(), generator));
  }

  /// Sorted.
  public Iterable<String> names() {
    return generators.keySet();
  }

  public Optional<TaskGenerator> find(String type) {
    return Optional.ofNullable(generators.get(type));
  }

  /// @throws CuveeException `NOT_FOUND` with the nearest names
  public TaskGenerator require(String type) {
    return find(type)
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.NOT_FOUND,
                "There is no task type '"
                    + type
                    + "'."
                    + Suggestions.didYouMean(type, generators.keySet())));
  }

  TaskGenerator.Conditions conditions() {
    return conditions;
  }

  /// How often a task with these settings is begun at most.
  static int attempts(TableConfig table, String type, Map<String, String> settings) {
    String text = settings.get(ATTEMPTS);
    if (text == null) {
      return TaskRecord.DEFAULT_ATTEMPTS;
    }
    try {
      int attempts = Integer.parseInt(text.strip());
      if (attempts >= 1 && attempts <= 100) {
        return attempts;
      }
    } catch (NumberFormatException e) {
      // Told below.
    }
    throw new CuveeException(
        ErrorCode.INVALID_TABLE,
        "Table '"
            + table.logicalName()
            + "': "
            + ATTEMPTS
            + " of "
            + type
            + " is '"
            + text
            + "'. Use a number from 1 to 100.");
  }

  /// Checks that tasks work on a table of this type.
  ///
  /// @throws CuveeException `FEATURE_NOT_SUPPORTED`
  static void requireTable(TaskGenerator generator, TableConfig table) {
    if (table.type() != generator.tableType()) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Table '"
              + table.logicalName()
              + "': "
              + generator.type()
              + " works on "
              + generator.tableType()
              + " tables only. Take it out of the taskTypeConfigsMap of the "
              + table.type()
              + " half.");
    }
  }

  /// Checks the task settings of a table.
  ///
  /// @throws CuveeException `INVALID_TABLE` that says what is wrong
  public void check(TableConfig table, Schema schema) {
    table
        .tasks()
        .forEach((type, settings) -> {
          Optional<TaskGenerator> generator = find(type);
          if (generator.isEmpty()) {
            return;
          }
          requireTable(generator.get(), table);
          if (settings.containsKey(SCHEDULE)) {
            var _ = Schedule.parse(table, type, settings.get(SCHEDULE));
          }
          var _ = attempts(table, type, settings);
          var _ =
              generator
                  .get()
                  .generate(
                      new TaskGenerator.Inputs(
                          table,
                          schema,
                          settings,
                          Map.of(),
                          Instant.now(),
                          conditions,
                          Optional.empty()));
        });
  }
}
