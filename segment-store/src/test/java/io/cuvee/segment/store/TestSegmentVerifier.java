package io.cuvee.segment.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.Fixtures;
import io.cuvee.segment.format.BufferEntry;
import io.cuvee.segment.format.BufferKind;
import io.cuvee.segment.format.SegmentFiles;
import io.cuvee.segment.format.Tampering;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TestSegmentVerifier {
  private final long seed = Long.getLong("cuvee.random.seed", 20_261_122);
  private final Random random = new Random(seed);

  @TempDir private Path temp;

  @Test
  void soundSegmentsPass() {
    SampleSegment.build(temp.resolve("s"));
    assertThat(SegmentVerifier.verify(temp.resolve("s")).docCount()).isEqualTo(300);
    SampleSegment.build(temp.resolve("empty"), 0, 1);
    assertThat(SegmentVerifier.verify(temp.resolve("empty")).docCount()).isZero();
  }

  /// Any bit may be changed by somebody who makes the checksums right again: the verifier then
  /// finds it, or the segment is another sound one; it never reads where nothing is mapped.
  @Test
  void changesWithRightChecksumsAreFoundOrHarmless() throws IOException {
    Path sample = temp.resolve("s");
    SampleSegment.build(sample);
    Path runs = temp.resolve("runs");
    SampleSegment.buildRuns(runs);
    Set<BufferKind> found = EnumSet.noneOf(BufferKind.class);
    Set<BufferKind> tried = EnumSet.noneOf(BufferKind.class);
    change(sample, tried, found);
    change(runs, tried, found);
    assertThat(tried).containsExactlyInAnyOrder(BufferKind.values());
    assertThat(found)
        .contains(
            BufferKind.VALIDITY,
            BufferKind.DICTIONARY_OFFSETS,
            BufferKind.RUNS,
            BufferKind.RUN_COUNTS,
            BufferKind.ARRAY_OFFSETS,
            BufferKind.ZONES,
            BufferKind.INVERTED_OFFSETS,
            BufferKind.INVERTED_BITMAPS,
            BufferKind.INVERTED_RUNS);
  }

  private void change(Path directory, Set<BufferKind> tried, Set<BufferKind> found)
      throws IOException {
    Map<String, byte[]> good = Fixtures.files(directory);
    for (BufferEntry buffer : SegmentFiles.read(directory).map().buffers()) {
      for (int round = 0; round < 6 && buffer.length() > 0; round++) {
        long bit = random.nextLong(buffer.length() * 8);
        Tampering.flip(directory, buffer, bit);
        tried.add(buffer.kind());
        try {
          SegmentVerifier.verify(directory);
        } catch (CuveeException e) {
          assertThat(e.code())
              .as("%s bit %d seed %d", buffer, bit, seed)
              .isEqualTo(ErrorCode.CORRUPT_SEGMENT);
          found.add(buffer.kind());
        } catch (RuntimeException e) {
          throw new AssertionError("%s bit %d seed %d".formatted(buffer, bit, seed), e);
        }
        for (Map.Entry<String, byte[]> file : good.entrySet()) {
          Files.write(directory.resolve(file.getKey()), file.getValue());
        }
      }
    }
  }

  @Test
  void messagesNameTheBuffer() throws IOException {
    Path directory = temp.resolve("s");
    SampleSegment.build(directory);
    BufferEntry runs =
        SegmentFiles.read(directory).map().buffers().stream()
            .filter(entry -> entry.kind() == BufferKind.RUNS)
            .findFirst()
            .orElseThrow();
    Tampering.flip(directory, runs, 32 + 30);
    assertThatThrownBy(() -> SegmentVerifier.verify(directory))
        .hasMessageContainingAll("columns.bin", "RUNS", "'sorted'");
  }

  @Test
  void runsOfWrongLengthsAreFound() throws IOException {
    Path directory = temp.resolve("s");
    SampleSegment.buildRuns(directory);
    BufferEntry ends =
        SegmentFiles.read(directory).map().buffers().stream()
            .filter(entry -> entry.kind() == BufferKind.RUN_ENDS)
            .findFirst()
            .orElseThrow();
    // The highest bit of the first run's end.
    Tampering.flip(directory, ends, 10);
    assertThatThrownBy(() -> SegmentVerifier.verify(directory))
        .hasMessageContainingAll("columns.bin", "RUN_ENDS", "'few'");
  }
}
