package io.cuvee.calcite.parser;

import io.cuvee.calcite.parser.Spelling.Kind;
import io.cuvee.calcite.parser.Spelling.Token;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// `LIST_TRANSFORM(a, x -> x + 1)`, `LIST_FILTER(a, lambda x, i: x > i)` and `[x + 1 FOR x IN a IF
/// x
/// > 2]` as `ARRAY(SELECT x + 1 FROM UNNEST(a) … ORDER BY position)`, which may read what it likes.
final class LambdaSpelling {
  private static final Set<String> TRANSFORMS =
      Set.of("LIST_TRANSFORM", "ARRAY_TRANSFORM", "LIST_APPLY", "ARRAY_APPLY", "APPLY");
  private static final Set<String> REDUCTIONS = Set.of("LIST_REDUCE", "ARRAY_REDUCE", "REDUCE");
  private static final Set<String> FILTERS = Set.of("LIST_FILTER", "ARRAY_FILTER", "FILTER");

  private final Spelling spelling;
  private int made;

  private LambdaSpelling(Spelling spelling) {
    this.spelling = spelling;
  }

  static void apply(Spelling spelling) {
    LambdaSpelling lambdas = new LambdaSpelling(spelling);
    for (int i = spelling.size() - 1; i >= 0; i--) {
      if (spelling.is(i, "[") && spelling.beginsOperand(i)) {
        lambdas.comprehension(i);
      } else if (spelling.isWord(i) && spelling.is(i + 1, "(")) {
        String name = spelling.get(i).upper();
        if (TRANSFORMS.contains(name) || FILTERS.contains(name) || REDUCTIONS.contains(name)) {
          lambdas.call(i, name);
        }
      }
    }
  }

  private void call(int name, String function) {
    int close = spelling.close(name + 1);
    int comma = argumentEnd(name + 2, close);
    if (!spelling.is(comma, ",")) {
      return;
    }
    int body = comma + 1;
    List<Token> parameters = new ArrayList<>();
    if (spelling.is(body, "LAMBDA")) {
      for (body++; body < close && !spelling.is(body, ":"); body++) {
        if (!spelling.is(body, ",")) {
          parameters.add(spelling.get(body));
        }
      }
    } else {
      boolean several = spelling.is(body, "(");
      int arrow = several ? spelling.close(body) + 1 : body + 1;
      if (!spelling.is(arrow, "->")) {
        return;
      }
      for (; body < arrow; body++) {
        if (spelling.get(body).kind() != Kind.SYMBOL) {
          parameters.add(spelling.get(body));
        }
      }
    }
    boolean reduction = REDUCTIONS.contains(function);
    if (parameters.size() < (reduction ? 2 : 1) || parameters.size() > (reduction ? 3 : 2)) {
      return;
    }
    List<Token> array = List.copyOf(spelling.tokens.subList(name + 2, comma));
    int end = reduction ? argumentEnd(body + 1, close) : close;
    List<Token> expression = List.copyOf(spelling.tokens.subList(body + 1, end));
    if (reduction) {
      List<Token> first =
          end == close ? List.of() : List.copyOf(spelling.tokens.subList(end + 1, close));
      List<Token> query = reduced(array, parameters, expression, first);
      spelling.remove(name, close + 1);
      spelling.insertAll(name, query);
      return;
    }
    boolean filter = FILTERS.contains(function);
    List<Token> value = filter ? List.of(parameters.getFirst()) : expression;
    replace(name, close + 1, array, parameters, value, filter ? expression : List.of());
  }

  private void comprehension(int open) {
    int close = spelling.close(open);
    int loop = Math.min(close, spelling.clauseEnd(open + 1, Set.of("FOR")));
    int in = Math.min(close, spelling.clauseEnd(loop, Set.of("IN")));
    if (!spelling.is(loop, "FOR") || !spelling.is(in, "IN")) {
      return;
    }
    int condition = Math.min(close, spelling.clauseEnd(in, Set.of("IF")));
    List<Token> parameters =
        spelling.tokens.subList(loop + 1, in).stream()
            .filter(token -> token.kind() != Kind.SYMBOL)
            .toList();
    if (parameters.isEmpty() || parameters.size() > 2) {
      return;
    }
    replace(
        open,
        close + 1,
        List.copyOf(spelling.tokens.subList(in + 1, condition)),
        parameters,
        List.copyOf(spelling.tokens.subList(open + 1, loop)),
        condition == close
            ? List.of()
            : List.copyOf(spelling.tokens.subList(condition + 1, close)));
  }

