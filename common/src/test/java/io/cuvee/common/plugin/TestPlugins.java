package io.cuvee.common.plugin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestPlugins {
  @TempDir private Path work;

  private Path plugins;

  @BeforeEach
  void pointAtPlugins() {
    plugins = work.resolve("plugins");
    System.setProperty("cuvee.plugins", plugins.toString());
  }

  @AfterEach
  void forgetPlugins() {
    System.clearProperty("cuvee.plugins");
  }

  /// A jar with `lib.Version`, and a service that tells it.
  private void plugin(String name, String version) throws Exception {
    Path source = Files.createDirectories(work.resolve(name));
    Files.writeString(
        source.resolve("Version.java"),
        "package lib; public class Version { public static final Object NAME = \""
            + version
            + "\"; }");
    Files.writeString(
        source.resolve("Tells.java"),
        "package "
            + name
            + "; public class Tells implements java.util.concurrent.Callable<Object> {"
            + " public Object call() { io.cuvee.common.catalog.Names.check(\"\", \"a\", null);"
            + " return lib.Version.NAME; } }");
    int result =
        ToolProvider.getSystemJavaCompiler()
            .run(
                null,
                null,
                null,
                "-proc:none",
                "-d",
                source.toString(),
                "-cp",
                Path.of(Plugins.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                    .toString(),
                source.resolve("Version.java").toString(),
                source.resolve("Tells.java").toString());
    assertThat(result).isZero();
    Path folder = Files.createDirectories(plugins.resolve(name));
    try (OutputStream out = Files.newOutputStream(folder.resolve("p.jar"));
        ZipOutputStream jar = new ZipOutputStream(out)) {
      for (String entry : List.of("lib/Version.class", name + "/Tells.class")) {
        jar.putNextEntry(new ZipEntry(entry));
        Files.copy(source.resolve(entry), jar);
      }
      jar.putNextEntry(new ZipEntry("META-INF/services/java.util.concurrent.Callable"));
      jar.write((name + ".Tells").getBytes(UTF_8));
    }
  }

  @Test
  void librariesOfPluginsDoNotMeet() throws Exception {
    plugin("first", "1.0");
    plugin("second", "2.0");
    Files.writeString(plugins.resolve("readme.txt"), "not a plug-in");
    List<Object> versions = new ArrayList<>();
    for (Callable<?> service : Plugins.load(Callable.class)) {
      versions.add(service.call());
    }
    assertThat(versions).containsExactly("1.0", "2.0");
    assertThat(Plugins.load(Callable.class).getFirst().getClass())
        .as("one class loader each, however often they are asked for")
        .isSameAs(Plugins.load(Callable.class).getFirst().getClass());
  }

  @Test
  void noFolderIsNoPlugin() {
    assertThat(Plugins.load(Callable.class)).isEmpty();
  }

  @Test
  void brokenPluginIsNamed() throws IOException {
    Path folder = Files.createDirectories(plugins.resolve("broken/META-INF/services")).getParent();
    try (OutputStream out = Files.newOutputStream(folder.resolveSibling("p.jar"));
        ZipOutputStream jar = new ZipOutputStream(out)) {
      jar.putNextEntry(new ZipEntry("META-INF/services/java.util.concurrent.Callable"));
      jar.write("no.such.Class".getBytes(UTF_8));
    }
    assertThatThrownBy(() -> Plugins.load(Callable.class))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTING))
        .hasMessageContaining("broken")
        .hasMessageContaining("no.such.Class");
  }
}
