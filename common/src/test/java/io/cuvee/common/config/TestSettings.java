package io.cuvee.common.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TestSettings {
  @TempDir Path dir;

  @Test
  void overridesBeatTheEnvironmentWhichBeatsTheFile() throws IOException {
    Path file = Files.writeString(dir.resolve("c.properties"), "a=file\nb=file\nc=file\n");
    Settings settings =
        Settings.load(
            Optional.of(file),
            Map.of("CUVEE_B", "env", "CUVEE_C", "env", "CUVEE_JAVA_HOME", "/x", "PATH", "/bin"),
            Map.of("c", "override"));
    assertThat(settings.text("a")).contains("file");
    assertThat(settings.text("b")).contains("env");
    assertThat(settings.text("c")).contains("override");
    settings.check();
  }

  @Test
  void variablesNameKeysWithDotsAndDashes() {
    Settings settings =
        Settings.load(Optional.empty(), Map.of("CUVEE_BROKER_QUERY__TIMEOUT", "5s"), Map.of());
    assertThat(settings.duration("broker.query-timeout", Duration.ofSeconds(1)))
        .isEqualTo(Duration.ofSeconds(5));
  }

  @Test
  void yamlIsFlattened() throws IOException {
    Path file =
        Files.writeString(dir.resolve("c.yaml"), "http:\n  port: 9000\ncluster:\n  name: x\n");
    Settings settings = Settings.load(Optional.of(file), Map.of(), Map.of());
    assertThat(settings.integer("http.port", 1, 0, 65_535)).isEqualTo(9000);
    assertThat(settings.text("cluster.name", "cuvee")).isEqualTo("x");
  }

  @Test
  void allProblemsAreReportedTogether() {
    Settings settings =
        Settings.of(Map.of("http.port", "x", "query.timeout", "5 parsecs", "htp.port", "1"));
    settings.integer("http.port", 1, 0, 65_535);
    settings.duration("query.timeout", Duration.ZERO);
    assertThatThrownBy(settings::check)
        .hasMessageContaining("http.port is 'x'")
        .hasMessageContaining("query.timeout is '5 parsecs'")
        .hasMessageContaining("unknown setting 'htp.port'. Did you mean 'http.port'?");
  }

  @Test
  void sizesHaveBinaryUnits() {
    assertThat(DataSize.parse("64K").bytes()).isEqualTo(65_536);
    assertThat(DataSize.parse("1.5 GiB").bytes()).isEqualTo(3L << 29);
    assertThat(DataSize.parse("200MB").toString()).isEqualTo("200.0 MiB");
    assertThatThrownBy(() -> DataSize.parse("many")).hasMessageContaining("'many' is not a size");
  }
}
