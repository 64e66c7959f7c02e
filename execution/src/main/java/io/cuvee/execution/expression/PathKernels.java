package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.expression.RowKernels.ToObject;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The parts of paths of files. Two slashes in a row are as one; one at the start is a part.
final class PathKernels {
  private PathKernels() {}

  static void register(Map<String, Factory> all) {
    put(
        all,
        "PARSE_PATH",
        arguments ->
            parts(text(arguments[0]), slashes(arguments, 1)).stream()
                .map(part -> part.getBytes(StandardCharsets.UTF_8))
                .toList());
    put(
        all,
        "PARSE_DIRNAME",
        arguments -> {
          List<String> parts = parts(text(arguments[0]), slashes(arguments, 1));
          return parts.size() < 2 ? "" : parts.getFirst();
        });
    put(
        all,
        "PARSE_DIRPATH",
        arguments -> {
          String path = text(arguments[0]);
          return path.substring(0, Math.max(0, lastSlash(path, slashes(arguments, 1))));
        });
    all.put("PARSE_FILENAME", PathKernels::fileName);
  }

  private static void put(Map<String, Factory> all, String name, ToObject function) {
    all.put(
        name, (operands, type) -> RowKernels.toObject(operands, type, function, ColumnType.STRING));
  }

  private static Kernel fileName(List<Operand> operands, ColumnType type) {
    boolean trims = operands.size() > 1 && operands.get(1).type().equals(ColumnType.BOOLEAN);
    if (operands.size() == 3 && !trims) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH,
          "PARSE_FILENAME takes TRUE or FALSE as its second argument if there is a third.");
    }
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          String path = text(arguments[0]);
          String name = path.substring(lastSlash(path, slashes(arguments, trims ? 2 : 1)) + 1);
          boolean cut = trims && (Long) Objects.requireNonNull(arguments[1]) != 0;
          int dot = name.lastIndexOf('.');
          return cut && dot >= 0 ? name.substring(0, dot) : name;
        },
        ColumnType.STRING,
        trims ? ColumnType.BOOLEAN : ColumnType.STRING,
        ColumnType.STRING);
  }

  private static String text(@Nullable Object value) {
    return (String) Objects.requireNonNull(value);
  }

  private static String slashes(@Nullable Object[] arguments, int index) {
    String name = index < arguments.length ? text(arguments[index]) : "both_slash";
    return switch (name.toLowerCase(Locale.ROOT)) {
      case "both_slash" -> "/\\";
      case "forward_slash", "system" -> "/";
      case "backslash" -> "\\";
      default ->
          throw new CuveeException(
              ErrorCode.DATA_EXCEPTION,
              "'"
                  + name
                  + "' does not say what parts a path. Use 'both_slash', 'system', 'forward_slash' or"
                  + " 'backslash'.");
    };
  }

  private static int lastSlash(String path, String slashes) {
    int at = path.length() - 1;
    while (at >= 0 && slashes.indexOf(path.charAt(at)) < 0) {
      at--;
    }
    return at;
  }

  private static List<String> parts(String path, String slashes) {
    List<String> parts = new ArrayList<>();
    int from = 0;
    for (int i = 0; i <= path.length(); i++) {
      if (i < path.length() && slashes.indexOf(path.charAt(i)) < 0) {
        continue;
      }
      if (i > from) {
        parts.add(path.substring(from, i));
      } else if (i == 0 && !path.isEmpty()) {
        parts.add(path.substring(0, 1));
      }
      from = i + 1;
    }
    return parts;
  }
}
