package io.cuvee.engine.filter;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.DataType.Representation;
import io.cuvee.engine.scan.Kernels;
import io.cuvee.engine.scan.RowExpression;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.json.JsonFilter;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.text.TextQuery;
import io.cuvee.segment.column.ColumnStatistics;
import io.cuvee.segment.column.Dictionary;
import io.cuvee.segment.column.InvertedIndex;
import io.cuvee.segment.column.JsonIndex;
import io.cuvee.segment.column.SegmentColumn;
import io.cuvee.segment.column.ZoneMap;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Turns a condition into the node that finds the rows for which it is true, or false, in one
/// segment. NOT is pushed down to the leaves by De Morgan's laws, which hold in three-valued logic
/// as long as each leaf knows apart false and NULL; so every node has two values only.
final class FilterCompiler {
  /// Up to so many dictIds an inverted index is read; more are cheaper to scan for.
  private static final int INDEX_IDS = 8;

  /// An interval with more rows is left to zone maps, which may do as well.
  private static final double INTERVAL_SHARE = 1.0 / 16;

  /// A dictionary of this size is always worth evaluating a condition on.
  private static final int SMALL_DICTIONARY = 1024;

  private final List<SegmentColumn> columns;
  private final int docCount;
  private int nextIndex;

  FilterCompiler(List<SegmentColumn> columns, int docCount, int firstIndex) {
    this.columns = columns;
    this.docCount = docCount;
    this.nextIndex = firstIndex;
  }

  /// The number that a further condition on an inverted index would get.
  int nextIndex() {
    return nextIndex;
  }

  /// @param wanted whether to find the rows for which it is true, or those for which it is false
  FilterNode compile(Expression expression, boolean wanted) {
    return switch (expression) {
      case Expression.Literal literal ->
          literal.value() instanceof Long value && (value != 0) == wanted
              ? AllRows.INSTANCE
              : NoRows.INSTANCE;
      case Expression.Column column ->
          compare("EQ", column, new Expression.Literal(wanted ? 1L : 0L, column.type()), true)
              .orElseGet(() -> computed(column, wanted));
      case Expression.Call call -> compileCall(call, wanted);
      case Expression.Parameter parameter ->
          throw new IllegalArgumentException("Unbound parameter " + parameter.index() + ".");
    };
  }

  private FilterNode compileCall(Expression.Call call, boolean wanted) {
    List<Expression> arguments = call.arguments();
    return switch (call.function()) {
      case "AND" -> combine(arguments, wanted, wanted);
      case "OR" -> combine(arguments, wanted, !wanted);
      case "NOT" -> compile(arguments.getFirst(), !wanted);
      case "IS_TRUE" -> twoValued(arguments.getFirst(), true, wanted);
      case "IS_NOT_TRUE" -> twoValued(arguments.getFirst(), true, !wanted);
      case "IS_FALSE" -> twoValued(arguments.getFirst(), false, wanted);
      case "IS_NOT_FALSE" -> twoValued(arguments.getFirst(), false, !wanted);
      case "IS_NULL" ->
          arguments.getFirst() instanceof Expression.Column column
              ? hasValue(column.index(), !wanted)
              : leaf(call, wanted);
      case "IS_NOT_NULL" ->
          arguments.getFirst() instanceof Expression.Column column
              ? hasValue(column.index(), wanted)
              : leaf(call, wanted);
      case "EQ", "NE", "LT", "LE", "GT", "GE" -> comparison(call, wanted);
      case "IN" -> in(call, wanted);
      case "JSON_MATCH" -> jsonMatch(call, wanted);
      case "TEXT_MATCH" -> textMatch(call, wanted);
      default -> leaf(call, wanted);
    };
  }

  private FilterNode combine(List<Expression> arguments, boolean wanted, boolean all) {
    List<FilterNode> parts = new ArrayList<>(arguments.size());
    for (Expression argument : arguments) {
      FilterNode part = compile(argument, wanted);
      if (all ? part instanceof NoRows : part instanceof AllRows) {
        return part;
      }
      parts.add(part);
    }
    return all ? withIndexes(Conjunction.of(parts)) : Disjunction.of(parts);
  }

