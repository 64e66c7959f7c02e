package io.cuvee.broker.result;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.common.catalog.Json;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class TestJsonOut {
  private static String text(JsonOut out) {
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }

  @Test
  void numbersAreWrittenInFull() {
    for (long value :
        List.of(
            0L,
            1L,
            -1L,
            9L,
            10L,
            99L,
            100L,
            1L << 53,
            (1L << 53) + 1,
            Long.MAX_VALUE,
            Long.MIN_VALUE,
            -10L)) {
      assertThat(text(new JsonOut(1).number(value))).isEqualTo(Long.toString(value));
    }
    for (long power = 1; power > 0 && power < Long.MAX_VALUE / 10; power *= 10) {
      assertThat(text(new JsonOut(1).number(power))).isEqualTo(Long.toString(power));
      assertThat(text(new JsonOut(1).number(power - 1))).isEqualTo(Long.toString(power - 1));
      assertThat(text(new JsonOut(1).number(-power))).isEqualTo(Long.toString(-power));
    }
  }

  @Test
  void realNumbersThatJsonHasNotAreStrings() {
    assertThat(text(new JsonOut(1).number(Double.NaN))).isEqualTo("\"NaN\"");
    assertThat(text(new JsonOut(1).number(Double.NEGATIVE_INFINITY))).isEqualTo("\"-Infinity\"");
    assertThat(text(new JsonOut(1).number(Float.POSITIVE_INFINITY))).isEqualTo("\"Infinity\"");
    assertThat(text(new JsonOut(1).number(0.1f))).isEqualTo("0.1");
    assertThat(text(new JsonOut(1).number(-0.0))).isEqualTo("-0.0");
    assertThat(text(new JsonOut(1).number(1e300))).isEqualTo("1.0E300");
  }

  @Test
  void stringsAreEscaped() {
    assertThat(text(new JsonOut(1).string("a\"b\\c\n\r\t\b\f\u0001\u001f/")))
        .isEqualTo("\"a\\\"b\\\\c\\n\\r\\t\\b\\f\\u0001\\u001f/\"");
  }

  @Test
  void anyTextComesBack() throws Exception {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    for (int i = 0; i < 2000; i++) {
      StringBuilder text = new StringBuilder();
      int length = random.nextInt(40);
      for (int j = 0; j < length; j++) {
        int code =
            switch (random.nextInt(5)) {
              case 0 -> random.nextInt(32);
              case 1 -> random.nextInt(0x80, 0x800);
              case 2 -> random.nextInt(0x10000, 0x110000);
              case 3 -> "\"\\/ü漢".codePointAt(random.nextInt(5));
              default -> random.nextInt(32, 127);
            };
        text.appendCodePoint(code);
      }
      byte[] json = new JsonOut(1).string(text.toString()).toByteArray();
      assertThat(Json.MAPPER.readValue(json, String.class))
          .as("seed %d", seed)
          .isEqualTo(text.toString());
    }
  }

  @Test
  void bytesThatAreNoUtf8AreReplaced() throws Exception {
    List<byte[]> damaged =
        List.of(
            new byte[] {'a', (byte) 0xff, 'b'},
            new byte[] {(byte) 0xc3},
            new byte[] {(byte) 0xe2, (byte) 0x82},
            new byte[] {(byte) 0xc0, (byte) 0x80},
            new byte[] {(byte) 0xed, (byte) 0xa0, (byte) 0x80},
            new byte[] {(byte) 0xf4, (byte) 0x90, (byte) 0x80, (byte) 0x80},
            new byte[] {'"', (byte) 0x80, '\\', '\n'});
    for (byte[] bytes : damaged) {
      byte[] json = new JsonOut(1).raw('[').string(bytes, 0, bytes.length).raw(']').toByteArray();
      assertThat(Json.MAPPER.readTree(json).get(0).asText())
          .isEqualTo(new String(bytes, StandardCharsets.UTF_8));
    }
  }

  @Test
  void base64IsThatOfTheJdk() {
    for (int length = 0; length < 20; length++) {
      byte[] bytes = new byte[length + 2];
      new Random(length).nextBytes(bytes);
      byte[] inner = java.util.Arrays.copyOfRange(bytes, 1, 1 + length);
      assertThat(text(new JsonOut(1).base64(bytes, 1, length)))
          .isEqualTo("\"" + Base64.getEncoder().encodeToString(inner) + "\"");
    }
  }
}
