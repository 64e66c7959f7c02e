package io.cuvee.ingest.stream.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.rows.RowFrames.Chunk;
import io.cuvee.ingest.stream.rows.RowFrames.Entry;
import java.nio.ByteBuffer;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class TestRowFrames {
  private static RowBatch batch() {
    ByteBuffer rows = ByteBuffer.wrap(new byte[] {0, 0, 0, 2, '{', '}', 0, 0, 0, 0});
    return new RowBatch(new RowKey(1, 2, 3, true), 2, rows);
  }

  /// What is in logs must be read by later releases.
  @Test
  void entryHasTheBytesOfVersion1() {
    ByteBuffer entry = RowFrames.encodeEntry(new Entry(5, List.of(batch())));
    byte[] bytes = new byte[entry.remaining()];
    entry.duplicate().get(bytes);
    assertThat(HexFormat.of().formatHex(bytes))
        .isEqualTo(
            "01"
                + "0000000000000005"
                + "00000001"
                + "000000000000000100000000000000020000000000000003"
                + "01"
                + "000000020000000a"
                + "000000027b7d00000000");
    assertThat(RowFrames.decodeEntry(entry)).isEqualTo(new Entry(5, List.of(batch())));
  }

  @Test
  void whatIsEncodedIsDecoded() {
    assertThat(RowFrames.decodeBatch(RowFrames.encodeBatch(batch()))).isEqualTo(batch());
    List<AppendResult> results =
        List.of(
            new AppendResult.Appended(7, 3, true),
            new AppendResult.OtherRows(),
            new AppendResult.KeysFull(),
            new AppendResult.Busy(),
            new AppendResult.Elsewhere(Optional.of("server~ü")),
            new AppendResult.Elsewhere(Optional.empty()),
            new AppendResult.Unknown("why"));
    assertThat(RowFrames.decodeResults(ByteBuffer.wrap(RowFrames.encodeResults(results))))
        .isEqualTo(results);
    Chunk chunk = new Chunk(9, List.of(new RowRun(7, 5, 2, batch().rows())));
    assertThat(RowFrames.decodeChunk(RowFrames.encodeChunk(chunk).array())).isEqualTo(chunk);
  }

  @Test
  void damagedFramesAreRefused() {
    byte[] good = RowFrames.encodeBatch(batch());
    for (int length = 0; length < good.length; length++) {
      byte[] cut = java.util.Arrays.copyOf(good, length);
      assertThatThrownBy(() -> RowFrames.decodeBatch(cut)).isInstanceOf(CuveeException.class);
    }
    assertThatThrownBy(() -> RowFrames.decodeBatch(java.util.Arrays.copyOf(good, good.length + 1)))
        .isInstanceOf(CuveeException.class);
    byte[] newer = good.clone();
    newer[0] = 2;
    assertThatThrownBy(() -> RowFrames.decodeBatch(newer))
        .isInstanceOfSatisfying(
            CuveeException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.UNSUPPORTED_VERSION));
  }
}