  /// Finds by index the few values that several conditions leave of a column together, as the two
  /// ends of an interval do.
  private FilterNode withIndexes(FilterNode node) {
    return switch (node) {
      case DictIdCondition ids when ids.passRate() <= INTERVAL_SHARE ->
          indexed(ids.slot, ids.set).orElse(ids);
      case Conjunction all when all.parts.stream().anyMatch(DictIdCondition.class::isInstance) ->
          Conjunction.of(all.parts.stream().map(this::withIndexes).toList());
      default -> node;
    };
  }

  private FilterNode twoValued(Expression argument, boolean truth, boolean wanted) {
    FilterNode node = compile(argument, truth);
    return wanted ? node : Complement.of(node);
  }

  private FilterNode hasValue(int slot, boolean wanted) {
    SegmentColumn column = columns.get(slot);
    int nulls = column.statistics().nullCount();
    if (nulls == 0 || nulls == docCount) {
      return (nulls == 0) == wanted ? AllRows.INSTANCE : NoRows.INSTANCE;
    }
    if (column.isSorted()) {
      return wanted
          ? DocRange.of(0, docCount - nulls, docCount)
          : DocRange.of(docCount - nulls, docCount, docCount);
    }
    double nullShare = (double) nulls / docCount;
    return new HasValue(slot, wanted, wanted ? 1 - nullShare : nullShare);
  }

  private FilterNode comparison(Expression.Call call, boolean wanted) {
    Expression left = call.arguments().get(0);
    Expression right = call.arguments().get(1);
    Optional<FilterNode> node = Optional.empty();
    if (left instanceof Expression.Column column && right instanceof Expression.Literal literal) {
      node = compare(call.function(), column, literal, wanted);
    } else if (right instanceof Expression.Column column
        && left instanceof Expression.Literal literal) {
      node = compare(mirrored(call.function()), column, literal, wanted);
    }
    return node.orElseGet(() -> leaf(call, wanted));
  }

  private static String mirrored(String comparison) {
    return switch (comparison) {
      case "LT" -> "GT";
      case "LE" -> "GE";
      case "GT" -> "LT";
      case "GE" -> "LE";
      default -> comparison;
    };
  }

  private static String opposite(String comparison) {
    return switch (comparison) {
      case "EQ" -> "NE";
      case "NE" -> "EQ";
      case "LT" -> "GE";
      case "LE" -> "GT";
      case "GT" -> "LE";
      case "GE" -> "LT";
      default -> throw new IllegalArgumentException(comparison);
    };
  }

  private Optional<FilterNode> compare(
      String comparison, Expression.Column column, Expression.Literal literal, boolean wanted) {
    Object value = literal.value();
    if (value == null) {
      return Optional.of(NoRows.INSTANCE);
    }
    if (literal.type().isArray()
        || literal.type().dataType().representation()
            != column.type().dataType().representation()) {
      return Optional.empty();
    }
    int slot = column.index();
    SegmentColumn stored = columns.get(slot);
    if (stored.statistics().nullCount() == docCount
        || wanted && comparison.equals("EQ") && !mayContain(stored, value)) {
      return Optional.of(NoRows.INSTANCE);
    }
    if (column.type().isArray()) {
      // A comparison holds if some element does, <> if all do, that is, if none is equal.
      boolean exclusive = comparison.equals("NE");
      return stored
          .dictionary()
          .map(dictionary ->
              elements(
                  slot,
                  dictIds(exclusive ? "EQ" : comparison, dictionary, value),
                  exclusive != wanted));
    }
    String effective = wanted ? comparison : opposite(comparison);
    Optional<Dictionary> dictionary = stored.dictionary();
    if (dictionary.isPresent()) {
      return Optional.of(inDictIds(slot, dictIds(effective, dictionary.get(), value)));
    }
    return switch (column.type().dataType().representation()) {
      case LONG -> Optional.of(longs(effective, slot, (Long) value));
      case DOUBLE -> Optional.of(doubles(effective, slot, (Double) value));
      case DECIMAL, BYTES -> Optional.empty();
    };
  }

  private static boolean mayContain(SegmentColumn column, Object value) {
    return column.bloomFilter().isEmpty() || column.bloomFilter().get().mayContain(value);
  }

