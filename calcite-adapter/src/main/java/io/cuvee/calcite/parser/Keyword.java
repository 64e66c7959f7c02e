package io.cuvee.calcite.parser;

import org.jspecify.annotations.Nullable;

/// The words that the scan of a statement takes notice of.
enum Keyword {
  AND,
  ANALYZE,
  AS,
  BETWEEN,
  CASE,
  CAST,
  CROSS,
  DATE,
  DEFAULT,
  END,
  EXCEPT,
  EXPLAIN,
  FETCH,
  FOR,
  FROM,
  FULL,
  GROUP,
  HAVING,
  ILIKE,
  IMPLEMENTATION,
  IN,
  INNER,
  INTERSECT,
  JOIN,
  LEFT,
  LIKE,
  LIMIT,
  MINUS,
  NATURAL,
  NOT,
  OFFSET,
  ON,
  OR,
  ORDER,
  PLAN,
  QUALIFY,
  RIGHT,
  RLIKE,
  SAFE_CAST,
  SELECT,
  SIMILAR,
  TIME,
  TIMESTAMP,
  TRY_CAST,
  UNION,
  USING,
  UUID,
  VALUES,
  WHERE,
  WINDOW,
  WITH;

  private static final int SLOTS = 1024;
  private static final @Nullable Keyword[] TABLE = table();

  private static @Nullable Keyword[] table() {
    @Nullable Keyword[] table = new @Nullable Keyword[SLOTS];
    for (Keyword keyword : values()) {
      String name = keyword.name();
      int slot = hash(name, 0, name.length());
      while (table[slot] != null) {
        slot = (slot + 1) & (SLOTS - 1);
      }
      table[slot] = keyword;
    }
    return table;
  }

  /// The keyword at `[start, end)` of the text, in any case, or null if it is another word.
  static @Nullable Keyword of(String text, int start, int end) {
    int length = end - start;
    if (length < 2 || length > 14) {
      return null;
    }
    int slot = hash(text, start, end);
    while (true) {
      Keyword keyword = TABLE[slot];
      if (keyword == null) {
        return null;
      }
      String name = keyword.name();
      if (name.length() == length && text.regionMatches(true, start, name, 0, length)) {
        return keyword;
      }
      slot = (slot + 1) & (SLOTS - 1);
    }
  }

  private static int hash(String text, int start, int end) {
    int hash = end - start;
    for (int i = start; i < end; i++) {
      hash = hash * 31 + (text.charAt(i) & 0xDF);
    }
    return (hash ^ (hash >>> 11)) & (SLOTS - 1);
  }

  /// Whether an operand may end before this word.
  boolean endsOperand() {
    return switch (this) {
      case AND,
          OR,
          GROUP,
          ORDER,
          HAVING,
          LIMIT,
          OFFSET,
          FETCH,
          UNION,
          INTERSECT,
          EXCEPT,
          MINUS,
          QUALIFY,
          WINDOW,
          WHERE,
          JOIN,
          INNER,
          LEFT,
          RIGHT,
          FULL,
          CROSS,
          NATURAL ->
          true;
      case ANALYZE,
          AS,
          BETWEEN,
          CASE,
          CAST,
          DATE,
          DEFAULT,
          END,
          EXPLAIN,
          FOR,
          FROM,
          ILIKE,
          IMPLEMENTATION,
          IN,
          LIKE,
          NOT,
          ON,
          PLAN,
          RLIKE,
          SAFE_CAST,
          SIMILAR,
          SELECT,
          TIME,
          TIMESTAMP,
          TRY_CAST,
          USING,
          UUID,
          VALUES,
          WITH ->
          false;
    };
  }
}
