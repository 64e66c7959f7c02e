package io.cuvee.launcher.local;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A statement in which files stand for tables: `SELECT … FROM 'trips-*.csv' t JOIN 'zones.parquet'
/// …`. A text literal right after FROM, JOIN or a comma of a FROM clause names a file or a glob.
///
/// @param sql the statement with a quoted table name in place of each file: that of the file
///   without its ending, so that it can stand before a column's
/// @param files what each table name stands for
public record FileReferences(String sql, Map<String, String> files) {
  public FileReferences {
    files = Map.copyOf(files);
  }

  /// Behind these a query may begin with FROM: the beginning, DESCRIBE and set operations.
  private static final Set<String> BEFORE_QUERIES =
      Set.of("", "DESCRIBE", "DESC", "EXPLAIN", "UNION", "EXCEPT", "INTERSECT", "ALL");

  private static final Pattern DESCRIBED = Pattern.compile("(?is)\\s*(DESCRIBE|DESC)\\s+('.*)");

  /// Finds the files of a statement.
  public static FileReferences of(String text) {
    return of(text, new LinkedHashMap<>());
  }

  /// Finds the files of a statement that follows others.
  ///
  /// @param tables the names that stand for the paths so far; new ones are added
  static FileReferences of(String statement, Map<String, String> tables) {
    Matcher described = DESCRIBED.matcher(statement);
    String text = described.matches() ? "DESCRIBE SELECT * FROM " + described.group(2) : statement;
    StringBuilder sql = new StringBuilder();
    // The clause at each depth of parentheses; FROM belongs to a query only after its SELECT, else
    // to TRIM or EXTRACT.
    List<Clause> clauses = new ArrayList<>(List.of(Clause.NONE));
    String last = "";
    int i = 0;
    while (i < text.length()) {
      char c = text.charAt(i);
      int end = i + 1;
      if (text.startsWith("--", i)) {
        end = indexOrEnd(text, "\n", i);
      } else if (text.startsWith("/*", i)) {
        end = indexOrEnd(text, "*/", i + 2);
      } else if (c == '\'') {
        end = endOfLiteral(text, i);
        boolean table = last.equals("FROM") || last.equals("JOIN") || last.equals(",");
        if (table && clauses.getLast() == Clause.FROM) {
          String path = text.substring(i + 1, end - 1).replace("''", "'");
          String name = tables.computeIfAbsent(path, file -> name(file, text, tables.values()));
          // As long as the literal, so that messages have the right places.
          sql.append('"')
              .append(name)
              .append('"')
              .repeat(' ', Math.max(0, end - i - name.length() - 2));
          last = "'";
          i = end;
          continue;
        }
        last = "'";
      } else if (c == '"' || c == '`') {
        end = indexOrEnd(text, String.valueOf(c), i + 1);
        last = "\"";
      } else if (Character.isLetter(c) || c == '_') {
        while (end < text.length()
            && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '_')) {
          end++;
        }
        boolean first = BEFORE_QUERIES.contains(last);
        last = text.substring(i, end).toUpperCase(Locale.ROOT);
        clauses.set(clauses.size() - 1, clauses.getLast().after(last, first));
      } else if (c == '(') {
        clauses.add(Clause.NONE);
        last = "(";
      } else if (c == ')') {
        if (clauses.size() > 1) {
          clauses.removeLast();
        }
        last = ")";
      } else if (!Character.isWhitespace(c)) {
        last = String.valueOf(c);
      }
      sql.append(text, i, end);
      i = end;
    }
    Map<String, String> files = new LinkedHashMap<>();
    tables.forEach((path, table) -> files.put(table, path));
    return new FileReferences(sql.toString(), files);
  }

  /// The file's name without what follows a dot, unless that is another table or a common table
  /// expression.
  private static String name(String path, String text, Collection<String> others) {
    String file = path.substring(Math.max(path.lastIndexOf('/'), path.lastIndexOf('\\')) + 1);
    int dot = file.indexOf('.');
    String stem = (dot < 0 ? file : file.substring(0, dot)).replaceAll("[^\\p{L}\\p{N}_-]", "_");
    boolean taken =
        stem.isEmpty()
            || others.stream().anyMatch(stem::equalsIgnoreCase)
            || Pattern.compile(
                    "(?i)\\b" + Pattern.quote(stem) + "\"?\\s*(\\([^()]*\\)\\s*)?AS\\s*\\(")
                .matcher(text)
                .find();
    return taken ? "file_" + (others.size() + 1) : stem;
  }

  private enum Clause {
    NONE,
    SELECT,
    FROM;

    /// @param first whether the word begins a query
    Clause after(String word, boolean first) {
      return switch (word) {
        case "SELECT" -> SELECT;
        case "FROM" -> this == NONE && !first ? NONE : FROM;
        case "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "WINDOW", "QUALIFY" ->
            this == NONE ? NONE : SELECT;
        case "UNION", "INTERSECT", "EXCEPT" -> NONE;
        default -> this;
      };
    }
  }

  private static int endOfLiteral(String text, int start) {
    int i = start + 1;
    while (i < text.length()) {
      if (text.charAt(i) == '\'') {
        if (i + 1 < text.length() && text.charAt(i + 1) == '\'') {
          i++;
        } else {
          return i + 1;
        }
      }
      i++;
    }
    return text.length();
  }

  private static int indexOrEnd(String text, String end, int from) {
    int index = text.indexOf(end, from);
    return index < 0 ? text.length() : index + end.length();
  }
}
