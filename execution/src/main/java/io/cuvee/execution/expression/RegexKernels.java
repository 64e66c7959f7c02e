package io.cuvee.execution.expression;

import com.google.re2j.Matcher;
import com.google.re2j.Pattern;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// What regular expressions find in texts, and what is put in its place. Patterns that are the same
/// for all rows are compiled once.
final class RegexKernels {
  private RegexKernels() {}

  static void register(Map<String, Factory> all) {
    all.put("REGEXP_REPLACE", RegexKernels::replace);
    all.put("REGEXP_EXTRACT", RegexKernels::extract);
    all.put("REGEXP_EXTRACT_ALL", RegexKernels::extractAll);
    all.put("REGEXP_SPLIT", RegexKernels::split);
    all.put("REGEXP_FULL_MATCH", RegexKernels::fullMatch);
    all.put("REGEXP_COUNT", RegexKernels::count);
    all.put(
        "REGEXP_ESCAPE",
        (operands, type) ->
            RowKernels.toObject(
                operands, type, arguments -> escaped(text(arguments, 0)), ColumnType.STRING));
  }

  /// A backslash before each character that is neither a letter nor a digit of ASCII.
  private static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean plain = c >= 0x80 || c == '_' || c >= '0' && c <= '9' || Character.isLetter(c);
      escaped.append(c == 0 ? "\\x00" : plain ? Character.toString(c) : "\\" + c);
    }
    return escaped.toString();
  }

  /// The pattern of a row, or the one of all rows.
  private record Patterns(@Nullable Pattern constant) {
    /// @param flags behind the pattern; absent if there may be none
    static Patterns of(Operand pattern, @Nullable Operand flags) {
      boolean known =
          pattern.constant() instanceof byte[]
              && (flags == null || flags.constant() instanceof byte[]);
      try {
        return new Patterns(
            known
                ? PatternKernels.compile(
                    text(pattern), flags == null ? "" : text(flags).replace("g", ""))
                : null);
      } catch (CuveeException wrong) {
        // Fails for the rows that need it.
        return new Patterns(null);
      }
    }

    private static String text(Operand operand) {
      return operand.constant() instanceof byte[] bytes
          ? new String(bytes, StandardCharsets.UTF_8)
          : "";
    }

    Pattern of(String pattern, String flags) {
      Pattern known = constant;
      return known == null ? PatternKernels.compile(pattern, flags.replace("g", "")) : known;
    }
  }

  private static @Nullable Operand at(List<Operand> operands, int index) {
    return index < operands.size() ? operands.get(index) : null;
  }

  private static String text(@Nullable Object[] arguments, int index) {
    return index < arguments.length && arguments[index] instanceof String text ? text : "";
  }

  private static Kernel replace(List<Operand> operands, ColumnType type) {
    Patterns patterns = compiled(operands, 3);
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          String flags = text(arguments, 3);
          Matcher matcher = patterns.of(text(arguments, 1), flags).matcher(text(arguments, 0));
          String replacement = text(arguments, 2);
          try {
            String groups = groups(replacement);
            return flags.indexOf('g') >= 0
                ? matcher.replaceAll(groups)
                : matcher.replaceFirst(groups);
          } catch (IndexOutOfBoundsException | IllegalArgumentException noGroup) {
            throw new CuveeException(
                ErrorCode.DATA_EXCEPTION,
                "REGEXP_REPLACE: '"
                    + replacement
                    + "' names a group that the pattern does not have. \\1 or $1 is the first.",
                noGroup);
          }
        },
        ColumnType.STRING);
  }

  /// `\1` and `\&`, as PostgreSQL writes what a group found, in RE2's way.
  private static String groups(String replacement) {
    if (replacement.indexOf('\\') < 0) {
      return replacement;
    }
    StringBuilder groups = new StringBuilder();
    for (int i = 0; i < replacement.length(); i++) {
      char c = replacement.charAt(i);
      char next = i + 1 < replacement.length() ? replacement.charAt(i + 1) : ' ';
      if (c == '\\' && (next == '&' || Character.isDigit(next))) {
        groups.append('$').append(next == '&' ? '0' : next);
        i++;
      } else if (c == '\\' && i + 1 < replacement.length()) {
        groups.append(c).append(next);
        i++;
      } else {
        groups.append(c == '\\' ? "\\\\" : String.valueOf(c));
      }
    }
    return groups.toString();
  }

  private static Patterns compiled(List<Operand> operands, int flags) {
    return Patterns.of(operands.get(1), at(operands, flags));
  }

  private static Kernel extract(List<Operand> operands, ColumnType type) {
    Patterns patterns = compiled(operands, Integer.MAX_VALUE);
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          Matcher matcher = patterns.of(text(arguments, 1), "").matcher(text(arguments, 0));
          return matcher.find() ? group(matcher, arguments) : text(arguments, 3);
        },
        ColumnType.STRING,
        ColumnType.STRING,
        ColumnType.LONG,
        ColumnType.STRING);
  }

  private static String group(Matcher matcher, @Nullable Object[] arguments) {
    long group = arguments.length > 2 && arguments[2] instanceof Long number ? number : 0;
    if (group < 0 || group > matcher.groupCount()) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "The regular expression has "
              + matcher.groupCount()
              + " groups, so there is no group "
              + group
              + ".");
    }
    String found = matcher.group((int) group);
    return found == null ? "" : found;
  }

  private static Kernel extractAll(List<Operand> operands, ColumnType type) {
    Patterns patterns = compiled(operands, Integer.MAX_VALUE);
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          Matcher matcher = patterns.of(text(arguments, 1), "").matcher(text(arguments, 0));
          List<String> found = new ArrayList<>();
          while (matcher.find()) {
            found.add(group(matcher, arguments));
          }
          return bytes(found);
        },
        ColumnType.STRING,
        ColumnType.STRING,
        ColumnType.LONG);
  }

  /// Texts in the form that arrays have.
  static List<Object> bytes(List<String> texts) {
    List<Object> bytes = new ArrayList<>(texts.size());
    for (String text : texts) {
      bytes.add(text.getBytes(StandardCharsets.UTF_8));
    }
    return bytes;
  }

  private static Kernel split(List<Operand> operands, ColumnType type) {
    Patterns patterns = compiled(operands, Integer.MAX_VALUE);
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          String text = text(arguments, 0);
          Matcher matcher = patterns.of(text(arguments, 1), "").matcher(text);
          List<String> parts = new ArrayList<>();
          int start = 0;
          int end = 0;
          while (matcher.find()) {
            // What is empty parts characters, but nothing from the ends or from another match.
            if (matcher.start() < text.length() && matcher.end() > end) {
              parts.add(text.substring(start, matcher.start()));
              start = matcher.end();
            }
            end = matcher.end();
          }
          parts.add(text.substring(start));
          return bytes(parts);
        },
        ColumnType.STRING);
  }

  private static Kernel fullMatch(List<Operand> operands, ColumnType type) {
    Patterns patterns = compiled(operands, 2);
    return RowKernels.toObject(
        operands,
        type,
        arguments ->
            patterns
                    .of(text(arguments, 1), text(arguments, 2))
                    .matcher(text(arguments, 0))
                    .matches()
                ? 1L
                : 0L,
        ColumnType.STRING);
  }

  private static Kernel count(List<Operand> operands, ColumnType type) {
    Patterns patterns = compiled(operands, Integer.MAX_VALUE);
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          Matcher matcher = patterns.of(text(arguments, 1), "").matcher(text(arguments, 0));
          long count = 0;
          while (matcher.find()) {
            count++;
          }
          return count;
        },
        ColumnType.STRING);
  }
}
