package io.cuvee.calcite.parser;

import java.util.List;

/// What one pass over a statement's text finds.
///
/// @param text as the client sent it
/// @param key the text without comments and superfluous white space, and with marks for the
///   literals taken out
/// @param literals those taken out, in the order of the text
/// @param prefix what stands before the query
/// @param bodyStart offset of the query after the prefix
/// @param bodyEnd offset after the query, before trailing semicolons
/// @param backticks offsets of names that are quoted with back-ticks
/// @param markedNames offsets of names that the parser would take for keywords
/// @param names offsets of words behind a dot or AS, which are names whatever they are elsewhere
/// @param distinctOns where `DISTINCT ON (…)` stands, which the parser does not know
/// @param clientParameters how many `?` there are
public record ScannedStatement(
    String text,
    String key,
    List<Literal> literals,
    Prefix prefix,
    int bodyStart,
    int bodyEnd,
    List<Integer> backticks,
    List<Integer> markedNames,
    List<Integer> names,
    List<DistinctOn> distinctOns,
    int clientParameters) {
  /// `DISTINCT ON (…)`, by the offsets of its words and parentheses.
  ///
  /// @param keys how many expressions there are between the parentheses
  record DistinctOn(int distinct, int on, int open, int close, int keys) {}

  /// What stands before a query.
  public enum Prefix {
    NONE,
    EXPLAIN_PLAN,
    EXPLAIN_ANALYZE
  }
}