  private int argumentEnd(int from, int end) {
    int at = from;
    while (at < end && !spelling.is(at, ",")) {
      at = spelling.is(at, "(") || spelling.is(at, "[") ? spelling.close(at) + 1 : at + 1;
    }
    return at;
  }

  private void replace(
      int from,
      int to,
      List<Token> array,
      List<Token> parameters,
      List<Token> value,
      List<Token> condition) {
    int number = ++made;
    String position =
        parameters.size() == 2 ? parameters.get(1).text() : "\"position$" + number + "\"";
    List<Token> query = new ArrayList<>();
    Spelling.add(query, "CASE", "WHEN", "(");
    for (Token token : array) {
      query.add(new Token(token.kind(), token.text(), -1, true));
    }
    Spelling.add(query, ")", "IS", "NOT", "NULL", "THEN", "ARRAY", "(", "SELECT");
    query.addAll(value);
    Spelling.add(query, "FROM", "UNNEST", "(");
    query.addAll(array);
    Spelling.add(query, ")", "WITH", "ORDINALITY", "AS", "\"list$" + number + "\"", "(");
    query.add(parameters.getFirst());
    Spelling.add(query, ",", position, ")");
    if (!condition.isEmpty()) {
      Spelling.add(query, "WHERE");
      query.addAll(condition);
    }
    Spelling.add(query, "ORDER", "BY", position, ")", "END");
    spelling.remove(from, to);
    spelling.insertAll(from, query);
  }

  /// A recursive query that takes one element after the other. Its first value has the type of what
  /// the lambda makes of it, so that the values that follow are not cut to that of the elements.
  private List<Token> reduced(
      List<Token> array, List<Token> parameters, List<Token> body, List<Token> first) {
    int number = ++made;
    String fold = "\"fold$" + number + "\"";
    String value = "\"value$" + number + "\"";
    String at = "\"at$" + number + "\"";
    List<Token> query = new ArrayList<>();
    Spelling.add(
        query, "(", "WITH", "RECURSIVE", fold, "(", value, ",", at, ")", "AS", "(", "SELECT");
    Spelling.add(query, "CASE", "WHEN", "TRUE", "THEN");
    query.add(parameters.getFirst());
    Spelling.add(query, "ELSE");
    query.addAll(body);
    Spelling.add(query, "END", ",", first.isEmpty() ? "1" : "0", "FROM", "(", "SELECT");
    if (first.isEmpty()) {
      element(query, array, "1");
    } else {
      query.addAll(first);
    }
    Spelling.add(query, "AS");
    query.add(parameters.getFirst());
    Spelling.add(query, ",");
    element(query, array, "1");
    Spelling.add(query, "AS");
    query.add(parameters.get(1));
    if (parameters.size() > 2) {
      Spelling.add(query, ",", "1", "AS");
      query.add(parameters.get(2));
    }
    Spelling.add(query, ")", "AS", "\"first$" + number + "\"", "UNION", "ALL", "SELECT");
    query.addAll(body);
    Spelling.add(query, ",", at, "+", "1", "FROM", "(", "SELECT", value, "AS");
    query.add(parameters.getFirst());
    Spelling.add(query, ",");
    element(query, array, at, "+", "1");
    Spelling.add(query, "AS");
    query.add(parameters.get(1));
    if (parameters.size() > 2) {
      Spelling.add(query, ",", at, "+", "1", "AS");
      query.add(parameters.get(2));
    }
    Spelling.add(query, ",", at, "FROM", fold, "WHERE", at, "<", "CARDINALITY", "(");
    query.addAll(array);
    Spelling.add(
        query, ")", ")", "AS", "\"step$" + number + "\"", ")", "SELECT", value, "FROM", fold);
    Spelling.add(query, "ORDER", "BY", at, "DESC", "LIMIT", "1", ")");
    return query;
  }

  private static void element(List<Token> query, List<Token> array, String... place) {
    Spelling.add(query, "LIST_EXTRACT", "(");
    query.addAll(array);
    Spelling.add(query, ",");
    Spelling.add(query, place);
    Spelling.add(query, ")");
  }
}
