package io.cuvee.execution.text;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.index.Term;
import org.apache.lucene.queryparser.classic.ParseException;
import org.apache.lucene.queryparser.classic.QueryParser;
import org.apache.lucene.search.FuzzyQuery;
import org.apache.lucene.search.MultiTermQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.RegexpQuery;
import org.apache.lucene.util.automaton.RegExp;

/// Lucene's classic parser, but what it makes finds a text or not whatever other texts are searched
/// with it, and takes bounded time and memory.
final class TextQueryParser extends QueryParser {
  private static final int MAX_REGEX_CHARS = 1000;

  /// Repetitions are written out, each as often as it says.
  private static final long MAX_REGEX_STATES = 20_000;

  private static final Pattern REPETITION = Pattern.compile("\\{(\\d*),?(\\d*)}");

  TextQueryParser() {
    super(TextIndexer.FIELD, TextAnalysis.ANALYZER);
    setLocale(Locale.ROOT);
    setAllowLeadingWildcard(true);
  }

  /// All terms that are near enough, instead of the best fifty, which would be others in each
  /// segment.
  @Override
  protected Query newFuzzyQuery(Term term, float minimumSimilarity, int prefixLength) {
    String text = term.text();
    return new FuzzyQuery(
        term,
        FuzzyQuery.floatToEdits(minimumSimilarity, text.codePointCount(0, text.length())),
        prefixLength,
        FuzzyQuery.defaultMaxExpansions,
        FuzzyQuery.defaultTranspositions,
        MultiTermQuery.CONSTANT_SCORE_REWRITE);
  }

  /// In lower case, as terms are, but for what stands behind a backslash: `\D` is not `\d`.
  @Override
  protected Query getRegexpQuery(String field, String regex) throws ParseException {
    if (regex.length() > MAX_REGEX_CHARS || states(regex) > MAX_REGEX_STATES) {
      throw new ParseException("the regular expression /" + regex + "/ is too long");
    }
    StringBuilder lower = new StringBuilder();
    for (int i = 0; i < regex.length(); i++) {
      char c = regex.charAt(i);
      lower.append(Character.toLowerCase(c));
      if (c == '\\' && i + 1 < regex.length()) {
        lower.append(regex.charAt(++i));
      }
    }
    return new RegexpQuery(
        new Term(field, lower.toString()),
        RegExp.ALL,
        0,
        RegexpQuery.DEFAULT_PROVIDER,
        getDeterminizeWorkLimit(),
        MultiTermQuery.CONSTANT_SCORE_REWRITE);
  }

  /// How many states at most, roughly, the expression has.
  private static long states(String regex) {
    long states = regex.length();
    for (Matcher times = REPETITION.matcher(regex); times.find(); ) {
      states *= Math.max(1, Math.max(count(times.group(1)), count(times.group(2))));
      if (states > MAX_REGEX_STATES) {
        return states;
      }
    }
    return states;
  }

  private static long count(String digits) {
    return digits.isEmpty() ? 1 : digits.length() > 6 ? Integer.MAX_VALUE : Long.parseLong(digits);
  }
}