  private static DictIdSet dictIds(String comparison, Dictionary dictionary, Object value) {
    int size = dictionary.size();
    if (!dictionary.isSorted()) {
      return unsortedDictIds(comparison, dictionary, value);
    }
    // Zero of either sign is one value to SQL and two to the dictionary.
    boolean zero = value instanceof Double number && number == 0;
    int from = lowerBound(dictionary, zero ? (Object) (-0.0) : value);
    int to = upperBound(dictionary, zero ? (Object) 0.0 : value);
    return switch (comparison) {
      case "EQ" -> DictIdSet.range(size, from, to - 1);
      case "NE" -> DictIdSet.range(size, from, to - 1).complement();
      case "LT" -> DictIdSet.range(size, 0, from - 1);
      case "LE" -> DictIdSet.range(size, 0, to - 1);
      case "GT" -> DictIdSet.range(size, to, size - 1);
      case "GE" -> DictIdSet.range(size, from, size - 1);
      default -> throw new IllegalArgumentException(comparison);
    };
  }

  private static DictIdSet unsortedDictIds(String comparison, Dictionary dictionary, Object value) {
    int size = dictionary.size();
    return switch (comparison) {
      case "EQ", "NE" -> {
        int found = dictionary.indexOf(value);
        DictIdSet one = DictIdSet.range(size, found, found);
        yield comparison.equals("EQ") ? one : one.complement();
      }
      case "LT" -> DictIdSet.of(size, dictionary.below(value, false));
      case "LE" -> DictIdSet.of(size, dictionary.below(value, true));
      case "GT" -> DictIdSet.of(size, dictionary.below(value, true)).complement();
      case "GE" -> DictIdSet.of(size, dictionary.below(value, false)).complement();
      default -> throw new IllegalArgumentException(comparison);
    };
  }

  private static int lowerBound(Dictionary dictionary, Object value) {
    int found = dictionary.indexOf(value);
    return found >= 0 ? found : -found - 1;
  }

  private static int upperBound(Dictionary dictionary, Object value) {
    int found = dictionary.indexOf(value);
    return found >= 0 ? found + 1 : -found - 1;
  }

  private FilterNode in(Expression.Call call, boolean wanted) {
    List<Expression> candidates = call.arguments().subList(1, call.arguments().size());
    if (!(call.arguments().getFirst() instanceof Expression.Column column)
        || !candidates.stream().allMatch(Expression.Literal.class::isInstance)) {
      return leaf(call, wanted);
    }
    SegmentColumn stored = columns.get(column.index());
    Optional<Dictionary> dictionary = stored.dictionary();
    if (dictionary.isEmpty() && !isRawLongs(column)) {
      return leaf(call, wanted);
    }
    List<Object> values = new ArrayList<>(candidates.size());
    for (Expression candidate : candidates) {
      Expression.Literal literal = (Expression.Literal) candidate;
      if (literal.value() == null) {
        if (!wanted) {
          return NoRows.INSTANCE;
        }
      } else if (literal.type().isArray()
          || literal.type().dataType().representation()
              != column.type().dataType().representation()) {
        return leaf(call, wanted);
      } else {
        values.add(literal.value());
      }
    }
    if (stored.statistics().nullCount() == docCount) {
      return NoRows.INSTANCE;
    }
    if (dictionary.isEmpty()) {
      return values.size() <= 4 && !column.type().isArray()
          ? inFewLongs(column.index(), values, wanted)
          : leaf(call, wanted);
    }
    int size = dictionary.get().size();
    long[] bits = new long[size + 63 >>> 6];
    for (Object value : values) {
      for (int id : dictIds("EQ", dictionary.get(), value).members()) {
        bits[id >>> 6] |= 1L << id;
      }
    }
    DictIdSet set = DictIdSet.of(size, bits);
    return column.type().isArray()
        ? elements(column.index(), set, wanted)
        : inDictIds(column.index(), wanted ? set : set.complement());
  }

  private static boolean isRawLongs(Expression.Column column) {
    return !column.type().isArray()
        && column.type().dataType().representation() == Representation.LONG;
  }

