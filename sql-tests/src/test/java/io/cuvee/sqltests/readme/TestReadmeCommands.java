package io.cuvee.sqltests.readme;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.sqltests.readme.ReadmeCommands.Block;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestReadmeCommands {
  @Test
  void findsCommandsAndTheirOutput() {
    String page =
        """
        # Title
        ```sh
        ./cuvee demo
        ```
        Some words.
        ```
        a picture
        ```
        ```sh
        ./cuvee sql -e "SELECT 1"
        ```

        ```text
        1
        ```
        <!-- test: skip -->
        ```sh
        rm -rf /
        ```
        ```java
        int x;
        ```
        """;

    assertThat(ReadmeCommands.of(page))
        .isEqualTo(
            List.of(
                new Block(3, "./cuvee demo", Optional.empty()),
                new Block(10, "./cuvee sql -e \"SELECT 1\"", Optional.of("1"))));
  }

  @Test
  void outputMayDifferInTimesPortsAndBlanks() {
    String expected = "a  b\n…\n3 rows in 12.5 ms at http://localhost:8099/x";
    String actual = "before\na b\nmore\n3 rows in 7 ms at http://127.0.0.1:4711/x\nafter\n";

    assertThat(ReadmeCommands.missingLine(expected, actual)).isEmpty();
    assertThat(ReadmeCommands.missingLine("a b\na b", actual)).contains("a b");
    assertThat(ReadmeCommands.missingLine("4 rows in 7 ms", actual)).isPresent();
  }
}
