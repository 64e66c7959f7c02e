package io.cuvee.benchmarks.engine;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The entry of a process that measures one engine.
public final class EngineProcess {
  private EngineProcess() {}

  /// @param arguments the file with the [Assignment], and the file for the [Measured]
  public static void main(String[] arguments) throws Exception {
    Assignment assignment = Assignment.read(Path.of(arguments[0]));
    List<Measured> measured = run(assignment);
    Files.write(Path.of(arguments[1]), measured.stream().map(Measured::line).toList());
    // Threads that an engine leaves behind do not hold up the next one.
    System.exit(0);
  }

  static List<Measured> run(Assignment assignment) throws Exception {
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
        case LOOK_UPS -> LookUpRun.of(engine, assignment);
        case COLD -> ColdRun.of(engine, assignment);
        case BUILD -> throw new IllegalStateException();
      };
    }
  }
}
