package io.cuvee.benchmarks.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.file.FileTree;
import io.cuvee.launcher.loading.RowCounts;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.process.EventQuestions;
import io.cuvee.sqltests.process.RoleProcesses;
import io.cuvee.sqltests.process.SegmentDamage;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `./cuvee bench damage`: a server that has the only copy of each segment is killed, something is
/// done to every copy, and the server that starts again must give every row as it was, and have
/// every copy whole again.
@Command(
    name = "damage",
    description =
        "Damages the segments of a killed server's disk, anywhere: bits, pages, lengths, files,"
            + " whole segments of others. Started again, with no replica beside it, it must answer"
            + " every query rightly and have fetched what was damaged from the deep store.",
    mixinStandardHelpOptions = true,
    footer = {
      "",
      "Example: cuvee bench damage --mutations 10000 --seed 7",
      "Exit code: 0 if all damage was found and mended, and no answer was wrong; else 1."
    })
public final class DamageBench implements Callable<Integer> {
  private static final List<String> NAMES =
      List.of("zookeeper", "controller", "server-1", "broker");
  private static final int SEGMENTS = 200;
  private static final int OTHER_ROWS = 500;
  private static final int QUESTIONS = 20;
  private static final int POLL_MILLIS = 20;
  private static final String ALL_ROWS = "SELECT * FROM events ORDER BY id";
  private static final Duration LIMIT = Duration.ofMinutes(5);

  @Spec private CommandSpec spec;

  @Option(
      names = "--mutations",
      paramLabel = "N",
      defaultValue = "10000",
      description = "One of a segment at a time (default: 10000).")
  private int mutations;

  @Option(names = "--seed", paramLabel = "N", description = "Repeats a run (default: a new one).")
  private long seed = System.nanoTime();

  @Option(names = "--json", description = "Prints one object instead of lines.")
  private boolean isJson;

  /// What became of the mutations.
  ///
  /// @param mended by kind: how many changed a copy that was then as before
  /// @param queries whose answers were compared
  /// @param refused queries, which the broker said were too early, and which were asked again
  /// @param problems with the seed and the mutation
  public record Outcome(
      long seed,
      Map<String, Integer> mended,
      long queries,
      long refused,
      long seconds,
      List<String> problems) {}

  @Override
  public Integer call() throws Exception {
    Path directory = Files.createTempDirectory("cuvee-damage");
    System.err.println("Seed " + seed + "; the processes' folders and logs are in " + directory);
    Outcome outcome = new Run(directory).all(mutations);
    PrintWriter out = spec.commandLine().getOut();
    if (isJson) {
      out.println(new ObjectMapper().writeValueAsString(outcome));
    } else {
      out.printf(
          "%,d mutations found and mended in %d s: %s%n%,d queries, %,d times asked too early%n%d problems (seed %d)%n",
          outcome.mended.values().stream().mapToInt(Integer::intValue).sum(),
          outcome.seconds,
          outcome.mended,
          outcome.queries,
          outcome.refused,
          outcome.problems.size(),
          seed);
      outcome.problems.forEach(out::println);
    }
    out.flush();
    if (outcome.problems.isEmpty()) {
      FileTree.delete(directory);
    }
    return outcome.problems.isEmpty() ? 0 : 1;
  }

  private final class Run {
    private final Random random = new Random(seed);
    private final Path directory;
    private final Map<SegmentDamage, Integer> mended = new EnumMap<>(SegmentDamage.class);
    private final List<String> problems = new ArrayList<>();
    private final Fixture events = withAllIndexes(Fixture.events());
    private final EventQuestions questions = new EventQuestions(events.rows());
    private long queries;
    private long refused;

    Run(Path directory) {
      this.directory = directory;
    }

    Outcome all(int count) throws Exception {
      long begun = System.nanoTime();
      try (RoleProcesses processes = new RoleProcesses(directory, NAMES)) {
        processes.startAll();
        load(processes, events, SEGMENTS);
        load(
            processes,
            Fixture.of(
                "others",
                events.schema().replace("\"events\"", "\"others\""),
                events.rows().subList(0, OTHER_ROWS)),
            1);
        List<List<@Nullable String>> rows = rows(processes);
        Map<Path, Map<String, byte[]>> good = copies("events_OFFLINE");
        Map<String, byte[]> another = copies("others_OFFLINE").values().iterator().next();
        for (int done = 0; done < count; ) {
          done += damage(processes, good, another, rows, Math.min(SEGMENTS, count - done));
          System.err.printf(
              "%,d of %,d mutations, %,d queries, %d problems%n",
              done, count, queries, problems.size());
        }
      }
      Map<String, Integer> byName = new TreeMap<>();
      mended.forEach((mutation, number) -> byName.put(mutation.name(), number));
      return new Outcome(
          seed, byName, queries, refused, (System.nanoTime() - begun) / 1_000_000_000, problems);
    }

