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
/// @param hasBackticks whether names are quoted with back-ticks
/// @param hasDefaultSchema whether the schema `default` is named without quotes, which the parser
///   takes for a keyword
/// @param clientParameters how many `?` there are
public record ScannedStatement(
    String text,
    String key,
    List<Literal> literals,
    Prefix prefix,
    int bodyStart,
    int bodyEnd,
    boolean hasBackticks,
    boolean hasDefaultSchema,
    int clientParameters) {
  /// How the parser sees the schema `default`, in as many letters.
  public static final String DEFAULT_SCHEMA_NAME = "defaul_";

  /// What stands before a query.
  public enum Prefix {
    NONE,
    EXPLAIN_PLAN,
    EXPLAIN_ANALYZE
  }

  /// The query for the parser: each character at the place it has in the text, the rest blank.
  public String body() {
    if (bodyStart == 0 && bodyEnd == text.length() && !hasBackticks && !hasDefaultSchema) {
      return text;
    }
    StringBuilder body = new StringBuilder(text);
    for (int i = 0; i < text.length(); i++) {
      if ((i < bodyStart || i >= bodyEnd) && !Character.isWhitespace(text.charAt(i))) {
        body.setCharAt(i, ' ');
      }
    }
    if (hasBackticks || hasDefaultSchema) {
      Names.adapt(text, body);
    }
    return body.toString();
  }
}
