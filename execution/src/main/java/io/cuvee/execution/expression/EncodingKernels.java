package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.expression.RowKernels.ToObject;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.zip.CRC32;

/// Texts and bytes in other forms: hexadecimal, Base64, of URLs, hashes.
final class EncodingKernels {
  private EncodingKernels() {}

  static void register(Map<String, Factory> all) {
    all.put("HEX", EncodingKernels::hex);
    put(all, "UNHEX", ColumnType.STRING, arguments -> unhex(text(arguments[0])));
    put(
        all,
        "BYTESTOHEX",
        ColumnType.BYTES,
        arguments -> HexFormat.of().formatHex(bytes(arguments[0])));
    all.put("TO_BASE64", EncodingKernels::toBase64);
    put(all, "FROM_BASE64", ColumnType.STRING, arguments -> fromBase64(text(arguments[0])));
    put(
        all,
        "TO_UTF8",
        ColumnType.STRING,
        arguments -> text(arguments[0]).getBytes(StandardCharsets.UTF_8));
    put(
        all,
        "FROM_UTF8",
        ColumnType.BYTES,
        arguments -> new String(bytes(arguments[0]), StandardCharsets.UTF_8));
    put(all, "SHA1", ColumnType.STRING, arguments -> hash("SHA-1", text(arguments[0])));
    put(all, "SHA512", ColumnType.STRING, arguments -> hash("SHA-512", text(arguments[0])));
    put(all, "CRC32", ColumnType.STRING, arguments -> crc32(text(arguments[0])));
    put(
        all,
        "URL_ENCODE",
        ColumnType.STRING,
        arguments ->
            URLEncoder.encode(text(arguments[0]), StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("*", "%2A")
                .replace("%7E", "~"));
    put(all, "URL_DECODE", ColumnType.STRING, arguments -> urlDecode(text(arguments[0])));
  }

  private static void put(
      Map<String, Factory> all, String name, ColumnType argument, ToObject function) {
    all.put(name, (operands, type) -> RowKernels.toObject(operands, type, function, argument));
  }

  private static String text(Object value) {
    return (String) Objects.requireNonNull(value);
  }

  private static byte[] bytes(Object value) {
    return (byte[]) Objects.requireNonNull(value);
  }

  private static boolean isNumber(Operand operand) {
    return operand.type().dataType().isNumeric() && !operand.type().isArray();
  }

  private static Kernel hex(java.util.List<Operand> operands, ColumnType type) {
    if (isNumber(operands.getFirst())) {
      return RowKernels.toObject(
          operands,
          type,
          arguments ->
              Long.toHexString((Long) Objects.requireNonNull(arguments[0]))
                  .toUpperCase(Locale.ROOT),
          ColumnType.LONG);
    }
    return RowKernels.toObject(
        operands,
        type,
        arguments -> HexFormat.of().withUpperCase().formatHex(anyBytes(arguments[0])),
        operands.getFirst().type());
  }

  private static byte[] anyBytes(Object value) {
    return value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : bytes(value);
  }

  private static Kernel toBase64(java.util.List<Operand> operands, ColumnType type) {
    boolean binary = operands.getFirst().type().dataType() == DataType.BYTES;
    return RowKernels.toObject(
        operands,
        type,
        arguments -> Base64.getEncoder().encodeToString(anyBytes(arguments[0])),
        binary ? ColumnType.BYTES : ColumnType.STRING);
  }

  private static byte[] unhex(String text) {
    String even = text.length() % 2 == 0 ? text : "0" + text;
    try {
      return even.isEmpty() ? new byte[0] : HexFormat.of().parseHex(even);
    } catch (IllegalArgumentException wrong) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION, "'" + text + "' is not hexadecimal.", wrong);
    }
  }

  private static byte[] fromBase64(String text) {
    try {
      return Base64.getDecoder().decode(text);
    } catch (IllegalArgumentException wrong) {
      throw new CuveeException(ErrorCode.DATA_EXCEPTION, "'" + text + "' is not Base64.", wrong);
    }
  }

  private static String hash(String algorithm, String text) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance(algorithm).digest(text.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException missing) {
      throw new CuveeException(ErrorCode.INTERNAL, "This Java has no " + algorithm + ".", missing);
    }
  }

  private static long crc32(String text) {
    CRC32 sum = new CRC32();
    sum.update(text.getBytes(StandardCharsets.UTF_8));
    return sum.getValue();
  }

  private static String urlDecode(String text) {
    try {
      return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException wrong) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION, "'" + text + "' is not as URLs write texts.", wrong);
    }
  }
}