  /// The JSON index gives the documents, or a few more of which the condition itself is then asked.
  private FilterNode jsonMatch(Expression.Call call, boolean wanted) {
    if (!(call.arguments().get(0) instanceof Expression.Column column)
        || !(call.arguments().get(1) instanceof Expression.Literal literal)
        || !(literal.value() instanceof byte[] text)
        || nextIndex == FilterPlan.WITHOUT_INDEXES) {
      return leaf(call, wanted);
    }
    Optional<JsonIndex> index = columns.get(column.index()).jsonIndex();
    if (index.isEmpty()) {
      return leaf(call, wanted);
    }
    JsonFilter filter;
    try {
      filter = JsonFilter.parse(new String(text, StandardCharsets.UTF_8));
    } catch (CuveeException wrong) {
      // Fails for the rows that need it.
      return leaf(call, wanted);
    }
    JsonLookup lookup = new JsonLookup(column.index(), index.get(), docCount, nextIndex);
    FilterNode found = lookup.candidates(filter.condition());
    boolean passes = filter.negate() != wanted;
    if (!lookup.isExact()) {
      if (!passes) {
        return leaf(call, wanted);
      }
      nextIndex = lookup.nextIndex();
      return Conjunction.of(List.of(found, computed(call, wanted)));
    }
    nextIndex = lookup.nextIndex();
    return passes
        ? found
        : Conjunction.of(List.of(Complement.of(found), hasValue(column.index(), true)));
  }

  /// The text index says which entries of the dictionary pass, or which values.
  private FilterNode textMatch(Expression.Call call, boolean wanted) {
    if (!(call.arguments().getFirst() instanceof Expression.Column column)) {
      return leaf(call, wanted);
    }
    SegmentColumn stored = columns.get(column.index());
    Optional<TextQuery> query = stored.textIndex().flatMap(index -> textQuery(call));
    if (query.isEmpty()
        || stored.dictionary().isEmpty() && nextIndex == FilterPlan.WITHOUT_INDEXES) {
      return leaf(call, wanted);
    }
    long[] found = stored.textIndex().orElseThrow().find(query.get());
    boolean array = column.type().isArray();
    if (stored.dictionary().isPresent()) {
      DictIdSet set = DictIdSet.of(stored.dictionary().get().size(), found);
      return array
          ? elements(column.index(), set, wanted)
          : inDictIds(column.index(), wanted ? set : set.complement());
    }
    FoundRows rows = array ? FoundRows.ofElements(stored, found) : new FoundRows(found);
    FilterNode passed = rows.condition(column.index(), nextIndex++, docCount);
    return Conjunction.of(
        List.of(wanted ? passed : Complement.of(passed), hasValue(column.index(), true)));
  }

  private static Optional<TextQuery> textQuery(Expression.Call call) {
    String[] texts = {"", ""};
    for (int i = 1; i < call.arguments().size(); i++) {
      if (!(call.arguments().get(i) instanceof Expression.Literal literal)
          || !(literal.value() instanceof byte[] bytes)) {
        return Optional.empty();
      }
      texts[i - 1] = new String(bytes, StandardCharsets.UTF_8);
    }
    try {
      return Optional.of(TextQuery.parse(texts[0], texts[1]));
    } catch (CuveeException wrong) {
      // Fails for the rows that need it.
      return Optional.empty();
    }
  }

  private FilterNode inFewLongs(int slot, List<Object> values, boolean wanted) {
    List<FilterNode> parts =
        values.stream().map(value -> longs(wanted ? "EQ" : "NE", slot, (Long) value)).toList();
    return wanted ? Disjunction.of(parts) : Conjunction.of(parts);
  }

  private FilterNode inDictIds(int slot, DictIdSet set) {
    SegmentColumn column = columns.get(slot);
    int nulls = column.statistics().nullCount();
    if (set.isEmpty()) {
      return NoRows.INSTANCE;
    }
    if (set.isFull()) {
      return hasValue(slot, true);
    }
    if (column.isSorted() && !set.isTable()) {
      int from = (int) (column.sortedRange(set.lo()) >>> 32);
      int to = (int) column.sortedRange(set.hi());
      return set.negate()
          ? Disjunction.of(
              List.of(DocRange.of(0, from, docCount), DocRange.of(to, docCount - nulls, docCount)))
          : DocRange.of(from, to, docCount);
    }
    Optional<FilterNode> indexed = indexed(slot, set);
    if (indexed.isPresent()) {
      return indexed.get();
    }
    ZoneMap.DictIds zones =
        column.zoneMap().orElse(null) instanceof ZoneMap.DictIds ids ? ids : null;
    double share = (double) set.count() / set.size() * (docCount - nulls) / docCount;
    DictIdCondition condition = new DictIdCondition(slot, set, nulls > 0, share, zones);
    if (!column.isSorted()) {
      return condition;
    }
    int[] members = set.members();
    int from = (int) (column.sortedRange(members[0]) >>> 32);
    int to = (int) column.sortedRange(members[members.length - 1]);
    return Conjunction.of(List.of(DocRange.of(from, to, docCount), condition));
  }

