package io.cuvee.execution.expression;

import com.google.re2j.Pattern;
import com.google.re2j.PatternSyntaxException;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.page.ArrayValues;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Validity;
import io.cuvee.execution.page.Values;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// LIKE and regular expressions. Patterns that are the same for all rows are compiled once. Regular
/// expressions are RE2's, whose time is linear in the text: no pattern can hang a query.
final class PatternKernels {
  private static final ColumnType TEXTS = ColumnType.arrayOf(ColumnType.STRING.dataType());

  private PatternKernels() {}

  static void register(Map<String, Factory> all) {
    all.put("LIKE", (arguments, _) -> like(arguments, false));
    all.put("ILIKE", (arguments, _) -> like(arguments, true));
    all.put("SIMILAR_TO", (arguments, _) -> similarTo(arguments));
    all.put("REGEXP_LIKE", (arguments, _) -> regexpLike(arguments));
    all.put("TEXT_MATCH", (arguments, _) -> new TextMatchKernel(arguments));
  }

  /// Whether one text matches.
  private interface Matcher {
    boolean matches(BytesValues texts, int row);
  }

  private static Kernel like(List<Operand> arguments, boolean anyCase) {
    return matching(
        arguments,
        patterns -> {
          String pattern = anyCase ? patterns[0].toLowerCase(Locale.ROOT) : patterns[0];
          LikePattern like = LikePattern.compile(pattern, patterns.length > 1 ? patterns[1] : "");
          if (!anyCase) {
            return (texts, row) ->
                like.matches(texts.bytes(), texts.offsets()[row], texts.offsets()[row + 1]);
          }
          return (texts, row) -> {
            byte[] lower = TextKernels.lower(texts, row);
            return like.matches(lower, 0, lower.length);
          };
        });
  }

  private static Kernel similarTo(List<Operand> arguments) {
    return matching(
        arguments,
        patterns -> {
          String escape = patterns.length > 1 ? patterns[1] : "";
          Pattern pattern = compile(SimilarPattern.regex(patterns[0], escape), "s");
          return (texts, row) -> pattern.matcher(texts.bytes(row)).matches();
        });
  }

  private static Kernel regexpLike(List<Operand> arguments) {
    return matching(
        arguments,
        patterns -> {
          Pattern pattern = compile(patterns[0], patterns.length > 1 ? patterns[1] : "");
          return (texts, row) -> pattern.matcher(texts.bytes(row)).find();
        });
  }

  static Pattern compile(String pattern, String flags) {
    int bits = 0;
    for (int i = 0; i < flags.length(); i++) {
      bits |=
          switch (flags.charAt(i)) {
            case 'c' -> 0;
            case 'i' -> Pattern.CASE_INSENSITIVE;
            case 'm' -> Pattern.MULTILINE;
            case 'n', 's' -> Pattern.DOTALL;
            default ->
                throw new CuveeException(
                    ErrorCode.DATA_EXCEPTION,
                    "Unknown flags '"
                        + flags
                        + "' of a regular expression. Use some of c, i, m, n, s.");
          };
    }
    try {
      return Pattern.compile(pattern, bits);
    } catch (PatternSyntaxException wrong) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "'"
              + pattern
              + "' is not a regular expression as RE2 knows them: "
              + wrong.getDescription()
              + ". Look-around and back references do not exist there.",
          wrong);
    }
  }

  /// The first argument, a text or an array of texts, is matched with a pattern that the other
  /// arguments give.
  private static Kernel matching(List<Operand> operands, Function<String[], Matcher> compiler) {
    boolean array = operands.getFirst().type().isArray();
    Kernel argument = Coercion.to(operands.getFirst(), array ? TEXTS : ColumnType.STRING);
    List<Operand> rest = operands.subList(1, operands.size());
    Kernel[] patternKernels = new Kernel[rest.size()];
    boolean constant = true;
    for (int i = 0; i < patternKernels.length; i++) {
      patternKernels[i] = Coercion.to(rest.get(i), ColumnType.STRING);
      constant &= rest.get(i).isConstant();
    }
    Matcher compiled = constant ? compileConstant(rest, compiler) : null;
    return rows -> {
      Values values = argument.evaluate(rows);
      Values[] patterns = new Values[patternKernels.length];
      Validity validity = values.validity();
      for (int i = 0; i < patterns.length; i++) {
        patterns[i] = patternKernels[i].evaluate(rows);
        validity = Validity.and(validity, patterns[i].validity(), rows.count());
      }
      return match(values, patterns, validity, compiled, compiler, rows.count());
    };
  }

  private static @Nullable Matcher compileConstant(
      List<Operand> operands, Function<String[], Matcher> compiler) {
    String[] texts = new String[operands.size()];
    for (int i = 0; i < texts.length; i++) {
      if (!(operands.get(i).constant() instanceof byte[] bytes)) {
        return null;
      }
      texts[i] = new String(bytes, StandardCharsets.UTF_8);
    }
    try {
      return compiler.apply(texts);
    } catch (CuveeException wrong) {
      // Fails for the rows that need it.
      return null;
    }
  }

  private static LongValues match(
      Values values,
      Values[] patterns,
      @Nullable Validity validity,
      @Nullable Matcher compiled,
      Function<String[], Matcher> compiler,
      int count) {
    long[] out = new long[count];
    String[] known = new String[0];
    Matcher matcher = compiled;
    for (int i = 0; i < count; i++) {
      if (validity != null && !validity.isSet(i)) {
        continue;
      }
      if (compiled == null) {
        String[] texts = new String[patterns.length];
        for (int p = 0; p < texts.length; p++) {
          texts[p] = ((BytesValues) patterns[p]).text(i);
        }
        if (matcher == null || !java.util.Arrays.equals(texts, known)) {
          matcher = compiler.apply(texts);
          known = texts;
        }
      }
      out[i] = matches(java.util.Objects.requireNonNull(matcher), values, i) ? 1 : 0;
    }
    return new LongValues(out, count, validity);
  }

  private static boolean matches(Matcher matcher, Values values, int row) {
    if (values instanceof ArrayValues arrays) {
      for (int j = arrays.offsets()[row]; j < arrays.offsets()[row + 1]; j++) {
        if (matcher.matches((BytesValues) arrays.elements(), j)) {
          return true;
        }
      }
      return false;
    }
    return matcher.matches((BytesValues) values, row);
  }
}
