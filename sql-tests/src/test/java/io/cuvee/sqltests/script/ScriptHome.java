package io.cuvee.sqltests.script;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/// A folder with a copy of the `cuvee` script and nothing else of the project, in which a test puts
/// JDKs and a Maven that only say how they were called.
final class ScriptHome {
  /// What a run of the script left behind.
  record Outcome(int exitCode, String out, String err, long pid) {}

  private final Path home;
  private final Map<String, String> environment = new HashMap<>();

  /// Copies the script of this project into an empty folder. The environment has a PATH with the
  /// shell's usual tools and no Java, and no usual install folder is searched.
  ScriptHome(Path folder) throws IOException {
    home = Files.createDirectories(folder.resolve("home"));
    Files.copy(Path.of(System.getProperty("cuvee.root"), "cuvee"), home.resolve("cuvee"));
    environment.put("PATH", toolsWithoutJava().toString());
    environment.put("CUVEE_JVM_DIRS", "");
    environment.put("CUVEE_MAVEN", home.resolve("mvn").toString());
  }

  Path path(String name) {
    return home.resolve(name);
  }

  void set(String name, Object value) {
    environment.put(name, value.toString());
  }

  /// Makes the layout of an unpacked package: jars, no sources.
  void unpackPackage() throws IOException {
    touch("lib/cuvee-launcher-1.0.jar");
  }

  /// Makes the layout of a checkout with one source file, all older than anything built now, and
  /// the script of the tests.
  void checkOut() throws IOException {
    Files.createDirectories(path(".ci"));
    Files.copy(Path.of(System.getProperty("cuvee.root"), ".ci", "test"), path(".ci/test"));
    for (String file :
        List.of(
            "pom.xml",
            "launcher/pom.xml",
            "launcher/src/main/java/Main.java",
            "deep-store-azure/src/test/npm/package.json")) {
      age(touch(file));
    }
    for (String folder : List.of("launcher/src/main/java", "launcher/src/main")) {
      age(path(folder));
    }
  }

  /// A JDK that prints `java <version> <pid>`, and each argument on a line. When asked for an AOT
  /// cache, it makes an empty one.
  Path installJdk(String folder, String version) throws IOException {
    return installJdk(folder, version, "");
  }

  /// The same, with commands of the shell that run at the end.
  Path installJdk(String folder, String version, String commands) throws IOException {
    Path jdk = home.resolve(folder);
    executable(
        jdk.resolve("bin/java"),
        """
        echo java %s $$
        for argument in "$@"; do
          echo "$argument"
          case $argument in -XX:AOTCacheOutput=*) : >"${argument#*=}" ;; esac
        done
        %s
        """
            .formatted(version, commands));
    executable(jdk.resolve("bin/javac"), "exit 1");
    Files.writeString(jdk.resolve("release"), "JAVA_VERSION=\"" + version + "\"\n");
    return jdk;
  }

  /// A Maven that counts its runs in the file `builds`, then runs `commands`.
  void installMaven(String commands) throws IOException {
    executable(
        home.resolve("mvn"), "echo \"$JAVA_HOME $*\" >>'" + path("builds") + "'\n" + commands);
  }

  /// A Maven that takes a moment and makes the launcher's jar.
  void installMaven() throws IOException {
    Path lib = path("launcher/target/cuvee/lib");
    installMaven("sleep 0.3; mkdir -p '" + lib + "'; : >'" + lib + "/cuvee-launcher-1.0.jar'");
  }

  /// Puts a tool that does nothing on the PATH.
  void installTool(String name) throws IOException {
    executable(path("tools").resolve(name), "exit 0");
  }

  List<String> builds() throws IOException {
    return Files.exists(path("builds")) ? Files.readAllLines(path("builds")) : List.of();
  }

  Path touch(String name) throws IOException {
    Path file = home.resolve(name);
    Files.createDirectories(file.getParent());
    Files.deleteIfExists(file);
    return Files.createFile(file);
  }

  Outcome run(String... arguments) throws IOException, InterruptedException {
    return finish(start(arguments));
  }

  Process start(String... arguments) throws IOException {
    return start(path("cuvee"), arguments);
  }

  Process start(Path script, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(script.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  static Outcome finish(Process process) throws IOException, InterruptedException {
    process.getOutputStream().close();
    String out = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError("The script still runs after 60 s. Its errors so far: " + err);
    }
    return new Outcome(process.exitValue(), out, err, process.pid());
  }

  private static void age(Path path) throws IOException {
    Files.setLastModifiedTime(path, FileTime.from(Instant.now().minusSeconds(3600)));
  }

  private static void executable(Path file, String commands) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "#!/bin/sh\n" + commands + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  /// Wrappers rather than links, which a temporary folder is wary of deleting.
  private Path toolsWithoutJava() throws IOException {
    for (String tool :
        List.of(
            "awk",
            "cat",
            "cp",
            "dirname",
            "find",
            "grep",
            "head",
            "ln",
            "ls",
            "mkdir",
            "mv",
            "ps",
            "readlink",
            "rm",
            "sed",
            "sh",
            "sleep",
            "tail",
            "tee",
            "touch",
            "tr")) {
      Path found = Path.of("/bin", tool);
      executable(
          path("tools").resolve(tool),
          "exec " + (Files.exists(found) ? found : Path.of("/usr/bin", tool)) + " \"$@\"");
    }
    return path("tools");
  }
}