  private Optional<FilterNode> indexed(int slot, DictIdSet set) {
    SegmentColumn column = columns.get(slot);
    Optional<InvertedIndex> inverted = column.invertedIndex();
    if (inverted.isEmpty() || set.count() > INDEX_IDS || nextIndex == FilterPlan.WITHOUT_INDEXES) {
      return Optional.empty();
    }
    int[] members = set.members();
    IndexCondition condition =
        new IndexCondition(
            slot,
            nextIndex,
            inverted.get(),
            "inverted",
            members,
            docCount,
            !column.type().isArray() || members.length == 1);
    if (condition.cost() >= DictIdCondition.cost(set)) {
      return Optional.empty();
    }
    nextIndex++;
    return Optional.of(condition);
  }

  /// Rows of an array column of which some element is in `set`, or none is.
  private FilterNode elements(int slot, DictIdSet set, boolean some) {
    SegmentColumn column = columns.get(slot);
    if (set.isEmpty()) {
      return some ? NoRows.INSTANCE : hasValue(slot, true);
    }
    if (some) {
      Optional<FilterNode> indexed = indexed(slot, set);
      if (indexed.isPresent()) {
        return indexed.get();
      }
    }
    return new ArrayCondition(slot, set, some, column.statistics().nullCount() > 0);
  }

  private FilterNode longs(String comparison, int slot, long value) {
    return switch (comparison) {
      case "EQ" -> longRange(slot, value, value, false);
      case "NE" -> longRange(slot, value, value, true);
      case "LT" ->
          value == Long.MIN_VALUE
              ? NoRows.INSTANCE
              : longRange(slot, Long.MIN_VALUE, value - 1, false);
      case "LE" -> longRange(slot, Long.MIN_VALUE, value, false);
      case "GT" ->
          value == Long.MAX_VALUE
              ? NoRows.INSTANCE
              : longRange(slot, value + 1, Long.MAX_VALUE, false);
      case "GE" -> longRange(slot, value, Long.MAX_VALUE, false);
      default -> throw new IllegalArgumentException(comparison);
    };
  }

  private FilterNode longRange(int slot, long lo, long hi, boolean negate) {
    SegmentColumn column = columns.get(slot);
    ColumnStatistics statistics = column.statistics();
    double share = 0.4;
    if (statistics.min() instanceof Long min && statistics.max() instanceof Long max) {
      boolean outside = max < lo || min > hi;
      boolean inside = min >= lo && max <= hi;
      if (negate ? inside : outside) {
        return NoRows.INSTANCE;
      }
      if (negate ? outside : inside) {
        return hasValue(slot, true);
      }
      double width = Math.max(1.0, (double) max - min);
      double kept = ((double) Math.min(hi, max) - Math.max(lo, min) + 1) / width;
      share = Math.clamp(negate ? 1 - kept : kept, 0.001, 0.999);
    }
    ZoneMap.Longs zones =
        column.zoneMap().orElse(null) instanceof ZoneMap.Longs longs ? longs : null;
    return new LongCondition(slot, lo, hi, negate, statistics.nullCount() > 0, share, zones);
  }

  private FilterNode doubles(String comparison, int slot, double value) {
    long bits = Kernels.sortableBits(value);
    return switch (comparison) {
      case "EQ" -> doubleRange(slot, bits, bits, false);
      case "NE" -> doubleRange(slot, bits, bits, true);
      case "LT" -> doubleRange(slot, Long.MIN_VALUE, bits - 1, false);
      case "LE" -> doubleRange(slot, Long.MIN_VALUE, bits, false);
      case "GT" -> doubleRange(slot, bits + 1, Long.MAX_VALUE, false);
      case "GE" -> doubleRange(slot, bits, Long.MAX_VALUE, false);
      default -> throw new IllegalArgumentException(comparison);
    };
  }

