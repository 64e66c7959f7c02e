package io.cuvee.rowlog;

import io.cuvee.ingest.stream.rows.RowBatch;
import io.cuvee.ingest.stream.rows.RowFrames;
import io.cuvee.ingest.stream.rows.RowKey;
import io.cuvee.ingest.stream.rows.RowRun;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Rows for tests.
final class Batches {
  private Batches() {}

  static RowBatch of(RowKey key, String... rows) {
    ByteBuffer bytes = ByteBuffer.allocate(1 << 16);
    for (String row : rows) {
      byte[] text = row.getBytes(StandardCharsets.UTF_8);
      bytes.putInt(text.length).put(text);
    }
    return new RowBatch(key, rows.length, bytes.flip());
  }

  static RowBatch keyed(String key, String... rows) {
    return of(RowKey.of(key, String.join("\n", rows).getBytes(StandardCharsets.UTF_8)), rows);
  }

  static RowFrames.Entry entry(long millis, RowBatch... batches) {
    return new RowFrames.Entry(millis, List.of(batches));
  }

  static List<String> texts(List<RowRun> runs) {
    List<String> texts = new ArrayList<>();
    for (RowRun run : runs) {
      ByteBuffer rows = run.rows().duplicate();
      for (int i = 0; i < run.count(); i++) {
        byte[] row = new byte[rows.getInt()];
        rows.get(row);
        texts.add(new String(row, StandardCharsets.UTF_8));
      }
    }
    return texts;
  }
}
