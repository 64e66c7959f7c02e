package io.cuvee.execution.expression;

import static io.cuvee.common.type.ColumnType.BOOLEAN;
import static io.cuvee.common.type.ColumnType.INT;
import static io.cuvee.common.type.ColumnType.LONG;
import static io.cuvee.common.type.ColumnType.STRING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.BytesValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.RandomValues;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestEvaluator {
  private static final Expression X = new Expression.Column(0, INT);
  private static final Expression Y = new Expression.Column(1, INT);

  private static Expression literal(long value) {
    return new Expression.Literal(value, INT);
  }

  private static Expression bool(String function, Expression... arguments) {
    return Expression.call(function, BOOLEAN, arguments);
  }

  private static Expression quotient() {
    return Expression.call("DIVIDE", INT, Y, X);
  }

  private static List<@Nullable Object> evaluate(Expression expression, Page page) {
    Values values = Evaluator.compile(expression).evaluate(page);
    List<@Nullable Object> list = new ArrayList<>();
    for (int i = 0; i < values.count(); i++) {
      list.add(RandomValues.key(values.get(i)));
    }
    return list;
  }

  @Test
  void untakenBranchesDoNotFail() {
    Page page = Page.of(LongValues.of(0, 2, 5), LongValues.of(10, 10, 10));
    Expression isZero = bool("EQ", X, literal(0));
    assertThat(evaluate(Expression.call("CASE", INT, isZero, literal(-1), quotient()), page))
        .containsExactly(-1L, 5L, 2L);
    assertThat(
            evaluate(
                bool("AND", bool("NE", X, literal(0)), bool("GT", quotient(), literal(2))), page))
        .containsExactly(0L, 1L, 0L);
    assertThat(evaluate(bool("OR", isZero, bool("GT", quotient(), literal(2))), page))
        .containsExactly(1L, 1L, 0L);
    Expression nullIfZero = Expression.call("NULLIF", INT, X, literal(0));
    assertThat(
            evaluate(
                Expression.call(
                    "COALESCE", INT, Expression.call("DIVIDE", INT, Y, nullIfZero), literal(-2)),
                page))
        .containsExactly(-2L, 5L, 2L);
    assertThatThrownBy(() -> evaluate(quotient(), page))
        .isInstanceOfSatisfying(
            CuveeException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.DIVISION_BY_ZERO));
  }

  @Test
  void constantsThatFailDoSoOnlyForRowsThatNeedThem() {
    Expression broken = Expression.call("DIVIDE", INT, literal(1), literal(0));
    Expression choice = Expression.call("CASE", INT, bool("GT", X, literal(0)), broken, literal(7));
    assertThat(evaluate(choice, Page.of(LongValues.of(0, -1)))).containsExactly(7L, 7L);
    assertThat(evaluate(broken, Page.empty(List.of(INT)))).isEmpty();
    assertThatThrownBy(() -> evaluate(choice, Page.of(LongValues.of(1))))
        .isInstanceOf(CuveeException.class);
    assertThatThrownBy(() -> Evaluator.constant(broken)).isInstanceOf(CuveeException.class);
  }

  @Test
  void filtersSelectTheTrueRows() {
    Page page = Page.of(LongValues.of(3, 0, 4, 1), LongValues.of(9, 9, 9, 9));
    int[] out = new int[4];
    Filter filter =
        Filter.compile(
            bool(
                "AND",
                bool("NE", X, literal(0)),
                bool("AND", bool("GT", quotient(), literal(2)), bool("LT", X, literal(3)))));
    assertThat(filter.select(page, out)).isEqualTo(1);
    assertThat(out[0]).isEqualTo(3);
    assertThat(filter.apply(page).rowCount()).isEqualTo(1);
    assertThat(filter.select(Page.empty(List.of(INT, INT)), new int[0])).isZero();
  }

  @Test
  void parametersMustBeBound() {
    assertThatThrownBy(() -> Evaluator.compile(new Expression.Parameter(0, INT)))
        .hasMessageContaining("not bound");
  }

  @Test
  void unknownFunctionsSuggestTheirNeighbours() {
    assertThatThrownBy(() -> Evaluator.compile(Expression.call("UPER", STRING, X)))
        .isInstanceOfSatisfying(
            CuveeException.class,
            error -> assertThat(error.code()).isEqualTo(ErrorCode.FUNCTION_NOT_FOUND))
        .hasMessageContaining("UPPER");
  }

  /// Random conditions over random rows, with NULLs, against a row at a time.
  @Test
  void conditionsAgreeWithThreeValuedLogic() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    for (int round = 0; round < 300; round++) {
      int count = random.nextInt(80);
      RandomValues values = new RandomValues(random);
      Page page =
          Page.of(
              values.column(INT, count, 0.2),
              values.column(LONG, count, 0.2),
              values.column(STRING, count, 0.2),
              values.column(ColumnType.DOUBLE, count, 0.2));
      Expression condition = condition(random, 4);
      List<@Nullable Object> expected = new ArrayList<>();
      int[] selected = new int[count];
      int selectedCount = 0;
      for (int i = 0; i < count; i++) {
        Boolean truth = naive(condition, page, i);
        expected.add(truth == null ? null : truth ? (Object) 1L : (Object) 0L);
        if (truth != null && truth) {
          selected[selectedCount++] = i;
        }
      }
      assertThat(evaluate(condition, page)).as("seed %d, %s", seed, condition).isEqualTo(expected);
      int[] out = new int[count];
      assertThat(Filter.compile(condition).select(page, out))
          .as("seed %d", seed)
          .isEqualTo(selectedCount);
      assertThat(java.util.Arrays.copyOf(out, selectedCount))
          .isEqualTo(java.util.Arrays.copyOf(selected, selectedCount));
    }
  }

  private static final String[] COMPARISONS = {"EQ", "NE", "LT", "LE", "GT", "GE"};

  private static Expression condition(Random random, int depth) {
    if (depth > 0 && random.nextInt(3) > 0) {
      return switch (random.nextInt(4)) {
        case 0 -> bool("NOT", condition(random, depth - 1));
        case 1 ->
            bool(
                "AND",
                condition(random, depth - 1),
                condition(random, depth - 1),
                condition(random, depth - 1));
        case 2 -> bool("OR", condition(random, depth - 1), condition(random, depth - 1));
        default ->
            bool(
                new String[] {
                      "IS_TRUE", "IS_FALSE", "IS_NOT_TRUE", "IS_NOT_FALSE", "IS_NULL", "IS_NOT_NULL"
                    }
                    [random.nextInt(6)],
                condition(random, depth - 1));
      };
    }
    ColumnType[] types = {INT, LONG, STRING, ColumnType.DOUBLE};
    int column = random.nextInt(4);
    Expression left = new Expression.Column(column, types[column]);
    RandomValues values = new RandomValues(random);
    if (random.nextInt(4) == 0) {
      List<Expression> items = new ArrayList<>();
      items.add(left);
      for (int i = 1 + random.nextInt(4); i > 0; i--) {
        Object item = random.nextInt(8) == 0 ? null : values.value(types[column]);
        items.add(new Expression.Literal(item, types[column]));
      }
      return new Expression.Call("IN", items, BOOLEAN);
    }
    String comparison = COMPARISONS[random.nextInt(6)];
    if (column < 2 && random.nextBoolean()) {
      return bool(comparison, left, new Expression.Column(1 - column, types[1 - column]));
    }
    Object constant = random.nextInt(10) == 0 ? null : values.value(types[column]);
    return bool(comparison, left, new Expression.Literal(constant, types[column]));
  }

  private static @Nullable Boolean naive(Expression condition, Page page, int row) {
    Expression.Call call = (Expression.Call) condition;
    List<Expression> arguments = call.arguments();
    return switch (call.function()) {
      case "NOT" -> {
        Boolean argument = naive(arguments.getFirst(), page, row);
        yield argument == null ? null : !argument;
      }
      case "AND", "OR" -> naiveJunction(arguments, call.function().equals("OR"), page, row);
      case "IS_TRUE" -> Objects.equals(naive(arguments.getFirst(), page, row), true);
      case "IS_FALSE" -> Objects.equals(naive(arguments.getFirst(), page, row), false);
      case "IS_NOT_TRUE" -> !Objects.equals(naive(arguments.getFirst(), page, row), true);
      case "IS_NOT_FALSE" -> !Objects.equals(naive(arguments.getFirst(), page, row), false);
      case "IS_NULL" -> naive(arguments.getFirst(), page, row) == null;
      case "IS_NOT_NULL" -> naive(arguments.getFirst(), page, row) != null;
      case "IN" -> naiveIn(arguments, page, row);
      default -> compare(call.function(), arguments.get(0), arguments.get(1), page, row);
    };
  }

  private static @Nullable Boolean naiveJunction(
      List<Expression> arguments, boolean decisive, Page page, int row) {
    boolean unknown = false;
    for (Expression argument : arguments) {
      Boolean truth = naive(argument, page, row);
      if (truth == null) {
        unknown = true;
      } else if (truth == decisive) {
        return decisive;
      }
    }
    return unknown ? null : (Boolean) !decisive;
  }

  private static @Nullable Boolean naiveIn(List<Expression> arguments, Page page, int row) {
    boolean unknown = false;
    for (Expression item : arguments.subList(1, arguments.size())) {
      Boolean equal = compare("EQ", arguments.getFirst(), item, page, row);
      if (equal == null) {
        unknown = true;
      } else if (equal) {
        return true;
      }
    }
    return unknown ? null : (Boolean) false;
  }

  private static @Nullable Boolean compare(
      String function, Expression left, Expression right, Page page, int row) {
    Object a = value(left, page, row);
    Object b = value(right, page, row);
    if (a == null || b == null) {
      return null;
    }
    int order =
        switch (a) {
          case Long number -> number.compareTo((Long) b);
          case Double number -> number.compareTo((Double) b);
          default -> ((String) a).compareTo((String) b);
        };
    return switch (function) {
      case "EQ" -> order == 0;
      case "NE" -> order != 0;
      case "LT" -> order < 0;
      case "LE" -> order <= 0;
      case "GT" -> order > 0;
      default -> order >= 0;
    };
  }

  private static @Nullable Object value(Expression expression, Page page, int row) {
    Object value =
        expression instanceof Expression.Column column
            ? page.column(column.index()).get(row)
            : ((Expression.Literal) expression).value();
    return RandomValues.key(value);
  }

  @Test
  void likeAgreesWithRegularExpressions() {
    long seed = Long.getLong("cuvee.random.seed", 20_261_122);
    Random random = new Random(seed);
    String[] letters = {"a", "b", "é", "漢", "%", "_"};
    for (int round = 0; round < 3000; round++) {
      StringBuilder pattern = new StringBuilder();
      StringBuilder regex = new StringBuilder("(?s)");
      for (int i = random.nextInt(6); i > 0; i--) {
        String letter = letters[random.nextInt(6)];
        pattern.append(letter);
        regex.append(letter.equals("%") ? ".*" : letter.equals("_") ? "." : letter);
      }
      StringBuilder text = new StringBuilder();
      for (int i = random.nextInt(8); i > 0; i--) {
        text.append(letters[random.nextInt(4)]);
      }
      Expression like =
          bool(
              "LIKE",
              new Expression.Column(0, STRING),
              new Expression.Literal(
                  pattern.toString().getBytes(java.nio.charset.StandardCharsets.UTF_8), STRING));
      assertThat(evaluate(like, Page.of(BytesValues.of(text.toString()))))
          .as("seed %d, '%s' LIKE '%s'", seed, text, pattern)
          .containsExactly(text.toString().matches(regex.toString()) ? 1L : 0L);
    }
  }
}
