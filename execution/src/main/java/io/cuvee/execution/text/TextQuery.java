package io.cuvee.execution.text;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.BytesValues;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReaderContext;
import org.apache.lucene.index.Term;
import org.apache.lucene.queryparser.classic.ParseException;
import org.apache.lucene.queryparser.classic.QueryParser.Operator;
import org.apache.lucene.search.CollectorManager;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.QueryVisitor;
import org.apache.lucene.search.ScoreMode;
import org.apache.lucene.search.SimpleCollector;
import org.apache.lucene.store.ByteBuffersDirectory;
import org.jspecify.annotations.Nullable;

/// A query of TEXT_MATCH, in the syntax of Lucene's classic parser. Whether a text passes depends
/// on the text alone. Immutable and thread-safe.
public final class TextQuery {
  private static final int MAX_CHARS = 1 << 16;
  private static final int MAX_DEPTH = 100;

  /// So many texts at a time are searched without an index.
  private static final int PART = 2048;

  private static final Pattern COLUMN = Pattern.compile("at line 1, column (\\d+)");

  /// One text, with which a query is tried out.
  private static final DirectoryReader PROBE = probe();

  private final Query query;

  private TextQuery(Query query) {
    this.query = query;
  }

  /// @param options as `defaultOperator=AND,allowLeadingWildcard=false`; empty for none
  /// @throws CuveeException `DATA_EXCEPTION` that says what is wrong and where
  public static TextQuery parse(String text, String options) {
    checkSize(text);
    TextQueryParser parser = new TextQueryParser();
    setOptions(parser, options);
    try {
      Query parsed = parser.parse(text);
      checkParts(parsed, text);
      TextQuery query = new TextQuery(parsed);
      // What fails only when terms are looked up fails here, and not for some texts.
      query.find(PROBE);
      return query;
    } catch (ParseException wrong) {
      throw wrong(text, reason(wrong), position(wrong), wrong);
    } catch (IOException memoryOnly) {
      throw new UncheckedIOException(memoryOnly);
    } catch (IllegalArgumentException | IllegalStateException wrong) {
      throw wrong(text, String.valueOf(wrong.getMessage()), "", wrong);
    } catch (CuveeException wrong) {
      throw wrong;
    } catch (RuntimeException wrong) {
      throw wrong(text, "it is too complex, " + wrong.getMessage(), "", wrong);
    }
  }

  private static DirectoryReader probe() {
    ByteBuffersDirectory directory = new ByteBuffersDirectory();
    try (TextIndexer indexer = new TextIndexer(directory)) {
      indexer.add("x");
      indexer.finish();
      return DirectoryReader.open(directory);
    } catch (IOException memoryOnly) {
      throw new UncheckedIOException(memoryOnly);
    }
  }

  private static void checkSize(String text) {
    if (text.length() > MAX_CHARS) {
      throw wrong(
          text.substring(0, 100) + "…", "it has more than " + MAX_CHARS + " characters", "", null);
    }
    int depth = 0;
    for (int i = 0; i < text.length(); i++) {
      depth += text.charAt(i) == '(' ? 1 : text.charAt(i) == ')' ? -1 : 0;
      if (depth > MAX_DEPTH) {
        throw wrong(text, "more than " + MAX_DEPTH + " parentheses are open", at(i), null);
      }
    }
  }

  private static void setOptions(TextQueryParser parser, String options) {
    for (String option : options.split(",", -1)) {
      String[] parts = option.strip().split("=", 2);
      String value = parts.length < 2 ? "" : parts[1].strip().toUpperCase(Locale.ROOT);
      switch (parts[0].strip().toLowerCase(Locale.ROOT) + "=" + value) {
        case "=", "parser=CLASSIC", "defaultoperator=OR", "allowleadingwildcard=TRUE" -> {}
        case "defaultoperator=AND" -> parser.setDefaultOperator(Operator.AND);
        case "allowleadingwildcard=FALSE" -> parser.setAllowLeadingWildcard(false);
        default ->
            throw new CuveeException(
                ErrorCode.FEATURE_NOT_SUPPORTED,
                "TEXT_MATCH: there is no option '"
                    + option.strip()
                    + "'. Use parser=CLASSIC, defaultOperator=AND or OR, allowLeadingWildcard=true"
                    + " or false, with commas between them.");
      }
    }
  }

