package io.cuvee.calcite.parser;

import io.cuvee.calcite.parser.Spelling.Kind;
import io.cuvee.calcite.parser.Spelling.Token;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.IntPredicate;

/// `PIVOT t ON c IN (v, w) USING SUM(x) GROUP BY k` and `UNPIVOT t ON a, b INTO NAME n VALUE v`,
/// which are queries, in the words of SELECT.
final class PivotSpelling {
  /// Begins the made-up column of UNPIVOT that stands for a COLUMNS(…).
  static final String COLUMNS = "columns$";

  private static final Set<String> ENDS = Set.of("UNION", "EXCEPT", "INTERSECT");

  private final Spelling spelling;
  private final int start;
  private int end;

  private PivotSpelling(Spelling spelling, int start) {
    this.spelling = spelling;
    this.start = start;
    this.end = spelling.clauseEnd(start + 1, ENDS);
  }

  static void apply(Spelling spelling, IntPredicate beginsQuery) {
    for (int i = spelling.size() - 1; i >= 0; i--) {
      if (spelling.is(i, "PIVOT") && beginsQuery.test(i) && !spelling.is(i + 1, ".")) {
        new PivotSpelling(spelling, i).pivot();
      } else if (spelling.is(i, "UNPIVOT") && beginsQuery.test(i) && !spelling.is(i + 1, ".")) {
        new PivotSpelling(spelling, i).unpivot();
      }
    }
  }

  /// What is between commas.
  private record Part(int from, int to) {}

  private List<Part> parts(int from, int to) {
    List<Part> parts = new ArrayList<>();
    int begin = from;
    for (int at = from; at < to; at++) {
      if (spelling.is(at, "(") || spelling.is(at, "[")) {
        at = spelling.close(at);
      } else if (spelling.is(at, ",")) {
        parts.add(new Part(begin, at));
        begin = at + 1;
      }
    }
    if (begin < to) {
      parts.add(new Part(begin, to));
    }
    return parts;
  }

  private int clause(int from, String... words) {
    return Math.min(end, spelling.clauseEnd(from, Set.of(words)));
  }

  /// Where an alias begins, or the end of the part.
  private int alias(Part part) {
    return Math.min(part.to(), spelling.clauseEnd(part.from(), Set.of("AS")));
  }

  private String name(int at) {
    return unquoted(spelling.get(at).text());
  }

  private static String unquoted(String text) {
    char first = text.charAt(0);
    return first == '"' || first == '\'' || first == '`'
        ? text.substring(1, text.length() - 1)
        : text;
  }

  private static String quoted(String name) {
    return "\"" + name + "\"";
  }

  private String text(int from, int to) {
    StringBuilder text = new StringBuilder();
    for (Token token : spelling.tokens.subList(from, to)) {
      boolean word = token.kind() == Kind.WORD;
      text.append(word ? token.text().toLowerCase(Locale.ROOT) : unquoted(token.text()));
    }
    return text.toString();
  }

  /// A value that becomes columns.
  private record Value(List<Token> tokens, String label) {}

  /// One expression of ON with its values.
  private record Axis(List<Token> tokens, List<Value> values) {
    boolean isName() {
      return tokens.size() == 1
          && (tokens.getFirst().kind() == Kind.WORD || tokens.getFirst().kind() == Kind.QUOTED);
    }
  }

  private record Measure(List<Token> tokens, String name) {}

  private void pivot() {
    int on = clause(start + 1, "ON");
    int using = clause(on + 1, "USING", "GROUP", "ORDER", "LIMIT");
    int group = clause(using, "GROUP", "ORDER", "LIMIT");
    int rest = clause(group, "ORDER", "LIMIT");
    List<Axis> axes = new ArrayList<>();
    for (Part part : parts(on + 1, using)) {
      axes.add(axis(part));
    }
    if (axes.isEmpty()) {
      throw unknownValues();
    }
    List<Measure> measures = new ArrayList<>();
    for (Part part : parts(using + 1, group)) {
      int alias = alias(part);
      boolean named = alias + 1 < part.to();
      measures.add(
          new Measure(
              spelling.copy(part.from(), alias),
              named ? name(alias + 1) : text(part.from(), alias)));
    }
    boolean plain = measures.size() == 1 && alias(parts(using + 1, group).getFirst()) == group;
    if (measures.isEmpty()) {
      List<Token> count = new ArrayList<>();
      Spelling.add(count, "COUNT", "(", "*", ")");
      measures.add(new Measure(count, "count_star()"));
      plain = true;
    }
    List<Token> keys = group == rest ? List.of() : spelling.copy(group + 2, rest);
    List<Token> source = List.copyOf(spelling.tokens.subList(start + 1, on));
    List<Token> tail = List.copyOf(spelling.tokens.subList(group, end));
    replace(
        keys.isEmpty()
            ? ofOthers(source, axes, measures, plain, tail)
            : ofKeys(source, keys, axes, measures, plain, tail));
  }

