package io.cuvee.common.wire;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import org.junit.jupiter.api.Test;

class TestByteReader {
  @Test
  void numbersOfEverySizeComeBack() {
    long[] numbers = {
      0, 1, 127, 128, 16_383, 16_384, Integer.MAX_VALUE, Long.MAX_VALUE, Long.MIN_VALUE, -1
    };
    ByteWriter out = new ByteWriter(1);
    for (long number : numbers) {
      out.writeVarLong(number)
          .writeLong(number)
          .writeInt((int) number)
          .writeDouble((double) number);
    }
    out.writeLongs(numbers, numbers.length).writeString("ž€😀").writeVarInt(-1);
    ByteReader in = new ByteReader(out.toByteArray());
    for (long number : numbers) {
      assertThat(in.readVarLong()).isEqualTo(number);
      assertThat(in.readLong()).isEqualTo(number);
      assertThat(in.readInt()).isEqualTo((int) number);
      assertThat(in.readDouble()).isEqualTo((double) number);
    }
    assertThat(in.readLongs(numbers.length)).isEqualTo(numbers);
    assertThat(in.readString()).isEqualTo("ž€😀");
    assertThat(in.readVarInt()).isEqualTo(-1);
    assertThat(in.remaining()).isZero();
  }

  @Test
  void aCountThatTheRestCannotHoldAllocatesNothing() {
    byte[] huge = new ByteWriter().writeVarInt(Integer.MAX_VALUE).toByteArray();
    assertThatThrownBy(() -> new ByteReader(huge).readBytes()).isInstanceOf(CuveeException.class);
    assertThatThrownBy(() -> new ByteReader(huge).readString()).isInstanceOf(CuveeException.class);
    assertThatThrownBy(() -> new ByteReader(huge).readLongs(1)).isInstanceOf(CuveeException.class);
  }
}
