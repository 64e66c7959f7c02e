package io.cuvee.execution.text;

import java.util.List;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.CharArraySet;
import org.apache.lucene.analysis.standard.StandardAnalyzer;
import org.apache.lucene.document.FieldType;
import org.apache.lucene.index.IndexOptions;

/// How texts become terms, the same everywhere, so that an answer does not depend on where it is
/// found: words by the rules of Unicode, in lower case, without the stop words that Pinot leaves
/// out. A word of more than 255 characters is cut into several.
final class TextAnalysis {
  private static final List<String> STOP_WORDS =
      List.of(
          "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is",
          "it", "no", "not", "of", "on", "or", "such", "that", "the", "their", "then", "there",
          "these", "they", "this", "to", "was", "will", "with");

  /// Kept, or the level would be lost.
  private static final Logger LUCENE = Logger.getLogger("org.apache.lucene");

  /// Thread-safe.
  static final Analyzer ANALYZER;

  /// Terms with their positions, and nothing that only ranking needs.
  static final FieldType TERMS = new FieldType();

  static {
    // It tells at its first use which instructions it has found.
    LUCENE.setLevel(Level.SEVERE);
    ANALYZER = new StandardAnalyzer(new CharArraySet(STOP_WORDS, false));
    TERMS.setIndexOptions(IndexOptions.DOCS_AND_FREQS_AND_POSITIONS);
    TERMS.setTokenized(true);
    TERMS.setOmitNorms(true);
    TERMS.freeze();
  }

  private TextAnalysis() {}
}
