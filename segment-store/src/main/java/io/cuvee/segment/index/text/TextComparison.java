package io.cuvee.segment.index.text;

import io.cuvee.execution.text.TextIndexer;
import java.io.IOException;
import org.apache.lucene.index.IndexReader;
import org.apache.lucene.index.LeafReader;
import org.apache.lucene.index.PostingsEnum;
import org.apache.lucene.index.Terms;
import org.apache.lucene.index.TermsEnum;
import org.apache.lucene.util.BytesRef;
import org.jspecify.annotations.Nullable;

/// Compares what two indexes, of one part each, say of their texts.
final class TextComparison {
  private TextComparison() {}

  static boolean areSame(IndexReader a, IndexReader b) throws IOException {
    if (a.maxDoc() != b.maxDoc()
        || a.numDocs() != b.numDocs()
        || a.leaves().size() != b.leaves().size()) {
      return false;
    }
    for (int i = 0; i < a.leaves().size(); i++) {
      if (!areSame(terms(a.leaves().get(i).reader()), terms(b.leaves().get(i).reader()))) {
        return false;
      }
    }
    return true;
  }

  private static @Nullable TermsEnum terms(LeafReader reader) throws IOException {
    Terms terms = reader.terms(TextIndexer.FIELD);
    return terms == null ? null : terms.iterator();
  }

  private static boolean areSame(@Nullable TermsEnum a, @Nullable TermsEnum b) throws IOException {
    if (a == null || b == null) {
      return a == null && b == null;
    }
    for (BytesRef term = a.next(); term != null; term = a.next()) {
      if (!term.equals(b.next())
          || a.docFreq() != b.docFreq()
          || !areSame(
              a.postings(null, PostingsEnum.POSITIONS), b.postings(null, PostingsEnum.POSITIONS))) {
        return false;
      }
    }
    return b.next() == null;
  }

  private static boolean areSame(PostingsEnum a, PostingsEnum b) throws IOException {
    for (int doc = a.nextDoc(); doc != PostingsEnum.NO_MORE_DOCS; doc = a.nextDoc()) {
      if (doc != b.nextDoc() || a.freq() != b.freq()) {
        return false;
      }
      for (int i = a.freq(); i > 0; i--) {
        if (a.nextPosition() != b.nextPosition()) {
          return false;
        }
      }
    }
    return b.nextDoc() == PostingsEnum.NO_MORE_DOCS;
  }
}
