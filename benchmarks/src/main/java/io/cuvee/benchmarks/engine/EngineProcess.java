package io.cuvee.benchmarks.engine;

import io.cuvee.benchmarks.ssb.QueryMix;
import io.cuvee.benchmarks.ssb.SsbGenerator;
import io.cuvee.benchmarks.ssb.SsbTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The entry of a process that measures one engine.
public final class EngineProcess {
  private EngineProcess() {}

  /// @param arguments the file with the [Assignment], the file for the [Measured], and when the
  ///   process was started, in milliseconds since 1970
  public static void main(String[] arguments) throws Exception {
    Assignment assignment = Assignment.read(Path.of(arguments[0]));
    List<Measured> measured = run(assignment, Long.parseLong(arguments[2]));
    Files.write(Path.of(arguments[1]), measured.stream().map(Measured::line).toList());
    // Threads that an engine leaves behind do not hold up the next one.
    System.exit(0);
  }

  private static SsbGenerator rows(Assignment assignment) {
    return new SsbGenerator(new SsbTable(assignment.scale()));
  }

  static List<Measured> run(Assignment assignment, long begunMillis) throws Exception {
    try (Engine engine = Engines.create(assignment.engine())) {
      if (assignment.task() == Assignment.Task.BUILD) {
        return BuildRun.of(engine, assignment);
      }
      Path store = Store.of(engine, assignment);
      engine.open(store, assignment.threads());
      return switch (assignment.task()) {
        case QUERIES -> {
          Store.check(engine, assignment);
          yield QueryRuns.of(engine, assignment);
        }
        case LOOK_UPS -> LoadRun.of(engine, assignment, QueryMix.lookUps(rows(assignment)));
        case MIXED_LOAD -> {
          Store.check(engine, assignment);
          yield LoadRun.of(engine, assignment, QueryMix.mixed(rows(assignment)));
        }
        case COLD -> ColdRun.of(engine, assignment, begunMillis);
        case BUILD -> throw new IllegalStateException();
      };
    }
  }
}
