package io.cuvee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.math.BigDecimal;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class TestColumnFrame {
  private static final long BIG = 9_007_199_254_740_993L;
  private static final UUID ID = UUID.fromString("123e4567-e89b-12d3-a456-426614174000");

  private static final byte[] SIGNATURE =
      FrameBytes.signature(
          List.of(
              FrameBytes.column("b", Types.BOOLEAN, "BOOLEAN"),
              FrameBytes.column("i", Types.INTEGER, "INTEGER"),
              FrameBytes.column("l", Types.BIGINT, "BIGINT"),
              FrameBytes.column("f", Types.REAL, "REAL"),
              FrameBytes.column("d", Types.DOUBLE, "DOUBLE"),
              FrameBytes.column("small", Types.DECIMAL, "DECIMAL"),
              FrameBytes.column("large", Types.DECIMAL, "DECIMAL"),
              FrameBytes.column("s", Types.VARCHAR, "VARCHAR"),
              FrameBytes.column("repeated", Types.VARCHAR, "VARCHAR"),
              FrameBytes.column("bin", Types.VARBINARY, "VARBINARY"),
              FrameBytes.column("u", Types.OTHER, "UUID"),
              FrameBytes.column("day", Types.DATE, "DATE"),
              FrameBytes.column("moment", Types.TIMESTAMP, "TIMESTAMP"),
              FrameBytes.arrayColumn("tags", Types.VARCHAR, "VARCHAR"),
              FrameBytes.arrayColumn("bins", Types.VARBINARY, "VARBINARY")));

  /// Three rows of all types; the last one is NULL where `hasNulls` says so.
  private static byte[] columns(boolean hasNulls) {
    int[] validity = hasNulls ? new int[] {1, 0b011} : new int[] {0};
    byte[] big = new java.math.BigInteger("9".repeat(38)).toByteArray();
    return new FrameBytes()
        .raw('i')
        .raw(validity)
        .wholes(1, 0, 1, 0, 1)
        .raw('i')
        .raw(validity)
        .wholes(4, Integer.MIN_VALUE, Integer.MIN_VALUE, Integer.MAX_VALUE, 0)
        .raw('i')
        .raw(validity)
        .wholes(8, Long.MIN_VALUE, BIG, Long.MAX_VALUE, Long.MIN_VALUE)
        .raw('f')
        .raw(validity)
        .number(Float.floatToIntBits(0.1f), 4)
        .number(Float.floatToIntBits(Float.NaN), 4)
        .number(0, 4)
        .raw('d')
        .raw(validity)
        .number(Double.doubleToLongBits(0.1), 8)
        .number(Double.doubleToLongBits(Double.NEGATIVE_INFINITY), 8)
        .number(0, 8)
        .raw('s')
        .raw(validity)
        .wholes(0, 2)
        .wholes(2, -5, 1250, -5, 0)
        .raw('l')
        .raw(validity)
        .wholes(1, 0, 0, 38, 0)
        .ranges(big, big, new byte[] {0})
        .raw('b')
        .raw(validity)
        .texts("Zürich", "", "漢")
        .raw('r')
        .raw(validity)
        .number(2, 4)
        .texts("x", "yy")
        .wholes(1, 0, 1, 0, 1)
        .raw('b')
        .raw(validity)
        .ranges(new byte[] {0, 1, -1}, new byte[0], new byte[0])
        .raw('b')
        .raw(validity)
        .wholes(0, 16)
        .raw(uuid())
        .raw(uuid())
        .raw(uuid())
        .raw('i')
        .raw(validity)
        .wholes(2, -1, 15_706, -1, 0)
        .raw('i')
        .raw(validity)
        .wholes(8, -1, 1_357_017_300_123L, -1, 0)
        .raw('a')
        .raw(validity)
        .wholes(1, 0, 2, 0, 1)
        .raw('b', 0)
        .texts("a", "b", "c")
        .raw('a')
        .raw(validity)
        .wholes(1, 0, 1, 1, 0)
        .raw('b', 0)
        .ranges(new byte[] {7}, new byte[0])
        .bytes();
  }

  private static byte[] uuid() {
    return java.nio.ByteBuffer.allocate(16)
        .putLong(ID.getMostSignificantBits())
        .putLong(ID.getLeastSignificantBits())
        .array();
  }

  private static final byte[] ANSWER = FrameBytes.answer(true, SIGNATURE, 3, 15, columns(true));

  private static AvaticaAnswer read(byte[] answer) throws IOException {
    return ColumnFrame.read(answer, List.of(), new ColumnFrame.Signatures());
  }

  /// Asks for every value in every way.
  private static void readAll(AvaticaAnswer answer, int columnCount) throws SQLException {
    Frame frame = answer.frame();
    for (int column = 0; column < columnCount; column++) {
      Column type = answer.signature().columns().get(column);
      for (int row = 0; row < frame.rowCount(); row++) {
        if (!frame.column(column).isNull(row)) {
          Object value = frame.column(column).get(row);
          assertThat(value).isNotNull();
          assertThat(frame.column(column).toText(row, type)).isEqualTo(Values.toText(value, type));
        }
      }
    }
  }

  @Test
  void everyTypeIsRead() throws Exception {
    AvaticaAnswer answer = read(ANSWER);
    Frame frame = answer.frame();
    assertThat(frame.isLast()).isTrue();
    assertThat(frame.rowCount()).isEqualTo(3);
    readAll(answer, 15);
    Object[] first = new Object[15];
    Object[] second = new Object[15];
    for (int i = 0; i < 15; i++) {
      first[i] = frame.column(i).get(0);
      second[i] = frame.column(i).get(1);
      assertThat(frame.column(i).isNull(1)).isFalse();
      assertThat(frame.column(i).isNull(2)).isTrue();
    }
    assertThat(first)
        .containsExactly(
            true,
            (long) Integer.MIN_VALUE,
            BIG,
            0.1,
            0.1,
            new BigDecimal("12.50"),
            new BigDecimal("9".repeat(38)),
            "Zürich",
            "yy",
            new byte[] {0, 1, -1},
            ID,
            15_706L,
            1_357_017_300_123L,
            List.of("a", "b"),
            first[14]);
    assertThat((byte[]) ((List<?>) first[14]).get(0)).containsExactly(7);
    assertThat(second)
        .startsWith(
            false,
            (long) Integer.MAX_VALUE,
            Long.MAX_VALUE,
            Double.NaN,
            Double.NEGATIVE_INFINITY,
            new BigDecimal("-0.05"),
            new BigDecimal("0." + "9".repeat(38)),
            "",
            "x");
    assertThat((List<?>) second[13]).isEmpty();
  }

  @Test
  void aFloatReadsAsItsShortestText() throws Exception {
    Frame frame = read(ANSWER).frame();
    Column column = read(ANSWER).signature().columns().get(3);
    assertThat(frame.column(3).toFloat(0, column)).isEqualTo(0.1f);
    assertThat(frame.column(3).toDouble(0, column)).isEqualTo(0.1);
    assertThat(frame.column(3).toText(0, column)).isEqualTo("0.1");
  }

  @Test
  void theColumnsOfALaterFrameAreThoseOfTheFirst() throws Exception {
    ColumnFrame.Signatures signatures = new ColumnFrame.Signatures();
    Signature signature = ColumnFrame.read(ANSWER, List.of(), signatures).signature();
    byte[] later = FrameBytes.answer(false, new byte[0], 3, 15, columns(false));
    AvaticaAnswer answer = ColumnFrame.read(later, signature.columns(), signatures);
    assertThat(answer.signature()).isNull();
    assertThat(answer.frame().isLast()).isFalse();
    assertThat(answer.frame().column(7).get(2)).isEqualTo("漢");
    // The same description is not read again.
    assertThat(ColumnFrame.read(ANSWER, List.of(), signatures).signature()).isSameAs(signature);
  }

  @Test
  void anAnswerThatIsNotReadyHasNoColumns() throws Exception {
    AvaticaAnswer answer = read(FrameBytes.answer(false, SIGNATURE, 0, 0, new byte[0]));
    assertThat(answer.frame().rowCount()).isZero();
    assertThat(answer.frame().isLast()).isFalse();
  }

  @Test
  void anotherVersionIsRefusedInWords() {
    byte[] answer = ANSWER.clone();
    answer[3] = 2;
    assertThatThrownBy(() -> read(answer))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("version 2");
  }

  @Test
  void everyShortenedAnswerIsRefused() {
    for (int length = 4; length < ANSWER.length; length++) {
      byte[] answer = Arrays.copyOf(ANSWER, length);
      assertThatThrownBy(() -> read(answer)).as("%d bytes", length).isInstanceOf(IOException.class);
    }
    assertThatThrownBy(() -> read(Arrays.copyOf(ANSWER, ANSWER.length + 1)))
        .isInstanceOf(IOException.class);
  }

  @Test
  void everyFlippedBitIsNoticed() {
    for (int bit = 32; bit < ANSWER.length * 8; bit++) {
      byte[] answer = ANSWER.clone();
      answer[bit / 8] ^= (byte) (1 << bit % 8);
      assertThatThrownBy(() -> read(answer))
          .as("bit %d", bit)
          .isInstanceOf(IOException.class)
          .hasMessageContaining("damaged");
    }
  }

  /// Such an answer a broker with a fault could send: the checksum fits, the content does not.
  @Test
  void nonsenseWithAGoodChecksumIsRefusedOrReadable() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    byte[] columns = columns(true);
    for (int round = 0; round < 5_000; round++) {
      byte[] changed = columns.clone();
      for (int i = random.nextInt(3); i >= 0; i--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt();
      }
      byte[] answer = FrameBytes.answer(true, SIGNATURE, 3, 15, changed);
      try {
        readAll(read(answer), 15);
      } catch (IOException | SQLException e) {
        assertThat(e.getMessage()).isNotBlank();
      } catch (RuntimeException | AssertionError e) {
        throw new AssertionError("seed " + seed + ", round " + round, e);
      }
    }
  }

  @Test
  void wrongCountsAreRefused() {
    byte[] columns = columns(true);
    for (int[] counts :
        new int[][] {{4, 15}, {2, 15}, {3, 14}, {3, 16}, {-1, 15}, {3, -1}, {1 << 30, 15}}) {
      byte[] answer = FrameBytes.answer(true, SIGNATURE, counts[0], counts[1], columns);
      assertThatThrownBy(() -> read(answer))
          .as(Arrays.toString(counts))
          .isInstanceOf(IOException.class);
    }
  }

  @Test
  void aPositionOutsideTheDictionaryIsRefused() {
    byte[] signature =
        FrameBytes.signature(List.of(FrameBytes.column("s", Types.VARCHAR, "VARCHAR")));
    byte[] column = new FrameBytes().raw('r', 0).number(1, 4).texts("x").wholes(1, 0, 0, 1).bytes();
    assertThatThrownBy(() -> read(FrameBytes.answer(true, signature, 2, 1, column)))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("damaged");
  }
}