  private FilterNode doubleRange(int slot, long lo, long hi, boolean negate) {
    SegmentColumn column = columns.get(slot);
    ColumnStatistics statistics = column.statistics();
    if (statistics.min() instanceof Double min && statistics.max() instanceof Double max) {
      long low = Kernels.sortableBits(min);
      long high = Kernels.sortableBits(max);
      boolean outside = high < lo || low > hi;
      boolean inside = low >= lo && high <= hi;
      if (negate ? inside : outside) {
        return NoRows.INSTANCE;
      }
      if (negate ? outside : inside) {
        return hasValue(slot, true);
      }
    }
    ZoneMap.Doubles zones =
        column.zoneMap().orElse(null) instanceof ZoneMap.Doubles doubles ? doubles : null;
    return new DoubleCondition(slot, lo, hi, negate, statistics.nullCount() > 0, zones);
  }

  /// A condition of no special form: on the dictionary if it has one scalar column with a small
  /// enough dictionary, else row by row.
  private FilterNode leaf(Expression expression, boolean wanted) {
    RowExpression compiled = RowExpression.compile(expression);
    if (Evaluator.isRandom(expression)) {
      return new ComputedCondition(compiled, wanted);
    }
    if (compiled.slots().isEmpty()) {
      return constant(expression, compiled, wanted);
    }
    if (compiled.slots().size() == 1) {
      FilterNode onDictionary = onDictionary(compiled, wanted);
      if (onDictionary != null) {
        return onDictionary;
      }
    }
    return new ComputedCondition(compiled, wanted);
  }

  private FilterNode computed(Expression expression, boolean wanted) {
    return new ComputedCondition(RowExpression.compile(expression), wanted);
  }

  private static FilterNode constant(
      Expression expression, RowExpression compiled, boolean wanted) {
    try {
      return Evaluator.constant(expression).value() instanceof Long value && (value != 0) == wanted
          ? AllRows.INSTANCE
          : NoRows.INSTANCE;
    } catch (CuveeException failure) {
      // It fails only if a row needs it.
      return new ComputedCondition(compiled, wanted);
    }
  }

  private @Nullable FilterNode onDictionary(RowExpression compiled, boolean wanted) {
    int slot = compiled.slots().getFirst();
    SegmentColumn column = columns.get(slot);
    Optional<Dictionary> dictionary = column.dictionary();
    if (column.type().isArray() || dictionary.isEmpty()) {
      return null;
    }
    int size = dictionary.get().size();
    if (size > SMALL_DICTIONARY && size > docCount / 2) {
      return null;
    }
    int nulls = column.statistics().nullCount();
    try {
      FilterNode onValues =
          size == 0
              ? NoRows.INSTANCE
              : inDictIds(slot, matching(compiled, dictionary.get(), size, wanted));
      return nulls > 0 && isWantedForNull(compiled.expression(), wanted)
          ? Disjunction.of(List.of(onValues, hasValue(slot, false)))
          : onValues;
    } catch (CuveeException failure) {
      // It fails for some value of the dictionary, which other conditions may exclude.
      return null;
    }
  }

  private static DictIdSet matching(
      RowExpression compiled, Dictionary dictionary, int size, boolean wanted) {
    LongValues truths = (LongValues) compiled.evaluate(dictionary.all());
    long[] bits = new long[size + 63 >>> 6];
    for (int i = 0; i < size; i++) {
      if (!truths.isNull(i) && (truths.values()[i] != 0) == wanted) {
        bits[i >>> 6] |= 1L << i;
      }
    }
    return DictIdSet.of(size, bits);
  }

  private static boolean isWantedForNull(Expression expression, boolean wanted) {
    Expression ofNull =
        expression.rewrite(node ->
            node instanceof Expression.Column column
                ? new Expression.Literal(null, column.type())
                : node);
    return Evaluator.constant(ofNull).value() instanceof Long value && (value != 0) == wanted;
  }
}