  private static void checkParts(Query query, String text) {
    int[] terms = new int[1];
    query.visit(
        new QueryVisitor() {
          @Override
          public boolean acceptField(String field) {
            if (!field.equals(TextIndexer.FIELD)) {
              throw wrong(
                  text,
                  "'"
                      + field
                      + ":' names a field, and there is none but the column itself; put \\"
                      + " before a colon that is meant as such",
                  "",
                  null);
            }
            return true;
          }

          @Override
          public void consumeTerms(Query part, Term... found) {
            count(found.length);
          }

          @Override
          public void visitLeaf(Query part) {
            count(1);
          }

          private void count(int more) {
            terms[0] += more;
            if (terms[0] > IndexSearcher.getMaxClauseCount()) {
              throw wrong(
                  text,
                  "it has more than " + IndexSearcher.getMaxClauseCount() + " terms",
                  "",
                  null);
            }
          }
        });
  }

  private static String reason(ParseException wrong) {
    String message = String.valueOf(wrong.getMessage());
    int start = message.indexOf("Encountered");
    if (start >= 0) {
      int end = message.indexOf(" at line", start);
      String found = end < 0 ? message.substring(start) : message.substring(start, end);
      return found.contains("<EOF>")
          ? "it ends too early"
          : "nobody expects "
              + found.substring("Encountered".length()).replace("\"", "").strip()
              + " there";
    }
    int quoted = message.indexOf("': ");
    return quoted < 0 ? message : message.substring(quoted + 3);
  }

  private static String position(ParseException wrong) {
    String message = String.valueOf(wrong.getMessage());
    Matcher column = COLUMN.matcher(message);
    if (!column.find()) {
      return "";
    }
    // The lexer counts from 1, the parser from 0.
    int index = Integer.parseInt(column.group(1)) - (message.contains("Lexical error") ? 1 : 0);
    return at(index);
  }

  private static String at(int index) {
    return " at character " + (index + 1);
  }

  private static CuveeException wrong(
      String text, String reason, String where, @Nullable Throwable cause) {
    String message =
        "TEXT_MATCH: the query cannot be read" + where + ": " + reason + ". The query is: " + text;
    return cause == null
        ? new CuveeException(ErrorCode.DATA_EXCEPTION, message)
        : new CuveeException(ErrorCode.DATA_EXCEPTION, message, cause);
  }

  /// Which texts of an index pass: a bit each.
  public long[] find(IndexReader texts) throws IOException {
    long[] found = new long[texts.maxDoc() + 63 >>> 6];
    IndexSearcher searcher = new IndexSearcher(texts);
    searcher.setQueryCache(null);
    searcher.search(query, new IntoBits(found));
    return found;
  }

  /// Which of the texts `[from, to)` pass: bit `i` for `from + i`. They are indexed in memory for
  /// it, a part at a time, so that the answer is an index's.
  public long[] find(BytesValues texts, int from, int to) {
    long[] found = new long[to - from + 63 >>> 6];
    for (int start = from; start < to; start += PART) {
      int end = Math.min(to, start + PART);
      long[] part = findInPart(texts, start, end);
      System.arraycopy(part, 0, found, start - from >>> 6, part.length);
    }
    return found;
  }

  private long[] findInPart(BytesValues texts, int from, int to) {
    try (ByteBuffersDirectory directory = new ByteBuffersDirectory();
        TextIndexer indexer = new TextIndexer(directory)) {
      for (int i = from; i < to; i++) {
        if (texts.isNull(i)) {
          indexer.addNothing();
        } else {
          indexer.add(texts.text(i));
        }
      }
      try (DirectoryReader reader = indexer.reader()) {
        return find(reader);
      }
    } catch (IOException memoryOnly) {
      throw new UncheckedIOException(memoryOnly);
    }
  }

  /// Sets the bits of texts that pass, in the caller's thread.
  private record IntoBits(long[] found) implements CollectorManager<SimpleCollector, long[]> {
    @Override
    public SimpleCollector newCollector() {
      return new SimpleCollector() {
        private int base;

        @Override
        protected void doSetNextReader(LeafReaderContext context) {
          base = context.docBase;
        }

        @Override
        public void collect(int text) {
          int number = base + text;
          found[number >>> 6] |= 1L << number;
        }

        @Override
        public ScoreMode scoreMode() {
          return ScoreMode.COMPLETE_NO_SCORES;
        }
      };
    }

    @Override
    public long[] reduce(Collection<SimpleCollector> collectors) {
      return found;
    }
  }
}