  private Axis axis(Part part) {
    int in = Math.min(part.to(), spelling.clauseEnd(part.from(), Set.of("IN")));
    if (in == part.to() || !spelling.is(in + 1, "(") || spelling.is(in + 2, "SELECT")) {
      throw unknownValues();
    }
    List<Value> values = new ArrayList<>();
    for (Part value : parts(in + 2, spelling.close(in + 1))) {
      int alias = alias(value);
      boolean named = alias + 1 < value.to();
      List<Token> tokens = spelling.copy(value.from(), alias);
      StringBuilder label = new StringBuilder();
      if (named) {
        label.append(name(alias + 1));
      } else if (spelling.is(value.from(), "(")) {
        for (Part element : parts(value.from() + 1, alias - 1)) {
          label.append(label.isEmpty() ? "" : "_").append(label(element));
        }
      } else {
        label.append(label(new Part(value.from(), alias)));
      }
      values.add(new Value(tokens, label.toString()));
    }
    return new Axis(spelling.copy(part.from(), in), values);
  }

  private String label(Part value) {
    StringBuilder label = new StringBuilder();
    for (Token token : spelling.tokens.subList(value.from(), value.to())) {
      label.append(unquoted(token.text()));
    }
    return label.toString();
  }

  /// Values of all axes that together become columns.
  private static List<List<Value>> combinations(List<Axis> axes) {
    List<List<Value>> all = List.of(List.of());
    for (Axis axis : axes) {
      List<List<Value>> longer = new ArrayList<>();
      for (List<Value> before : all) {
        for (Value value : axis.values()) {
          List<Value> with = new ArrayList<>(before);
          with.add(value);
          longer.add(with);
        }
      }
      all = longer;
    }
    return all;
  }

  private static String label(List<Value> values) {
    return String.join("_", values.stream().map(Value::label).toList());
  }

  private static List<Token> ofKeys(
      List<Token> source,
      List<Token> keys,
      List<Axis> axes,
      List<Measure> measures,
      boolean plain,
      List<Token> tail) {
    List<Token> query = new ArrayList<>();
    Spelling.add(query, "SELECT");
    query.addAll(keys);
    for (List<Value> values : combinations(axes)) {
      for (Measure measure : measures) {
        Spelling.add(query, ",");
        query.addAll(measure.tokens());
        Spelling.add(query, "FILTER", "(", "WHERE");
        for (int i = 0; i < axes.size(); i++) {
          if (i > 0) {
            Spelling.add(query, "AND");
          }
          Spelling.add(query, "(");
          query.addAll(axes.get(i).tokens());
          Spelling.add(query, ")", "IS", "NOT", "DISTINCT", "FROM");
          query.addAll(values.get(i).tokens());
        }
        String label = label(values) + (plain ? "" : "_" + measure.name());
        Spelling.add(query, ")", "AS", quoted(label));
      }
    }
    Spelling.add(query, "FROM");
    query.addAll(source);
    query.addAll(tail);
    return query;
  }

