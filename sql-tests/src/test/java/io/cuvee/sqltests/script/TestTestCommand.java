package io.cuvee.sqltests.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.script.ScriptHome.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `./cuvee test` makes of the tools of a machine.
class TestTestCommand {
  private static final String TWO_MODULES =
      """
      echo '[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0, Time elapsed: 1 s -- in A'
      echo '[INFO] Tests run: 5, Failures: 0, Errors: 0, Skipped: 0'
      echo '[INFO] Tests run: 2, Failures: 0, Errors: 0, Skipped: 0'
      """;
  private static final String ONE_SKIPPED =
      """
      echo '[WARNING] Tests run: 3, Failures: 0, Errors: 0, Skipped: 1, Time elapsed: 1 s -- in B'
      echo '[WARNING] Tests run: 3, Failures: 0, Errors: 0, Skipped: 1'
      """;

  @TempDir private Path folder;
  private ScriptHome home;

  @BeforeEach
  void checkOutBesideJdkAndMaven() throws IOException {
    home = new ScriptHome(folder);
    home.checkOut();
    home.set("JAVA_HOME", home.installJdk("jdk", "25.0.1"));
    home.installMaven(TWO_MODULES);
  }

  @Test
  void jdk25AndMavenAreEnoughAndWhatDidNotRunIsNamed() throws Exception {
    Outcome outcome = home.run("test");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out())
        .contains("Java 25.0.1", "Tests run: 7, Failures: 0, Errors: 0, Skipped: 0")
        .contains("Not run for want of a tool:", "JDK 17: the driver on Java 17", "curl: ")
        .contains("npm: the deep store in Azure");
    assertThat(home.builds())
        .singleElement()
        .asString()
        .startsWith(home.path("jdk") + " ")
        .contains("-Pchecks,all-tests", "verify")
        .doesNotContain("jdk17");
  }

  @Test
  void allFailsBeforeItBeginsWhereToolsAreMissing() throws Exception {
    Outcome outcome = home.run("test", "--all");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err())
        .contains("test --all needs these tools, which are missing here:")
        .contains("JDK 17: ", "curl: ", "npm: ");
    assertThat(home.builds()).isEmpty();
  }

  @Test
  void allRunsWithAllTools() throws Exception {
    Path jdk17 = home.installJdk("jdks/jdk-17", "17.0.15");
    home.installJdk("jdks/jdk-11", "11.0.2");
    home.set("CUVEE_JVM_DIRS", jdk17.getParent());
    for (String tool : List.of("curl", "node", "npm")) {
      home.installTool(tool);
    }

    Outcome outcome = home.run("test", "--all");

    assertThat(outcome.exitCode()).as(outcome.err()).isZero();
    assertThat(outcome.out()).doesNotContain("Not run").contains("Fetching Azurite");
    assertThat(home.builds())
        .singleElement()
        .asString()
        .contains("-Dcuvee.jdk17=" + jdk17)
        .contains("-Dcuvee.azurite=" + home.path("target/azurite/node_modules/azurite"));
    assertThat(home.run("test").out()).doesNotContain("Fetching");
  }

  @Test
  void aJdk17MayBeNamed() throws Exception {
    Path jdk17 = home.installJdk("my 17", "17");
    home.set("CUVEE_JAVA17_HOME", jdk17);
    assertThat(home.run("test").out()).contains("curl: ").doesNotContain("JDK 17:");
    assertThat(home.builds()).singleElement().asString().contains("-Dcuvee.jdk17=" + jdk17);

    home.set("CUVEE_JAVA17_HOME", home.path("jdk"));
    Outcome outcome = home.run("test");
    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("CUVEE_JAVA17_HOME", "no JDK 17");
  }

  @Test
  void aFailureIsHandedOn() throws Exception {
    home.installMaven(TWO_MODULES + "exit 1");

    assertThat(home.run("test").exitCode()).isEqualTo(1);
  }

  @Test
  void skippedTestsAreNamedAndFailWithAll() throws Exception {
    home.installMaven(TWO_MODULES + ONE_SKIPPED);
    home.set("CUVEE_JAVA17_HOME", home.installJdk("jdk-17", "17.0.15"));
    for (String tool : List.of("curl", "node", "npm")) {
      home.installTool(tool);
    }

    Outcome some = home.run("test");
    assertThat(some.exitCode()).isZero();
    assertThat(some.out()).contains("Skipped: 1\n", "Skipped in:\n  B\n");

    Outcome all = home.run("test", "--all");
    assertThat(all.exitCode()).isEqualTo(1);
    assertThat(all.err()).contains("some were skipped");
  }

  @Test
  void aRunWithoutTestsIsAFailure() throws Exception {
    home.installMaven("echo '[INFO] BUILD SUCCESS'");

    Outcome outcome = home.run("test");

    assertThat(outcome.exitCode()).isEqualTo(1);
    assertThat(outcome.err()).contains("no test has run");
  }

  @Test
  void aDryRunOnlySaysWhatWouldRun() throws Exception {
    Outcome outcome = home.run("test", "--dry-run");

    assertThat(outcome.exitCode()).isZero();
    assertThat(outcome.out()).contains("Would run", "Java 25.0.1", "Would not run", "JDK 17: ");
    assertThat(home.run("test", "--all", "--dry-run").exitCode()).isEqualTo(1);
    assertThat(home.builds()).isEmpty();
  }

  @Test
  void withoutAJdk25NothingRuns() throws Exception {
    home.set("JAVA_HOME", home.installJdk("old", "21.0.7"));

    Outcome outcome = home.run("test", "--all");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err())
        .startsWith("cuvee: Cuvée needs a JDK 25 or newer, and there is none here.")
        .contains("old is Java 21.0.7");
    assertThat(home.builds()).isEmpty();
  }

  @Test
  void withoutMavenNothingRuns() throws Exception {
    Files.delete(home.path("mvn"));

    Outcome outcome = home.run("test");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("need Maven", "not on the PATH");
  }

  @Test
  void anUnknownOptionIsRefused() throws Exception {
    Outcome outcome = home.run("test", "--everything");

    assertThat(outcome.exitCode()).isEqualTo(2);
    assertThat(outcome.err()).contains("--everything", "--all");
  }
}
