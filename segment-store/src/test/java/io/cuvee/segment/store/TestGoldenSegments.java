package io.cuvee.segment.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.execution.page.Values;
import io.cuvee.segment.Fixtures;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.format.Encoding;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Segments of every format version that was released stay readable.
final class TestGoldenSegments {
  @TempDir private Path temp;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void segmentsOfReleasedVersionsReadBack(int version) throws IOException {
    Path archive = temp.resolve("golden.tar.gz");
    try (InputStream resource =
        Objects.requireNonNull(
            getClass().getResourceAsStream("/golden/segment-v" + version + ".tar.gz"))) {
      Files.copy(resource, archive);
    }
    Path directory = temp.resolve("golden");
    SegmentArchive.unpack(archive, directory, SegmentArchive.Limits.DEFAULT);
    assertThat(SegmentVerifier.verify(directory).formatVersion()).isEqualTo(version);
    try (Segment segment = Segment.open(directory, Verify.CHECKSUMS)) {
      GoldenSegment.rows()
          .forEach((name, rows) -> {
            SegmentColumn column = segment.column(name).orElseThrow();
            Values values = column.values(0, rows.size());
            for (int row = 0; row < rows.size(); row++) {
              assertThat(Fixtures.same(values.get(row), rows.get(row)))
                  .as("%s row %d is %s", name, row, values.get(row))
                  .isTrue();
            }
          });
      assertThat(segment.column("tags").orElseThrow().invertedIndex()).isPresent();
      assertThat(segment.metadata().column("city").orElseThrow().encoding())
          .isEqualTo(Encoding.SORTED);
      assertThat(segment.metadata().column("raw_int").orElseThrow().encoding())
          .isEqualTo(Encoding.RAW);
      assertThat(segment.metadata().column("raw_double").orElseThrow().encoding())
          .isEqualTo(version < 3 ? Encoding.RAW : Encoding.RAW_ALP);
      assertThat(segment.metadata().column("raw_text").orElseThrow().encoding())
          .isEqualTo(version < 3 ? Encoding.RAW : Encoding.RAW_FSST);
    }
  }

  @Test
  void theGoldenRowsCanBeBuiltToday() {
    GoldenSegment.build(temp.resolve("today"));
    assertThat(SegmentVerifier.verify(temp.resolve("today")).docCount()).isEqualTo(6);
  }
}
