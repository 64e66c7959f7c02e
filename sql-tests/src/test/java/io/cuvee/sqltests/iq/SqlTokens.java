package io.cuvee.sqltests.iq;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// The words, literals and signs of a statement, each with its place in the text. Comments and
/// blanks are left out.
public record SqlTokens(String sql, List<Token> tokens) {
  /// What a token is.
  public enum Kind {
    WORD,
    QUOTED,
    TEXT,
    INTEGER,
    REAL,
    SIGN
  }

  /// One of them.
  public record Token(Kind kind, int start, int end, String text) {
    boolean is(String... words) {
      for (String word : words) {
        if (text.equalsIgnoreCase(word)) {
          return kind == Kind.WORD || kind == Kind.SIGN;
        }
      }
      return false;
    }

    boolean isLiteral() {
      return kind == Kind.TEXT || kind == Kind.INTEGER || kind == Kind.REAL;
    }

    /// The value of a text literal.
    String unquoted() {
      return text.substring(1, text.length() - 1).replace("''", "'");
    }
  }

  public SqlTokens {
    tokens = List.copyOf(tokens);
  }

  public static SqlTokens of(String sql) {
    List<Token> tokens = new ArrayList<>();
    int at = 0;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      int end = at + 1;
      if (Character.isWhitespace(c)) {
        at = end;
        continue;
      }
      if (sql.startsWith("--", at)) {
        int line = sql.indexOf('\n', at);
        at = line < 0 ? sql.length() : line;
        continue;
      }
      if (sql.startsWith("/*", at)) {
        int close = sql.indexOf("*/", at);
        at = close < 0 ? sql.length() : close + 2;
        continue;
      }
      Kind kind;
      if (c == '\'' || c == '"') {
        kind = c == '\'' ? Kind.TEXT : Kind.QUOTED;
        end = closing(sql, at, c);
      } else if (Character.isDigit(c)) {
        end = numberEnd(sql, at);
        kind = sql.substring(at, end).matches("\\d+") ? Kind.INTEGER : Kind.REAL;
      } else if (Character.isLetter(c) || c == '_') {
        kind = Kind.WORD;
        while (end < sql.length()
            && (Character.isLetterOrDigit(sql.charAt(end)) || "_$".indexOf(sql.charAt(end)) >= 0)) {
          end++;
        }
      } else {
        kind = Kind.SIGN;
        if (end < sql.length()
            && List.of("<=", ">=", "<>", "!=", "||").contains(sql.substring(at, end + 1))) {
          end++;
        }
      }
      tokens.add(new Token(kind, at, end, sql.substring(at, end)));
      at = end;
    }
    return new SqlTokens(sql, tokens);
  }

  private static int closing(String sql, int start, char quote) {
    int at = start + 1;
    while (at < sql.length()) {
      if (sql.charAt(at) == quote) {
        if (at + 1 < sql.length() && sql.charAt(at + 1) == quote) {
          at++;
        } else {
          return at + 1;
        }
      }
      at++;
    }
    return sql.length();
  }

  private static int numberEnd(String sql, int start) {
    int at = start;
    while (at < sql.length()) {
      char c = sql.charAt(at);
      boolean exponentSign = (c == '+' || c == '-') && "eE".indexOf(sql.charAt(at - 1)) >= 0;
      if (!Character.isDigit(c) && c != '.' && "eE".indexOf(c) < 0 && !exponentSign) {
        break;
      }
      at++;
    }
    return at;
  }

  /// The token so many places after `index`, or a blank one beyond the ends.
  Token near(int index, int distance) {
    int wanted = index + distance;
    return wanted < 0 || wanted >= tokens.size()
        ? new Token(Kind.SIGN, sql.length(), sql.length(), "")
        : tokens.get(wanted);
  }

  /// The same statement in another guise: literals of the same types with other values. It need not
  /// make sense.
  String withOtherLiterals() {
    StringBuilder out = new StringBuilder();
    int copied = 0;
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      boolean typed = near(i, -1).is("DATE", "TIMESTAMP", "TIME", "INTERVAL", "UUID");
      if (!token.isLiteral() || typed) {
        continue;
      }
      String other =
          switch (token.kind()) {
            case TEXT -> token.text().substring(0, token.text().length() - 1) + "x'";
            case INTEGER -> token.text().equals("0") ? "1" : token.text() + "1";
            case REAL, WORD, QUOTED, SIGN -> token.text();
          };
      out.append(sql, copied, token.start()).append(other);
      copied = token.end();
    }
    return out.append(sql, copied, sql.length()).toString();
  }

  /// The same statement with a `?` for each literal that stands alone on the right of a comparison
  /// of a column, and the values for them.
  Parameterized withParameters() {
    StringBuilder out = new StringBuilder();
    List<Object> values = new ArrayList<>();
    int copied = 0;
    for (int i = 0; i < tokens.size(); i++) {
      Token token = tokens.get(i);
      boolean typed = near(i, -1).is("DATE", "TIMESTAMP");
      if (!token.isLiteral() || token.kind() == Kind.REAL || !standsAlone(i)) {
        continue;
      }
      if (!isCompared(typed ? i - 1 : i)) {
        continue;
      }
      if (token.kind() == Kind.INTEGER && token.text().length() > 9) {
        continue;
      }
      out.append(sql, copied, typed ? near(i, -1).start() : token.start()).append('?');
      copied = token.end();
      values.add(value(token, typed ? near(i, -1).text().toUpperCase(Locale.ROOT) : ""));
    }
    return new Parameterized(out.append(sql, copied, sql.length()).toString(), values);
  }

  private static Object value(Token token, String type) {
    return switch (type) {
      case "DATE" -> java.time.LocalDate.parse(token.unquoted());
      case "TIMESTAMP" -> java.time.LocalDateTime.parse(token.unquoted().replace(' ', 'T'));
      default ->
          token.kind() == Kind.INTEGER ? (Object) Integer.valueOf(token.text()) : token.unquoted();
    };
  }

  private boolean standsAlone(int index) {
    Token after = near(index, 1);
    return !after.is("+", "-", "*", "/", "%", "||", "::", ":", "COLLATE", "ESCAPE");
  }

  /// Whether what starts at `index` is compared with a column that stands before it.
  private boolean isCompared(int index) {
    Token before = near(index, -1);
    if (before.is("=", "<", ">", "<=", ">=", "<>", "!=", "LIKE", "BETWEEN")) {
      int column = near(index, -2).is("NOT") ? -3 : -2;
      return isColumn(index + column);
    }
    // The second bound of a BETWEEN whose first is a literal.
    if (before.is("AND") && near(index, -2).isLiteral()) {
      int between = near(index, -3).is("DATE", "TIMESTAMP") ? -4 : -3;
      return near(index, between).is("BETWEEN")
          && isColumn(index + between - (near(index, between - 1).is("NOT") ? 2 : 1));
    }
    return false;
  }

  private boolean isColumn(int index) {
    Token token = near(index, 0);
    Token before = near(index, -1);
    return (token.kind() == Kind.WORD || token.kind() == Kind.QUOTED)
        && !token.is(
            "NULL", "TRUE", "FALSE", "END", "ALL", "ANY", "SOME", "ROWS", "RANGE", "GROUPS")
        && !before.is("+", "-", "*", "/", "%", "||");
  }

  /// @param values for the question marks, in their order
  record Parameterized(String sql, List<Object> values) {}
}
