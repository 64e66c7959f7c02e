package io.cuvee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.InputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.util.List;
import java.util.Properties;
import java.util.jar.JarFile;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/// What users put on their class path: the one jar, with nothing in it that could get in the way.
class TestDriverJar {
  private static final Path JAR = Path.of(System.getProperty("driver.jar"));

  @Test
  void holdsNothingOutsideItsOwnPackages() throws Exception {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      List<String> foreign =
          jar.stream()
              .map(entry -> entry.getName())
              .filter(name -> !name.endsWith("/"))
              .filter(name -> !name.startsWith("io/cuvee/"))
              .filter(name -> !name.matches("META-INF/(MANIFEST\\.MF|.*LICENSE|NOTICE)"))
              .filter(name -> !name.equals("META-INF/services/java.sql.Driver"))
              .collect(Collectors.toList());
      assertThat(foreign).isEmpty();
      try (InputStream in = jar.getInputStream(jar.getEntry("META-INF/services/java.sql.Driver"))) {
        assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8).trim())
            .isEqualTo("io.cuvee.jdbc.Driver");
      }
    }
  }

  @Test
  void isSmall() throws Exception {
    assertThat(Files.size(JAR)).isLessThan(1_000_000);
  }

  @Test
  void needsNothingButJava11() throws Exception {
    try (JarFile jar = new JarFile(JAR.toFile())) {
      jar.stream()
          .filter(entry -> entry.getName().endsWith(".class"))
          .forEach(entry -> {
            try (InputStream in = jar.getInputStream(entry)) {
              byte[] head = in.readNBytes(8);
              assertThat(head[7]).as(entry.getName()).isLessThanOrEqualTo((byte) 55);
            } catch (java.io.IOException e) {
              throw new java.io.UncheckedIOException(e);
            }
          });
    }
  }

  @Test
  void queriesFromALoaderThatHasOnlyTheJar() throws Exception {
    URL[] path = {JAR.toUri().toURL()};
    try (FakeBroker broker = new FakeBroker();
        URLClassLoader loader = new URLClassLoader(path, ClassLoader.getPlatformClassLoader())) {
      java.sql.Driver driver =
          (java.sql.Driver)
              loader.loadClass("io.cuvee.jdbc.Driver").getDeclaredConstructor().newInstance();
      assertThat(driver.getMajorVersion() + driver.getMinorVersion()).isPositive();
      try (Connection connection = driver.connect(broker.url(), new Properties());
          ResultSet rows = connection.createStatement().executeQuery("SELECT n 3")) {
        assertThat(rows.next()).isTrue();
      }
    }
  }
}