  /// Groups by all columns that are not named.
  private static List<Token> ofOthers(
      List<Token> source,
      List<Axis> axes,
      List<Measure> measures,
      boolean plain,
      List<Token> tail) {
    if (!axes.stream().allMatch(Axis::isName)) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "PIVOT ON an expression needs GROUP BY. Name the columns to group by, or compute the"
              + " expression in a sub-query.");
    }
    List<Token> query = new ArrayList<>();
    Spelling.add(query, "SELECT", "*", "FROM");
    query.addAll(source);
    Spelling.add(query, "PIVOT", "(");
    for (int i = 0; i < measures.size(); i++) {
      if (i > 0) {
        Spelling.add(query, ",");
      }
      query.addAll(measures.get(i).tokens());
      if (!plain) {
        Spelling.add(query, "AS", quoted(measures.get(i).name()));
      }
    }
    Spelling.add(query, "FOR", "(");
    for (int i = 0; i < axes.size(); i++) {
      if (i > 0) {
        Spelling.add(query, ",");
      }
      query.addAll(axes.get(i).tokens());
    }
    Spelling.add(query, ")", "IN", "(");
    boolean first = true;
    for (List<Value> values : combinations(axes)) {
      Spelling.add(query, first ? "(" : ",");
      if (!first) {
        Spelling.add(query, "(");
      }
      first = false;
      for (int i = 0; i < values.size(); i++) {
        if (i > 0) {
          Spelling.add(query, ",");
        }
        query.addAll(values.get(i).tokens());
      }
      Spelling.add(query, ")", "AS", quoted(label(values)));
    }
    Spelling.add(query, ")", ")");
    query.addAll(tail);
    return query;
  }

  private static CuveeException unknownValues() {
    return new CuveeException(
        ErrorCode.FEATURE_NOT_SUPPORTED,
        "PIVOT needs the values that become columns, since they are known before rows are read:"
            + " PIVOT t ON c IN (v, w) USING SUM(x) GROUP BY k.");
  }

  private void unpivot() {
    boolean nulls = spelling.is(start + 1, "INCLUDE") && spelling.is(start + 2, "NULLS");
    int source = nulls ? start + 3 : start + 1;
    int on = clause(source, "ON");
    int into = clause(on, "INTO", "ORDER", "LIMIT", "WHERE");
    List<Token> name = new ArrayList<>();
    Spelling.add(name, "\"name\"");
    List<Token> value = new ArrayList<>();
    Spelling.add(value, "\"value\"");
    int rest = into;
    if (spelling.is(rest, "INTO")) {
      rest++;
    }
    if (spelling.is(rest, "NAME")) {
      name = spelling.copy(rest + 1, rest + 2);
      rest += 2;
    }
    if (spelling.is(rest, "VALUE")) {
      int values = clause(rest + 1, "ORDER", "LIMIT", "WHERE");
      value = spelling.copy(rest + 1, values);
      rest = values;
    }
    List<Token> query = new ArrayList<>();
    Spelling.add(query, "SELECT", "*", "FROM");
    query.addAll(spelling.tokens.subList(source, on));
    Spelling.add(query, "UNPIVOT");
    if (nulls) {
      Spelling.add(query, "INCLUDE", "NULLS");
    }
    Spelling.add(query, "(", "(");
    query.addAll(value);
    Spelling.add(query, ")", "FOR");
    query.addAll(name);
    Spelling.add(query, "IN", "(");
    boolean first = true;
    for (Part part : parts(on + 1, into)) {
      if (!first) {
        Spelling.add(query, ",");
      }
      first = false;
      int alias = alias(part);
      if (spelling.is(part.from(), "COLUMNS") && spelling.is(part.from() + 1, "(")) {
        Spelling.add(query, quoted(COLUMNS + marked(part.from() + 2, alias - 1)));
      } else if (spelling.is(part.from(), "*")) {
        Spelling.add(query, quoted(COLUMNS + marked(part.from(), alias)));
      } else {
        query.addAll(spelling.tokens.subList(part.from(), alias));
      }
      if (alias + 1 < part.to()) {
        Spelling.add(query, "AS", "'" + name(alias + 1).replace("'", "''") + "'");
      }
    }
    Spelling.add(query, ")", ")");
    query.addAll(spelling.tokens.subList(rest, end));
    replace(query);
  }

  private String marked(int from, int to) {
    StringBuilder text = new StringBuilder();
    for (Token token : spelling.tokens.subList(from, to)) {
      text.append(text.isEmpty() ? "" : " ").append(token.text().replace("\"", ""));
    }
    return text.toString();
  }

  private void replace(List<Token> query) {
    List<Token> tokens = List.copyOf(query);
    spelling.remove(start, end);
    spelling.insertAll(start, tokens);
    end = start + tokens.size();
  }
}
