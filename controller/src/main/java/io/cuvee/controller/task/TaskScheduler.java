package io.cuvee.controller.task;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.MetadataStore.Change;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.cluster.task.MovedRows;
import io.cuvee.cluster.task.TaskGenerator;
import io.cuvee.cluster.task.TaskRecord;
import io.cuvee.cluster.task.TaskStore;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.catalog.TableType;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.placement.Placement;
import io.cuvee.controller.table.Records;
import io.cuvee.controller.table.ReplacementStore;
import io.cuvee.controller.table.Tables;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes tasks when they are due, while this controller leads; takes those back whose minion is
/// gone; deletes those that ended long ago. Thread-safe.
public final class TaskScheduler implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TaskScheduler.class);

  private static final String SCHEDULES = "schedules";
  private static final Duration TICK = Duration.ofMillis(500);

  private final ClusterState cluster;
  private final Tables tables;
  private final Records records;
  private final ReplacementStore replacements;
  private final TaskStore tasks;
  private final TaskTypes types;
  private final Leadership leadership;
  private final Duration retention;
  private final Duration timeout;
  private final Clock clock = Clock.systemUTC();
  private final ScheduledExecutorService executor =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("controller-tasks").factory());
  private final List<AutoCloseable> watches = new ArrayList<>();

  // What the watches last told.
  private volatile Map<String, TaskRecord> known = Map.of();
  private volatile Map<String, Versioned<String>> configTexts = Map.of();

  // Only the executor's thread touches these.
  private Map<String, Versioned<String>> readTexts = Map.of();
  private Map<String, TableConfig> scheduled = Map.of();
  private final Map<String, Instant> quietUntil = new HashMap<>();
  private long quietTerm = -1;

  /// @param retention how long tasks that ended are remembered
  /// @param timeout how long the minion of a task may say nothing of it
  public TaskScheduler(
      ClusterState cluster,
      Tables tables,
      Records records,
      ReplacementStore replacements,
      TaskStore tasks,
      TaskTypes types,
      Leadership leadership,
      Duration retention,
      Duration timeout) {
    this.cluster = cluster;
    this.tables = tables;
    this.records = records;
    this.replacements = replacements;
    this.tasks = tasks;
    this.types = types;
    this.leadership = leadership;
    this.retention = retention;
    this.timeout = timeout;
  }

  /// Begins to watch and to look.
  public void start() {
    watches.add(tasks.watch(all -> known = all));
    watches.add(cluster.metadata().watch("tables", all -> configTexts = Map.copyOf(all)));
    var _ =
        executor.scheduleWithFixedDelay(
            this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  private void tick() {
    Optional<Placement> term = leadership.term();
    if (term.isEmpty()) {
      return;
    }
    try {
      Instant now = clock.instant();
      lookAfter(now);
      if (quietTerm != term.get().epoch()) {
        quietTerm = term.get().epoch();
        quietUntil.clear();
      }
      for (TableConfig config : withSchedule().values()) {
        Instant next = quietUntil.get(config.physicalName());
        if (next == null || !next.isAfter(now)) {
          makeDue(config, now, term.get());
        }
      }
    } catch (RuntimeException e) {
      LOG.warn("Could not look after all tasks; next time again: {}", e.toString());
    }
  }

  /// Tasks whose minion is gone are for others, those that ended long ago go.
  private void lookAfter(Instant now) {
    Set<String> alive = new HashSet<>();
    cluster
        .instances(Instance.Role.MINION)
        .forEach(minion -> alive.add(process(minion.id(), minion.incarnation())));
    for (TaskRecord task : known.values()) {
      Duration age = Duration.between(Instant.ofEpochMilli(task.changedMillis()), now);
      if (task.state().isEnd() && age.compareTo(retention) > 0) {
        var _ = tasks.delete(task.name(), task::equals);
      } else if (task.state() == TaskRecord.State.RUNNING) {
        boolean isGone = !alive.contains(process(task.worker(), task.incarnation()));
        boolean isLate = age.compareTo(timeout) > 0;
        if (isGone || isLate) {
          String why =
              "Minion "
                  + task.worker()
                  + (isGone ? " is gone." : " has said nothing for " + timeout + ".");
          LOG.warn("Task {} is taken back: {}", task.name(), why);
          var _ =
              tasks.update(
                  task.name(),
                  task::equals,
                  present -> present.given(why, true, now.toEpochMilli()));
        }
      }
    }
  }

  private static String process(String id, long incarnation) {
    return id + " " + incarnation;
  }

  /// The tables that make tasks by schedule.
  private Map<String, TableConfig> withSchedule() {
    Map<String, Versioned<String>> texts = configTexts;
    if (!texts.equals(readTexts)) {
      Map<String, TableConfig> found = new HashMap<>();
      texts.forEach((table, text) -> {
        try {
          TableConfig config =
              text.equals(readTexts.get(table)) && scheduled.containsKey(table)
                  ? scheduled.get(table)
                  : TableConfig.parse(text.value());
          if (config.tasks().values().stream()
              .anyMatch(settings -> settings.containsKey(TaskTypes.SCHEDULE))) {
            found.put(table, config);
          }
        } catch (CuveeException e) {
          LOG.warn("Table {} makes no tasks: {}", table, e.getMessage());
        }
      });
      readTexts = texts;
      scheduled = found;
      quietUntil.clear();
    }
    return scheduled;
  }

  private void makeDue(TableConfig config, Instant now, Placement term) {
    String path = SCHEDULES + "/" + config.physicalName();
    Optional<Versioned<String>> text = cluster.metadata().get(path);
    ObjectNode last =
        text.isPresent()
            ? (ObjectNode)
                Json.object(text.get().value(), "task schedule's state", ErrorCode.INTERNAL)
            : Json.MAPPER.createObjectNode();
    List<String> due = new ArrayList<>();
    boolean isNew = false;
    Instant nextOfAll = Instant.MAX;
    for (Map.Entry<String, Map<String, String>> task : config.tasks().entrySet()) {
      String type = task.getKey();
      String cron = task.getValue().get(TaskTypes.SCHEDULE);
      if (cron == null || types.find(type).isEmpty()) {
        continue;
      }
      Schedule schedule = Schedule.parse(config, type, cron);
      isNew |= !last.has(type);
      Optional<Instant> next =
          last.has(type)
              ? schedule.after(Instant.ofEpochMilli(last.path(type).asLong()))
              : Optional.empty();
      if (next.isPresent() && !next.get().isAfter(now)) {
        due.add(type);
      }
      if (!last.has(type) || due.contains(type)) {
        last.put(type, now.toEpochMilli());
        next = schedule.after(now);
      }
      if (next.isPresent() && next.get().isBefore(nextOfAll)) {
        nextOfAll = next.get();
      }
    }
    quietUntil.put(config.physicalName(), nextOfAll);
    if ((isNew || !due.isEmpty())
        && cluster
            .metadata()
            .changeAll(
                List.of(
                    text.isPresent()
                        ? Change.replace(path, last.toString(), text.get().version())
                        : Change.create(path, last.toString())),
                term.epoch())) {
      for (String type : due) {
        try {
          var _ = make(config, type, config.tasks().get(type), Optional.empty());
        } catch (CuveeException e) {
          LOG.warn("No {} for {}: {}", type, config.physicalName(), e.getMessage());
        }
      }
    }
  }

  /// Makes the tasks of one type that a table needs now; none while it has unfinished ones.
  ///
  /// @param settings of the type
  /// @param group name for them together; absent: one is made
  /// @return the name of the group, if there is anything to do
  public synchronized Optional<String> make(
      TableConfig config, String type, Map<String, String> settings, Optional<String> group) {
    Placement term = leadership.requireTerm();
    String table = config.physicalName();
    Map<String, TaskRecord> present = tasks.all();
    boolean isBusy =
        present.values().stream()
            .anyMatch(task ->
                task.table().equals(table) && task.type().equals(type) && !task.state().isEnd());
    if (isBusy) {
      LOG.info("{} has unfinished tasks of type {}; no new ones are made", table, type);
      return Optional.empty();
    }
    Instant now = clock.instant();
    TaskGenerator generator = types.require(type);
    TaskTypes.requireTable(generator, config);
    // Before the segments: what is moved meanwhile is then not taken for something new.
    Optional<TaskGenerator.Live> live =
        config.type() == TableType.REALTIME ? Optional.of(live(config)) : Optional.empty();
    List<Map<String, String>> work =
        generator.generate(
            new TaskGenerator.Inputs(
                config,
                tables.schemaOf(config),
                settings,
                segments(table),
                now,
                types.conditions(),
                live));
    if (work.isEmpty()) {
      return Optional.empty();
    }
    String name =
        group.orElseGet(() ->
            "Task_"
                + type
                + "_"
                + UUID.randomUUID().toString().substring(0, 8)
                + "_"
                + now.toEpochMilli());
    if (present.values().stream().anyMatch(task -> task.group().equals(name))) {
      throw new CuveeException(
          ErrorCode.ALREADY_EXISTS,
          "There is a task '" + name + "' already. Give this one another name.");
    }
    List<TaskRecord> made = new ArrayList<>();
    int attempts = TaskTypes.attempts(config, type, settings);
    for (Map<String, String> one : work) {
      made.add(
          TaskRecord.create(name, made.size(), type, table, one, attempts, now.toEpochMilli()));
    }
    tasks.create(made, term.epoch());
    LOG.info("Made {} tasks {} for {}", made.size(), name, table);
    return Optional.of(name);
  }

  private TaskGenerator.Live live(TableConfig config) {
    return new TaskGenerator.Live(
        records.all(config.physicalName()).values().stream()
            .filter(SegmentRecord::isConsuming)
            .toList(),
        segments(tables.offline(config.logicalName()).physicalName()).values(),
        cluster
            .metadata()
            .get(MovedRows.path(config.physicalName()))
            .map(text -> MovedRows.parse(text.value())));
  }

  /// Sealed segments that queries see.
  private Map<String, SegmentRecord> segments(String table) {
    Map<String, SegmentRecord> seen =
        new HashMap<>(replacements.visible(table, records.all(table)));
    seen.values().removeIf(record -> record.arriving() || record.isConsuming());
    return seen;
  }

  @Override
  public void close() {
    for (AutoCloseable watch : watches) {
      try {
        watch.close();
      } catch (Exception e) {
        LOG.debug("A watch could not be closed", e);
      }
    }
    executor.shutdownNow();
  }
}
