package io.cuvee.calcite.parser;

import io.cuvee.calcite.parser.Spelling.Token;
import java.util.ArrayList;
import java.util.List;

/// UNNEST in a select list: each element with the other columns, those of several arrays in step.
final class UnnestedList {
  private UnnestedList() {}

  static void apply(Spelling spelling, int select) {
    List<Integer> calls = new ArrayList<>();
    int end = spelling.clauseEnd(select + 1, Clauses.AFTER_SELECT);
    for (int at = select + 1; at < end; at++) {
      boolean begins = at == select + 1 || spelling.is(at - 1, ",");
      if (begins && spelling.is(at, "UNNEST") && spelling.is(at + 1, "(")) {
        calls.add(at);
      }
      if (spelling.is(at, "(") || spelling.is(at, "[")) {
        at = spelling.close(at);
      }
    }
    if (calls.isEmpty()) {
      return;
    }
    String table = "unnest_" + spelling.newNumber();
    List<List<Token>> arrays = new ArrayList<>();
    for (int at : calls) {
      arrays.add(spelling.copy(at + 2, spelling.close(at + 1)));
    }
    List<Token> unnest = new ArrayList<>();
    if (calls.size() == 1) {
      int at = calls.getFirst();
      unnest.addAll(spelling.tokens.subList(at, spelling.close(at + 1) + 1));
      Spelling.add(unnest, "AS", table, "(", "\"unnest\"", ")");
    } else {
      unnest.addAll(ArraysInStep.places(arrays, table));
    }
    for (int i = calls.size() - 1; i >= 0; i--) {
      int at = calls.get(i);
      int next = spelling.close(at + 1) + 1;
      boolean named = next < end && !spelling.is(next, ",");
      spelling.remove(at, next);
      if (calls.size() == 1) {
        spelling.insert(at, table, ".", "\"unnest\"");
      } else {
        List<Token> element = ArraysInStep.element(arrays.get(i), table);
        if (!named) {
          Spelling.add(element, "AS", "\"unnest\"");
        }
        spelling.insertAll(at, element);
      }
    }
    int listEnd = spelling.clauseEnd(select + 1, Clauses.AFTER_SELECT);
    boolean from = spelling.is(listEnd, "FROM");
    int fromEnd = from ? spelling.clauseEnd(listEnd + 1, Clauses.AFTER_FROM) : listEnd;
    spelling.insertAll(fromEnd, unnest);
    spelling.insert(fromEnd, from ? "," : "FROM");
  }
}
