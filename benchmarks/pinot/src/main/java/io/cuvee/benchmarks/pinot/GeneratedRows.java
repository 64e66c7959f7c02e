package io.cuvee.benchmarks.pinot;

import io.cuvee.benchmarks.ssb.SsbGenerator;
import io.cuvee.benchmarks.ssb.SsbTable;
import java.io.File;
import java.util.Set;
import org.apache.pinot.spi.data.readers.GenericRow;
import org.apache.pinot.spi.data.readers.RecordReader;
import org.apache.pinot.spi.data.readers.RecordReaderConfig;
import org.jspecify.annotations.Nullable;

/// Some of the generator's rows, as Pinot reads rows; it does so twice.
final class GeneratedRows implements RecordReader {
  private static final int CHUNK = 4_096;
  private static final int PRICE = SsbTable.indexOf("lo_extendedprice");
  private static final int DISCOUNT = SsbTable.indexOf("lo_discount");

  private final transient SsbGenerator rows;
  private final int from;
  private final int to;
  private final boolean hasProduct;
  private final long[][] values = new long[SsbTable.COLUMNS.size()][CHUNK];
  private int next;
  private int inChunk = CHUNK;

  GeneratedRows(SsbGenerator rows, int from, int to, boolean hasProduct) {
    this.rows = rows;
    this.from = from;
    this.to = to;
    this.hasProduct = hasProduct;
    this.next = from;
  }

  @Override
  public void init(File file, @Nullable Set<String> fields, @Nullable RecordReaderConfig config) {}

  @Override
  public boolean hasNext() {
    return next < to;
  }

  @Override
  public GenericRow next(GenericRow reuse) {
    if (inChunk == CHUNK) {
      fill();
    }
    for (int column = 0; column < values.length; column++) {
      long value = values[column][inChunk];
      reuse.putValue(
          SsbTable.COLUMNS.get(column).name(),
          switch (SsbTable.COLUMNS.get(column).kind()) {
            case INT -> (Object) (int) value;
            case LONG -> (Object) value;
            case TEXT -> rows.table().texts(column)[(int) value];
          });
    }
    if (hasProduct) {
      reuse.putValue(PinotTable.PRODUCT, values[PRICE][inChunk] * values[DISCOUNT][inChunk]);
    }
    inChunk++;
    next++;
    return reuse;
  }

  private void fill() {
    int[] filled = new int[1];
    rows.generate(
        next,
        Math.min(to, next + CHUNK),
        batch -> {
          for (int column = 0; column < values.length; column++) {
            System.arraycopy(
                batch.values()[column], 0, values[column], filled[0], batch.rowCount());
          }
          filled[0] += batch.rowCount();
        });
    inChunk = 0;
  }

  @Override
  public void rewind() {
    next = from;
    inChunk = CHUNK;
  }

  @Override
  public void close() {}
}