    /// The table with each kind of index and a star-tree, since their bytes can be damaged too.
    private Fixture withAllIndexes(Fixture plain) {
      try {
        ObjectNode config = (ObjectNode) Rest.JSON.readTree(plain.tableConfig());
        ObjectNode indexing = config.withObjectProperty("tableIndexConfig");
        indexing.withArrayProperty("rangeIndexColumns").add("quantity").add("amount");
        indexing.withArrayProperty("bloomFilterColumns").add("visitor").add("id");
        ObjectNode tree = indexing.withArrayProperty("starTreeIndexConfigs").addObject();
        tree.withArrayProperty("dimensionsSplitOrder").add("kind").add("country");
        tree.withArrayProperty("functionColumnPairs").add("COUNT__*").add("SUM__quantity");
        config
            .withArrayProperty("fieldConfigList")
            .addObject()
            .put("name", "tags")
            .withArrayProperty("indexTypes")
            .add("TEXT");
        return new Fixture(plain.name(), plain.schema(), config.toString(), plain.rows());
      } catch (JsonProcessingException e) {
        throw new IllegalStateException(e);
      }
    }

    private void load(RoleProcesses processes, Fixture table, int segments)
        throws IOException, InterruptedException {
      try (Rest controller = new Rest(processes.controllerUrl())) {
        controller.post("/schemas", table.schema()).expect(200);
        controller.post("/tables", table.tableConfig()).expect(200);
        for (String part : table.parts(segments)) {
          controller.ingest(table.name(), "json", "rows.jsonl", part).expect(200);
        }
      }
      RowCounts.await(processes.jdbcUrl(), table.name(), table.rows().size(), LIMIT);
    }

    /// The files of all copies of a table's segments.
    private Map<Path, Map<String, byte[]>> copies(String table) throws IOException {
      Map<Path, Map<String, byte[]>> copies = new LinkedHashMap<>();
      for (Path copy : SegmentDamage.copies(directory.resolve("server-1"), table)) {
        copies.put(copy, SegmentDamage.read(copy));
      }
      return copies;
    }

    private List<List<@Nullable String>> rows(RoleProcesses processes) throws SQLException {
      try (Connection connection = DriverManager.getConnection(processes.jdbcUrl())) {
        return Rows.query(connection, ALL_ROWS).texts();
      }
    }

    /// Damages as many copies between a server's end and its next start.
    private int damage(
        RoleProcesses processes,
        Map<Path, Map<String, byte[]>> good,
        Map<String, byte[]> another,
        List<List<@Nullable String>> rows,
        int count)
        throws Exception {
      processes.kill("server-1");
      Map<Path, SegmentDamage> done = new LinkedHashMap<>();
      List<Path> copies = new ArrayList<>(good.keySet());
      for (Path copy : copies.subList(0, count)) {
        Map<String, byte[]> own = good.get(copy);
        Map<String, byte[]> sibling = good.get(copies.get(random.nextInt(copies.size())));
        SegmentDamage mutation = SegmentDamage.any(random);
        mutation.apply(copy, own, sibling, another, random);
        // Zeros may be zeroed, and a segment is its own sibling at times.
        if (!SegmentDamage.same(SegmentDamage.read(copy), own)) {
          done.put(copy, mutation);
        }
      }
      processes.start("server-1");
      ask(processes, rows);
      for (Map.Entry<Path, SegmentDamage> one : done.entrySet()) {
        if (isMended(one.getKey(), good.get(one.getKey()))) {
          mended.merge(one.getValue(), 1, Integer::sum);
        } else {
          problems.add(one.getValue() + " of " + one.getKey() + " was not mended");
        }
      }
      return count;
    }

    private void ask(RoleProcesses processes, List<List<@Nullable String>> rows)
        throws SQLException, InterruptedException {
      try (Connection connection = DriverManager.getConnection(processes.jdbcUrl())) {
        // The first queries are the first to touch what is damaged.
        for (int i = 0; i < QUESTIONS; i++) {
          EventQuestions.Question question = questions.next(random);
          check(question.sql(), question.answer(), answer(connection, question.sql()));
        }
        check(ALL_ROWS, rows, answer(connection, ALL_ROWS));
      }
    }

    /// Asks again while the broker says that the only copy is not there yet.
    private List<List<@Nullable String>> answer(Connection connection, String query)
        throws SQLException, InterruptedException {
      long deadline = System.nanoTime() + LIMIT.toNanos();
      while (true) {
        try {
          return Rows.query(connection, query).texts();
        } catch (SQLTransientConnectionException unavailable) {
          refused++;
          Thread.sleep(POLL_MILLIS);
          if (System.nanoTime() > deadline) {
            throw unavailable;
          }
        }
      }
    }

    private void check(
        String query, List<List<@Nullable String>> expected, List<List<@Nullable String>> answer) {
      queries++;
      if (!answer.equals(expected)) {
        problems.add(
            "WRONG " + query + ": " + answer.size() + " rows instead of " + expected.size());
      }
    }

    private static boolean isMended(Path copy, Map<String, byte[]> good) throws IOException {
      return Files.isDirectory(copy) && SegmentDamage.same(SegmentDamage.read(copy), good);
    }
  }
}
