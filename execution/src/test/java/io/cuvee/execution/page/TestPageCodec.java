package io.cuvee.execution.page;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestPageCodec {
  private static final List<ColumnType> TYPES = types();

  private static List<ColumnType> types() {
    List<ColumnType> types = new ArrayList<>();
    for (DataType type : DataType.values()) {
      types.add(ColumnType.of(type));
      types.add(ColumnType.arrayOf(type));
    }
    return types;
  }

  private static Object scalar(DataType type, Random random) {
    return switch (type.representation()) {
      case LONG -> random.nextLong();
      case DOUBLE -> random.nextGaussian();
      case DECIMAL -> new BigDecimal(new BigInteger(90, random), random.nextInt(20) - 5);
      case BYTES -> {
        byte[] bytes = new byte[random.nextInt(20)];
        random.nextBytes(bytes);
        yield bytes;
      }
    };
  }

  private static @Nullable Object value(ColumnType type, Random random) {
    if (random.nextInt(5) == 0) {
      return null;
    }
    if (!type.isArray()) {
      return scalar(type.dataType(), random);
    }
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(scalar(type.dataType(), random));
    }
    return list;
  }

  private static Page page(int rows, Random random) {
    List<Values> columns = new ArrayList<>();
    for (ColumnType type : TYPES) {
      ValuesBuilder builder = ValuesBuilder.of(type, rows);
      for (int i = 0; i < rows; i++) {
        builder.appendObject(value(type, random));
      }
      columns.add(builder.build());
    }
    return new Page(rows, columns);
  }

  private static void assertSame(Page actual, Page expected) {
    assertThat(actual.rowCount()).isEqualTo(expected.rowCount());
    for (int column = 0; column < expected.columns().size(); column++) {
      for (int row = 0; row < expected.rowCount(); row++) {
        assertThat(actual.column(column).get(row))
            .usingRecursiveComparison()
            .isEqualTo(expected.column(column).get(row));
      }
    }
  }

  @Test
  void pagesOfEveryTypeAndSizeComeBack() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    System.out.println("TestPageCodec seed " + seed);
    Random random = new Random(seed);
    for (int rows : new int[] {0, 1, 63, 64, 65, 300}) {
      Page page = page(rows, random);
      ByteWriter out = new ByteWriter();
      PageCodec.write(out, page);
      assertSame(PageCodec.read(new ByteReader(out.toByteArray()), TYPES), page);
    }
  }

  @Test
  void slicesAndSelectionsAreWhatTheirRowsWere() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    System.out.println("TestPageCodec seed " + seed);
    Random random = new Random(seed);
    Page page = page(200, random);
    Page slice = page.slice(70, 65);
    int[] rows = {5, 5, 199, 0, -1};
    Page selected = page.select(rows, rows.length);
    for (int column = 0; column < TYPES.size(); column++) {
      for (int row = 0; row < 65; row++) {
        assertThat(slice.column(column).get(row))
            .usingRecursiveComparison()
            .isEqualTo(page.column(column).get(70 + row));
      }
      for (int i = 0; i < rows.length; i++) {
        Object expected = rows[i] < 0 ? null : page.column(column).get(rows[i]);
        assertThat(selected.column(column).get(i)).usingRecursiveComparison().isEqualTo(expected);
      }
    }
  }

  @Test
  void truncatedPagesAreRefused() {
    Page page = page(20, new Random(7));
    ByteWriter out = new ByteWriter();
    PageCodec.write(out, page);
    byte[] whole = out.toByteArray();
    for (int length = 0; length < whole.length; length += 7) {
      byte[] part = Arrays.copyOf(whole, length);
      assertThatThrownBy(() -> PageCodec.read(new ByteReader(part), TYPES))
          .isInstanceOf(CuveeException.class);
    }
  }
}
