package io.cuvee.sqltests.script;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.script.ScriptHome.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestCuveeScript {
  @TempDir private Path folder;
  private ScriptHome home;

  @BeforeEach
  void copyScript() throws IOException {
    home = new ScriptHome(folder);
  }

  @Nested
  class FindingJava {
    @BeforeEach
    void unpackPackage() throws IOException {
      home.unpackPackage();
    }

    @Test
    void saysThatThereIsNoJavaAtAll() throws Exception {
      Outcome outcome = home.run("demo");

      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.out()).isEmpty();
      assertThat(outcome.err())
          .contains("Cuvée needs a JDK 25 or newer", "No Java at all", "Install one");
    }

    @Test
    void namesEveryOldVersionThatItSaw() throws Exception {
      home.set("JAVA_HOME", home.installJdk("one", "1.8.0_402"));
      home.set("CUVEE_JVM_DIRS", home.installJdk("jdks/jdk-17", "17.0.15").getParent());
      home.installJdk("jdks/jdk-21", "21");

      Outcome outcome = home.run("demo");

      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.err())
          .contains("one is Java 1.8.0_402", "jdk-17 is Java 17.0.15", "jdk-21 is Java 21");
    }

    @Test
    void prefersJavaHomeToThePathToTheUsualFolders() throws Exception {
      Path inFolder = home.installJdk("jdks/jdk-25", "25.0.1");
      home.set("CUVEE_JVM_DIRS", inFolder.getParent());
      assertThat(home.run("demo").out()).startsWith("java 25.0.1");

      Path onPath = home.installJdk("on-path", "26-ea");
      Files.createSymbolicLink(home.path("tools/java"), onPath.resolve("bin/java"));
      assertThat(home.run("demo").out()).startsWith("java 26-ea");

      home.set("JAVA_HOME", home.installJdk("java-home", "25.0.2"));
      assertThat(home.run("demo").out()).startsWith("java 25.0.2");

      home.set("CUVEE_JAVA_HOME", home.installJdk("cuvee-java-home", "25.0.3"));
      assertThat(home.run("demo").out()).startsWith("java 25.0.3");
    }

    @Test
    void passesOverAnOldJavaHome() throws Exception {
      home.set("JAVA_HOME", home.installJdk("old", "17.0.15"));
      home.set("CUVEE_JVM_DIRS", home.installJdk("jdks/Contents/Home", "25"));

      assertThat(home.run("demo").out()).startsWith("java 25");
    }

    @Test
    void doesNotOverruleCuveeJavaHome() throws Exception {
      home.set("CUVEE_JAVA_HOME", home.installJdk("old", "17.0.15"));
      home.set("JAVA_HOME", home.installJdk("new", "25"));

      Outcome outcome = home.run("demo");

      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.err()).contains("CUVEE_JAVA_HOME", "old is Java 17.0.15");
    }
  }

  @Nested
  class Running {
    @BeforeEach
    void unpackPackageBesideJdk() throws IOException {
      home.unpackPackage();
      home.set("CUVEE_JAVA_HOME", home.installJdk("jdk", "25"));
    }

    @Test
    void handsArgumentsOverAsTheyAre() throws Exception {
      Outcome outcome = home.run("sql", "-e", "SELECT 'a  b' FROM \"t\"");

      assertThat(outcome.exitCode()).isZero();
      assertThat(outcome.out().lines())
          .endsWith("io.cuvee.launcher.Main", "sql", "-e", "SELECT 'a  b' FROM \"t\"");
    }

    @Test
    void replacesItselfByJavaSoThatSignalsArrive() throws Exception {
      Outcome outcome = home.run("demo");

      assertThat(outcome.out()).startsWith("java 25 " + outcome.pid());
    }

    @Test
    void addsTheUsersOptionsLastSoThatTheyWin() throws Exception {
      home.set("CUVEE_JAVA_OPTS", "-Xmx2g -Done=1");

      assertThat(home.run("demo").out().lines().filter(line -> line.matches("-Xmx.*|-Done.*")))
          .containsExactly("-Xmx512m", "-Xmx2g", "-Done=1");
    }

    @Test
    void givesEachRoleAHeapOfItsOwn() throws Exception {
      assertThat(home.run("start", "zookeeper").out()).contains("-Xmx96m");
      assertThat(home.run("start", "all").out()).contains("-Xmx512m");
      assertThat(home.run().out()).contains("-Xmx256m");
    }

    @Test
    void putsPluginsOnTheClassPath() throws Exception {
      home.touch("plugins/deep-store-s3.jar");

      assertThat(home.run("demo").out())
          .contains("lib/cuvee-launcher-1.0.jar:" + home.path("plugins/deep-store-s3.jar"));
    }

    @Test
    void runsThroughASymbolicLink() throws Exception {
      Path link = Files.createSymbolicLink(folder.resolve("link"), Path.of("home/cuvee"));

      assertThat(ScriptHome.finish(home.start(link, "demo")).exitCode()).isZero();
    }
  }

  @Nested
  class Building {
    @BeforeEach
    void checkOutBesideJdk() throws IOException {
      home.checkOut();
      home.set("CUVEE_JAVA_HOME", home.installJdk("jdk", "25"));
      home.installMaven();
    }

    @Test
    void buildsOnFirstUseOnlyAndSaysSo() throws Exception {
      Outcome first = home.run("demo");
      Outcome second = home.run("demo");

      assertThat(first.exitCode()).isZero();
      assertThat(first.err()).contains("Building Cuvée, once");
      assertThat(second.out()).startsWith("java 25");
      assertThat(second.err()).isEmpty();
      assertThat(home.builds())
          .singleElement()
          .asString()
          .contains(home.path("jdk") + " ", "-Pquick");
    }

    @Test
    void computesWithTheCacheThatTheBuildMade() throws Exception {
      String cache = "-XX:AOTCache=" + home.path("launcher/target/cuvee/cuvee.aot");

      assertThat(home.run("demo").out()).contains(cache);
      assertThat(home.run("start", "server").out()).contains(cache);
      assertThat(home.run("sql").out())
          .contains("-XX:AOTCache=" + home.path("launcher/target/cuvee/cuvee-sql.aot"))
          .doesNotContain(cache, "jdk.internal.module");
    }

    /// A cache fits only the jars that it was made with, and these are other ones then.
    @Test
    void learnsAnewAfterABuildOfTheBenchmarks() throws Exception {
      home.run("demo");
      home.touch("benchmarks/pom.xml");
      Path benchmarks = home.path("benchmarks/target/bench/lib");
      Path launcher = home.path("launcher/target/cuvee/lib/cuvee-launcher-1.0.jar");
      home.installMaven(
          "mkdir -p '%s'; : >'%s/cuvee-benchmarks-1.0.jar'; sleep 0.1; : >'%s'"
              .formatted(benchmarks, benchmarks, launcher));

      Outcome outcome = home.run("bench", "rows");

      assertThat(outcome.out()).as(outcome.err()).contains("io.cuvee.benchmarks.Bench");
      assertThat(home.builds()).hasSize(2);
      assertThat(Files.getLastModifiedTime(home.path("launcher/target/cuvee/cuvee.aot")))
          .isGreaterThan(Files.getLastModifiedTime(launcher));
    }

    @Test
    void leavesTheVectorApiToBeLoadedLater() throws Exception {
      // Java keeps less than half in the cache of a process that starts with it.
      assertThat(home.run("start", "server").out())
          .contains("--add-exports=java.base/jdk.internal.module=ALL-UNNAMED")
          .doesNotContain("--add-modules", "-Dcuvee.kernels");
    }

    @Test
    void startsWithoutACacheWhenNoneCouldBeMade() throws Exception {
      home.installJdk("jdk", "25", "case \"$*\" in *train) exit 1 ;; esac");

      Outcome outcome = home.run("demo");

      assertThat(outcome.exitCode()).isZero();
      assertThat(outcome.out()).startsWith("java 25").doesNotContain("AOTCache");
      assertThat(home.path("launcher/target/cuvee")).isDirectoryNotContaining("glob:**.aot*");
    }

    @Test
    void buildsAgainWhenASourceIsNewer() throws Exception {
      home.run("demo");
      home.touch("launcher/src/main/java/Main.java");
      home.run("demo");

      assertThat(home.builds()).hasSize(2);
    }

    @Test
    void buildsAgainWhenASourceIsGone() throws Exception {
      home.run("demo");
      Files.delete(home.path("launcher/src/main/java/Main.java"));
      home.run("demo");

      assertThat(home.builds()).hasSize(2);
    }

    @Test
    void buildsAgainWhenASourceChangedDuringTheBuild() throws Exception {
      Path lib = home.path("launcher/target/cuvee/lib");
      Path source = home.path("launcher/src/main/java/Main.java");
      home.installMaven(
          "mkdir -p '%s'; sleep 1; touch '%s'; : >'%s/cuvee-launcher-1.0.jar'"
              .formatted(lib, source, lib));
      home.run("demo");
      home.run("demo");

      assertThat(home.builds()).hasSize(2);
    }

    @Test
    void doesNotBuildWhenToldNotTo() throws Exception {
      home.run("demo");
      home.touch("launcher/src/main/java/Main.java");
      home.set("CUVEE_SKIP_BUILD", 1);
      home.run("demo");

      assertThat(home.builds()).hasSize(1);
    }

    @Test
    void buildsOnceWhenTwoStartTogether() throws Exception {
      Process one = home.start("demo");
      Process other = home.start("demo");

      assertThat(ScriptHome.finish(one).out()).startsWith("java 25");
      assertThat(ScriptHome.finish(other).out()).startsWith("java 25");
      assertThat(home.builds()).hasSize(1);
    }

    @Test
    void clearsAwayTheLockOfADeadBuilder() throws Exception {
      Files.createDirectories(home.path("target"));
      Process dead = home.start("demo");
      ScriptHome.finish(dead);
      home.touch("launcher/src/main/java/Main.java");
      Files.createSymbolicLink(
          home.path("target/cuvee-build.lock"), Path.of(String.valueOf(dead.pid())));

      assertThat(home.run("demo").exitCode()).isZero();
      assertThat(home.builds()).hasSize(2);
      assertThat(Files.isSymbolicLink(home.path("target/cuvee-build.lock"))).isFalse();
    }

    @Test
    void showsMavensErrorsWhenTheBuildFails() throws Exception {
      home.installMaven(
          "echo '[INFO] Scanning'; echo '[ERROR] Main.java: cannot find symbol'; exit 1");

      Outcome outcome = home.run("demo");

      assertThat(outcome.exitCode()).isEqualTo(1);
      assertThat(outcome.err())
          .contains("cannot find symbol", "The build failed", "cuvee-build.log")
          .doesNotContain("Scanning");
      assertThat(home.run("demo").exitCode()).as("the lock is free again").isEqualTo(1);
    }

    @Test
    void stopsMavenWhenItIsStopped() throws Exception {
      home.installMaven("echo $$ >'" + home.path("maven-pid") + "'; exec sleep 50");
      Process script = home.start("demo");
      while (!Files.exists(home.path("maven-pid")) || Files.size(home.path("maven-pid")) == 0) {
        Thread.sleep(20);
      }
      long maven = Long.parseLong(Files.readString(home.path("maven-pid")).strip());
      script.toHandle().destroy(); // unlike the process, it leaves the streams open

      assertThat(ScriptHome.finish(script).exitCode()).isEqualTo(143);
      assertThat(ProcessHandle.of(maven)).isEmpty();
      assertThat(Files.isSymbolicLink(home.path("target/cuvee-build.lock"))).isFalse();
    }

    @Test
    void saysWhatToInstallWhenThereIsNoMaven() throws Exception {
      Files.delete(home.path("mvn"));

      Outcome outcome = home.run("demo");

      assertThat(outcome.exitCode()).isEqualTo(2);
      assertThat(outcome.err()).contains("needs Maven", "apt-get install maven");
    }
  }
}
