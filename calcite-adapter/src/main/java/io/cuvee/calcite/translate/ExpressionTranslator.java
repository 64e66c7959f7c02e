package io.cuvee.calcite.translate;

import io.cuvee.calcite.catalog.TypeSystem;
import io.cuvee.calcite.catalog.Types;
import io.cuvee.calcite.operator.ArrayOperator;
import io.cuvee.calcite.operator.ElementsOrNone;
import io.cuvee.calcite.operator.IntervalField;
import io.cuvee.calcite.operator.ListMembership;
import io.cuvee.calcite.operator.NamedFunction;
import io.cuvee.calcite.operator.OperatorTable;
import io.cuvee.calcite.operator.TimeUnits;
import io.cuvee.calcite.operator.TypedParameter;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.ScalarFunction;
import io.cuvee.common.plan.Expression;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.apache.calcite.avatica.util.TimeUnitRange;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rex.RexBuilder;
import org.apache.calcite.rex.RexCall;
import org.apache.calcite.rex.RexDynamicParam;
import org.apache.calcite.rex.RexInputRef;
import org.apache.calcite.rex.RexLiteral;
import org.apache.calcite.rex.RexNode;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.fun.SqlLikeOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.fun.SqlTrimFunction;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.type.SqlTypeUtil;

/// Makes our expressions of Calcite's. One instance serves one statement.
final class ExpressionTranslator {
  /// Deeper trees would be a danger to the stacks of those who walk them.
  private static final int MAX_DEPTH = 400;

  /// Operators that ask for the time.
  private static final Map<SqlOperator, Slot.Reading> CLOCKS =
      Map.of(
          SqlStdOperatorTable.CURRENT_TIMESTAMP, Slot.Reading.TIMESTAMP,
          OperatorTable.NOW, Slot.Reading.TIMESTAMP,
          SqlStdOperatorTable.LOCALTIMESTAMP, Slot.Reading.LOCAL_TIMESTAMP,
          SqlStdOperatorTable.CURRENT_DATE, Slot.Reading.DATE);

  /// Clocks whose time of day is asked for.
  private static final Map<SqlOperator, Slot.Reading> TIMES =
      Map.of(
          SqlStdOperatorTable.CURRENT_TIME, Slot.Reading.TIMESTAMP,
          SqlStdOperatorTable.LOCALTIME, Slot.Reading.LOCAL_TIMESTAMP);

  /// Fields, and functions of points in time, that a TIME has as well.
  private static final Set<String> OF_TIME =
      Set.of(
          "HOUR",
          "MINUTE",
          "SECOND",
          "MILLISECOND",
          "MICROSECOND",
          "NANOSECOND",
          "EPOCH",
          "TIMESTAMP_DIFF");

  /// Operators without a kind of their own that are functions of ours with the same operands.
  private static final Map<SqlOperator, String> SAME_OPERANDS =
      Map.of(
          SqlStdOperatorTable.CONCAT, "CONCAT",
          SqlStdOperatorTable.SUBSTRING, "SUBSTRING",
          SqlStdOperatorTable.OVERLAY, "OVERLAY");

  private final Slots slots;
  private final List<ColumnType> clientTypes;
  private final Typing typing;
  private final Sargs sargs;
  private final Intervals intervals;
  private int depth;

  /// @param clientTypes of the client's `?`; parameters beyond are literals that the scan took out
  ///   of LIMIT and OFFSET
  ExpressionTranslator(RexBuilder rexBuilder, Slots slots, List<ColumnType> clientTypes) {
    this.slots = slots;
    this.clientTypes = clientTypes;
    this.typing = new Typing(slots);
    this.sargs = new Sargs(rexBuilder, typing);
    this.intervals = new Intervals(this, typing, slots);
  }

  Typing typing() {
    return typing;
  }

  /// @param inputs what the input references stand for
  Expression translate(RexNode node, List<Expression> inputs) {
    if (++depth > MAX_DEPTH) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "An expression is nested more than " + MAX_DEPTH + " deep. Split the statement.");
    }
    try {
      boolean column = node instanceof RexInputRef || node instanceof RexDynamicParam;
      if (!column && SqlTypeUtil.isInterval(node.getType())) {
        return intervals.text(node, inputs);
      }
      return switch (node) {
        case RexInputRef reference -> inputs.get(reference.getIndex());
        case RexLiteral literal -> Literals.of(literal);
        case RexDynamicParam parameter -> parameter(parameter);
        case RexCall call -> call(call, inputs);
        default -> throw unsupported(describe(node));
      };
    } finally {
      depth--;
    }
  }

  List<Expression> translateAll(List<RexNode> nodes, List<Expression> inputs) {
    return nodes.stream().map(node -> translate(node, inputs)).toList();
  }

  private static String describe(RexNode node) {
    return switch (node.getKind()) {
      case OVER -> "A window function in this place";
      case FIELD_ACCESS, CORREL_VARIABLE ->
          "A sub-query that refers to the outer query in this way";
      case IN, EXISTS, SCALAR_QUERY, SOME -> "A sub-query in this place";
      default -> "The expression " + node;
    };
  }

  private static CuveeException unsupported(String what) {
    return new CuveeException(ErrorCode.FEATURE_NOT_SUPPORTED, what + " is not supported.");
  }

  private Expression parameter(RexDynamicParam parameter) {
    int index = parameter.getIndex();
    if (index < clientTypes.size()) {
      return slots.parameter(new Slot.Client(index), clientTypes.get(index));
    }
    return slots.parameter(new Slot.TakenLiteral(index - clientTypes.size()), ColumnType.LONG);
  }

  /// Calcite takes a column for an array whose elements are the groups.
  private static void checkGroups(RexCall call, List<Expression> inputs) {
    if (call.getKind() == SqlKind.IS_NULL || call.getKind() == SqlKind.IS_NOT_NULL) {
      return;
    }
    for (RexNode operand : call.getOperands()) {
      if (operand instanceof RexInputRef reference
          && reference.getType().getComponentType() != null
          && !inputs.get(reference.getIndex()).type().isArray()) {
        throw unsupported(
            "A condition or function of an array column after grouping by its elements");
      }
    }
  }

  private Expression call(RexCall call, List<Expression> inputs) {
    checkGroups(call, inputs);
    SqlOperator operator = call.getOperator();
    if (operator instanceof NamedFunction function) {
      return named(function.signature(), call, inputs);
    }
    if (operator instanceof TypedParameter) {
      int number = ((RexLiteral) call.getOperands().getFirst()).getValueAs(Integer.class);
      return slots.parameter(new Slot.TakenLiteral(number), Types.columnType(call.getType()));
    }
    if (operator instanceof ElementsOrNone) {
      Expression array = translate(call.getOperands().getFirst(), inputs);
      return Expression.call(
          "COALESCE", array.type(), array, new Expression.Literal(List.of(), array.type()));
    }
    if (operator instanceof IntervalField) {
      String unit =
          Objects.requireNonNull(
              ((RexLiteral) call.getOperands().getFirst()).getValueAs(String.class));
      return intervals.field(TimeUnits.canonical(unit), call.getOperands().get(1), inputs);
    }
    if (operator instanceof ListMembership) {
      return membership(call, inputs);
    }
    if (operator instanceof ArrayOperator comparison) {
      return arrayComparison(comparison, call, inputs);
    }
    Slot.Reading reading = CLOCKS.get(operator);
    if (reading != null) {
      return slots.parameter(
          new Slot.Clock(reading, 0, 0),
          reading == Slot.Reading.DATE ? ColumnType.DATE : ColumnType.TIMESTAMP);
    }
    Slot.Reading clock = TIMES.get(operator);
    if (clock != null) {
      return typing.as(
          slots.parameter(new Slot.Clock(clock, 0, 0), ColumnType.TIMESTAMP), ColumnType.TIME);
    }
    String same = SAME_OPERANDS.get(operator);
    if (same != null) {
      return plain(same, call, inputs);
    }
    if (operator.equals(SqlStdOperatorTable.POSITION)) {
      if (call.getOperands().size() > 2) {
        throw unsupported("POSITION with a start");
      }
      return plain("POSITION", call, inputs);
    }
    return standard(call, inputs);
  }

  private Expression standard(RexCall call, List<Expression> inputs) {
    List<RexNode> operands = call.getOperands();
    return switch (call.getKind()) {
      case AND, OR ->
          Objects.requireNonNull(
              Typing.connect(call.getKind().name(), translateAll(operands, inputs)));
      case NOT, IS_TRUE, IS_FALSE, IS_NOT_TRUE, IS_NOT_FALSE, IS_NULL, IS_NOT_NULL ->
          plain(call.getKind().name(), call, inputs);
      case IS_UNKNOWN -> plain("IS_NULL", call, inputs);
      case EQUALS -> compare("EQ", call, inputs);
      case NOT_EQUALS -> compare("NE", call, inputs);
      case LESS_THAN -> compare("LT", call, inputs);
      case LESS_THAN_OR_EQUAL -> compare("LE", call, inputs);
      case GREATER_THAN -> compare("GT", call, inputs);
      case GREATER_THAN_OR_EQUAL -> compare("GE", call, inputs);
      case IS_DISTINCT_FROM, IS_NOT_DISTINCT_FROM -> compare(call.getKind().name(), call, inputs);
      case SEARCH -> sargs.search(translate(operands.get(0), inputs), (RexLiteral) operands.get(1));
      case PLUS ->
          intervals.isTime(call) ? intervals.plus(call, inputs) : arithmetic("PLUS", call, inputs);
      case MINUS ->
          intervals.isTime(call)
              ? intervals.minus(call, inputs)
              : arithmetic("MINUS", call, inputs);
      case TIMES -> arithmetic("TIMES", call, inputs);
      case DIVIDE -> arithmetic("DIVIDE", call, inputs);
      case MOD -> arithmetic("MOD", call, inputs);
      case MINUS_PREFIX -> negate(call, inputs);
      case PLUS_PREFIX -> translate(operands.getFirst(), inputs);
      case CAST -> cast("CAST", call, inputs);
      case SAFE_CAST -> cast("TRY_CAST", call, inputs);
      case CASE -> choice(call, inputs);
      case COALESCE -> common("COALESCE", call, inputs);
      case LIKE -> like(call, inputs);
      case SIMILAR -> plain("SIMILAR_TO", call, inputs);
      case RLIKE -> plain("REGEXP_LIKE", call, inputs);
      case FLOOR -> rounded("FLOOR", call, inputs);
      case CEIL -> rounded("CEIL", call, inputs);
      case TRIM -> trim(call, inputs);
      case EXTRACT -> extract(call, inputs);
      case ITEM -> plain("ITEM", call, inputs);
      case ARRAY_VALUE_CONSTRUCTOR -> array(call, inputs);
      // What Calcite made of a function that we know by the same name, as in {fn …}.
      default -> {
        NamedFunction known = OperatorTable.function(call.getOperator().getName()).orElse(null);
        if (known == null || !(call.getOperator() instanceof SqlFunction)) {
          throw unsupported("The function or operator " + call.getOperator().getName());
        }
        yield named(known.signature(), call, inputs);
      }
    };
  }

  /// A call of ours with the same operands in the same order.
  private Expression plain(String function, RexCall call, List<Expression> inputs) {
    return new Expression.Call(
        function, translateAll(call.getOperands(), inputs), Types.columnType(call.getType()));
  }

  private Expression compare(String function, RexCall call, List<Expression> inputs) {
    RexNode left = call.getOperands().get(0);
    RexNode right = call.getOperands().get(1);
    if (SqlTypeUtil.isInterval(left.getType()) && SqlTypeUtil.isInterval(right.getType())) {
      List<Expression> amounts = intervals.comparable(left, right, inputs);
      return typing.compare(function, amounts.get(0), amounts.get(1));
    }
    Expression a = translate(unwrappedUuid(left), inputs);
    Expression b = translate(unwrappedUuid(right), inputs);
    if (a.type().equals(ColumnType.UUID) != b.type().equals(ColumnType.UUID)) {
      // The text of a constant is read once; any other is compared with the text of the UUIDs.
      if (Typing.isConstant(a)) {
        a = typing.as(a, ColumnType.UUID);
      } else if (Typing.isConstant(b)) {
        b = typing.as(b, ColumnType.UUID);
      } else {
        a = translate(left, inputs);
        b = translate(right, inputs);
      }
    }
    return typing.compare(function, a, b);
  }

  /// The UUID whose text Calcite would compare.
  private static RexNode unwrappedUuid(RexNode node) {
    return node instanceof RexCall call
            && call.getKind() == SqlKind.CAST
            && SqlTypeUtil.inCharFamily(call.getType())
            && call.getOperands().getFirst().getType().getSqlTypeName() == SqlTypeName.UUID
        ? call.getOperands().getFirst()
        : node;
  }

  private Expression arithmetic(String function, RexCall call, List<Expression> inputs) {
    ColumnType type = Types.columnType(call.getType());
    List<Expression> operands = translateAll(call.getOperands(), inputs);
    ColumnType common = type;
    for (Expression operand : operands) {
      if (isNull(operand)) {
        return new Expression.Literal(null, type);
      }
      if (!Types.isNumeric(operand.type())) {
        throw new CuveeException(
            ErrorCode.TYPE_MISMATCH,
            "Arithmetic needs numbers, but an operand is " + operand.type() + ".");
      }
      common = Types.commonNumeric(common, operand.type());
    }
    ColumnType operandType = common;
    Expression result =
        new Expression.Call(
            function,
            operands.stream().map(operand -> typing.as(operand, operandType)).toList(),
            operandType);
    return typing.as(result, type);
  }

  private Expression negate(RexCall call, List<Expression> inputs) {
    Expression operand = translate(call.getOperands().getFirst(), inputs);
    return Expression.call("NEGATE", operand.type(), operand);
  }

  private Expression named(ScalarFunction function, RexCall call, List<Expression> inputs) {
    ColumnType type = Types.columnType(call.getType());
    List<Expression> operands = new ArrayList<>(translateAll(call.getOperands(), inputs));
    if (function.nulls() == ScalarFunction.Nulls.STRICT
        && operands.stream().anyMatch(ExpressionTranslator::isNull)) {
      // Whose type says nothing: a kernel of arrays, say, could not read it.
      return new Expression.Literal(null, type);
    }
    switch (function.result()) {
      case COMMON -> operands.replaceAll(operand -> typing.as(operand, type));
      case DOUBLE ->
          operands.replaceAll(operand ->
              Types.isNumeric(operand.type()) ? typing.as(operand, ColumnType.DOUBLE) : operand);
      case BOOLEAN,
          INT,
          LONG,
          BIG_DECIMAL,
          STRING,
          BYTES,
          TIMESTAMP,
          DATE,
          TEXTS,
          LONGS,
          FIRST,
          ELEMENT,
          STATED -> {}
    }
    if (function.name().equals("JSON_EXTRACT_SCALAR")) {
      return jsonScalar(operands, type);
    }
    switch (function.name()) {
      case "ARRAY_APPEND", "ARRAY_PREPEND" -> {
        int array = function.name().equals("ARRAY_APPEND") ? 0 : 1;
        operands.set(array, typing.as(operands.get(array), type));
      }
      case "ARRAYS_OVERLAP", "LIST_HAS_ALL" -> operands = new ArrayList<>(typing.unified(operands));
      case "ARRAY_INDEX" -> operands.set(0, comparable(operands));
      case "ARRAY_REMOVE", "VALUEIN" -> {
        ColumnType elements = operands.getFirst().type();
        operands.set(0, comparable(operands));
        Expression kept =
            new Expression.Call(function.name(), operands, operands.getFirst().type());
        return kept.type().equals(elements) ? kept : typing.as(kept, type);
      }
      case "NULLIF" -> operands = new ArrayList<>(typing.unified(operands));
      case "DATE_TRUNC", "EXTRACT", "TIMESTAMP_ADD", "TIMESTAMP_DIFF" ->
          operands.set(0, unit(function.name(), operands.getFirst()));
      case "ARRAY_CONTAINS" -> {
        Expression array = operands.getFirst();
        operands.set(1, element(operands.get(1), array.type()));
      }
      case "MOD" -> {
        ColumnType common = Types.commonNumeric(operands.get(0).type(), operands.get(1).type());
        operands.replaceAll(operand -> typing.as(operand, common));
      }
      default -> {}
    }
    if (function.name().equals("TIMESTAMP_ADD")) {
      operands.set(1, typing.as(operands.get(1), ColumnType.LONG));
      operands.set(2, typing.as(operands.get(2), type));
    }
    if (function.name().equals("TIMESTAMP_DIFF")) {
      operands.set(1, typing.as(operands.get(1), ColumnType.TIMESTAMP));
      operands.set(2, typing.as(operands.get(2), ColumnType.TIMESTAMP));
    }
    checkDays(function, operands);
    return new Expression.Call(function.name(), operands, type);
  }

  /// A TIME has no day, whose fields could be asked for.
  private static void checkDays(ScalarFunction function, List<Expression> operands) {
    for (int i = 0; i < operands.size(); i++) {
      ScalarFunction.Argument argument =
          function.arguments().get(Math.min(i, function.arguments().size() - 1));
      boolean days =
          argument == ScalarFunction.Argument.TIME || argument == ScalarFunction.Argument.TIMESTAMP;
      String field =
          function.name().equals("EXTRACT") ? unitName(operands.getFirst()) : function.name();
      if (days && operands.get(i).type().equals(ColumnType.TIME) && !OF_TIME.contains(field)) {
        throw new CuveeException(
            ErrorCode.TYPE_MISMATCH, field + " does not take a TIME, which has no day.");
      }
    }
  }

  private static String unitName(Expression unit) {
    return unit instanceof Expression.Literal literal && literal.value() instanceof byte[] name
        ? new String(name, java.nio.charset.StandardCharsets.UTF_8)
        : "";
  }

  /// The first operand, an array, with elements that are numbers as wide as the others, which would
  /// be rounded otherwise.
  private Expression comparable(List<Expression> operands) {
    Expression array = operands.getFirst();
    ColumnType element = array.type().isArray() ? array.type().elementType() : array.type();
    ColumnType wide = element;
    for (Expression other : operands.subList(1, operands.size())) {
      if (Types.isNumeric(wide) && Types.isNumeric(other.type()) && !isNull(other)) {
        wide = Types.commonNumeric(wide, other.type());
      }
    }
    return wide.equals(element) ? array : typing.as(array, ColumnType.arrayOf(wide.dataType()));
  }

  private static boolean isNull(Expression operand) {
    return operand instanceof Expression.Literal literal && literal.value() == null;
  }

  /// The text at the path, converted where that is possible, else the default.
  private Expression jsonScalar(List<Expression> operands, ColumnType type) {
    if (operands.size() > 2
        && !(operands.get(2) instanceof Expression.Literal literal
            && literal.value() instanceof byte[])) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "JSON_EXTRACT_SCALAR: the type must be a constant, as 'INT' or 'STRING'.");
    }
    Expression value =
        new Expression.Call("JSON_EXTRACT_SCALAR", operands.subList(0, 2), ColumnType.STRING);
    if (!type.equals(ColumnType.STRING)) {
      value = new Expression.Call("TRY_CAST", List.of(value), type);
    }
    return operands.size() < 4
        ? value
        : new Expression.Call("COALESCE", List.of(value, typing.as(operands.get(3), type)), type);
  }

  /// Names of units are constants, so that a plan knows them; they are written in capitals.
  private static Expression unit(String function, Expression unit) {
    if (unit instanceof Expression.Literal literal && literal.value() instanceof byte[] name) {
      return Literals.text(
          TimeUnits.canonical(new String(name, java.nio.charset.StandardCharsets.UTF_8)));
    }
    throw new CuveeException(
        ErrorCode.FEATURE_NOT_SUPPORTED,
        function + ": the unit must be a constant, as 'DAY' or 'MONTH'.");
  }

  private Expression common(String function, RexCall call, List<Expression> inputs) {
    ColumnType type = Types.columnType(call.getType());
    return new Expression.Call(
        function,
        call.getOperands().stream()
            .map(operand -> typing.as(translate(operand, inputs), type))
            .toList(),
        type);
  }

  private Expression choice(RexCall call, List<Expression> inputs) {
    ColumnType type = Types.columnType(call.getType());
    List<Expression> operands = new ArrayList<>(translateAll(call.getOperands(), inputs));
    for (int i = 1; i < operands.size(); i += 2) {
      operands.set(i, typing.as(operands.get(i), type));
    }
    int last = operands.size() - 1;
    operands.set(last, typing.as(operands.get(last), type));
    return new Expression.Call("CASE", operands, type);
  }

  private Expression like(RexCall call, List<Expression> inputs) {
    boolean caseSensitive =
        !(call.getOperator() instanceof SqlLikeOperator operator) || operator.isCaseSensitive();
    return plain(caseSensitive ? "LIKE" : "ILIKE", call, inputs);
  }

  private Expression rounded(String function, RexCall call, List<Expression> inputs) {
    if (call.getOperands().size() == 1) {
      return plain(function, call, inputs);
    }
    if (function.equals("CEIL")) {
      throw unsupported("CEIL to a unit of time");
    }
    TimeUnitRange unit =
        Objects.requireNonNull(
            ((RexLiteral) call.getOperands().get(1)).getValueAs(TimeUnitRange.class));
    return Expression.call(
        "DATE_TRUNC",
        Types.columnType(call.getType()),
        Literals.text(TimeUnits.of(unit.startUnit)),
        translate(call.getOperands().getFirst(), inputs));
  }

  private Expression extract(RexCall call, List<Expression> inputs) {
    TimeUnitRange unit =
        Objects.requireNonNull(
            ((RexLiteral) call.getOperands().getFirst()).getValueAs(TimeUnitRange.class));
    return Expression.call(
        "EXTRACT",
        ColumnType.LONG,
        Literals.text(TimeUnits.of(unit.startUnit)),
        translate(call.getOperands().get(1), inputs));
  }

  private Expression trim(RexCall call, List<Expression> inputs) {
    SqlTrimFunction.Flag flag =
        Objects.requireNonNull(
            ((RexLiteral) call.getOperands().getFirst()).getValueAs(SqlTrimFunction.Flag.class));
    String function =
        switch (flag) {
          case BOTH -> "TRIM";
          case LEADING -> "LTRIM";
          case TRAILING -> "RTRIM";
        };
    return Expression.call(
        function,
        ColumnType.STRING,
        translate(call.getOperands().get(2), inputs),
        translate(call.getOperands().get(1), inputs));
  }

  private Expression array(RexCall call, List<Expression> inputs) {
    ColumnType type = Types.columnType(call.getType());
    List<Expression> elements = new ArrayList<>();
    for (RexNode operand : call.getOperands()) {
      elements.add(typing.as(translate(operand, inputs), type.elementType()));
    }
    return new Expression.Call("ARRAY", elements, type);
  }

  private Expression membership(RexCall call, List<Expression> inputs) {
    Expression value = translate(call.getOperands().get(0), inputs);
    Expression values = translate(call.getOperands().get(1), inputs);
    return new Expression.Call(
        "IN",
        List.of(value, typing.as(values, ColumnType.arrayOf(value.type().dataType()))),
        ColumnType.BOOLEAN);
  }

  private Expression arrayComparison(
      ArrayOperator comparison, RexCall call, List<Expression> inputs) {
    Expression array = translate(call.getOperands().getFirst(), inputs);
    List<Expression> operands = new ArrayList<>();
    operands.add(array);
    for (RexNode operand : call.getOperands().subList(1, call.getOperands().size())) {
      operands.add(element(translate(operand, inputs), array.type()));
    }
    Expression any = new Expression.Call(comparison.function(), operands, ColumnType.BOOLEAN);
    return comparison.isNegated() ? Expression.call("NOT", ColumnType.BOOLEAN, any) : any;
  }

  /// `scalar` as a value of the array's elements.
  private Expression element(Expression scalar, ColumnType arrayType) {
    ColumnType element = arrayType.elementType();
    ColumnType type = scalar.type();
    boolean lossy =
        type.isArray()
            || (element.dataType().isInteger()
                && type.dataType().isNumeric()
                && !type.dataType().isInteger())
            || (element.dataType().isNumeric() != type.dataType().isNumeric());
    if (lossy && !(scalar instanceof Expression.Literal literal && literal.value() == null)) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH,
          "An array of " + element + " cannot be compared with a value of type " + type + ".");
    }
    return typing.as(scalar, element);
  }

  private Expression cast(String function, RexCall call, List<Expression> inputs) {
    RexNode operand = call.getOperands().getFirst();
    RelDataType from = operand.getType();
    RelDataType to = call.getType();
    if (SqlTypeUtil.isInterval(from) || SqlTypeUtil.isInterval(to)) {
      return intervals.cast(call, inputs);
    }
    Expression value = translate(operand, inputs);
    ColumnType type = Types.columnType(to);
    Typing.checkElements(value.type(), type);
    Expression converted =
        function.equals("CAST") || Typing.isConstant(value) && value.type().equals(type)
            ? typing.as(value, type)
            : value.type().equals(type) ? value : Expression.call(function, type, value);
    if (type.equals(ColumnType.BIG_DECIMAL)) {
      return rescaled(converted, from, to);
    }
    if (type.equals(ColumnType.STRING) && SqlTypeUtil.inCharFamily(to)) {
      return cut(converted, from, to);
    }
    if (value.type().equals(ColumnType.TIME) && type.equals(ColumnType.TIMESTAMP)) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH,
          "A TIME cannot be cast to TIMESTAMP, since it has no day. Add intervals to a TIMESTAMP.");
    }
    if (type.equals(ColumnType.TIMESTAMP)
        && to.getPrecision() == 0
        && from.getSqlTypeName() != SqlTypeName.DATE
        && !(from.getSqlTypeName() == SqlTypeName.TIMESTAMP && from.getPrecision() == 0)) {
      return Expression.call("DATE_TRUNC", type, Literals.text("SECOND"), converted);
    }
    return converted;
  }

  /// Rounds to the scale of the target if the source may have more digits.
  private static Expression rescaled(Expression value, RelDataType from, RelDataType to) {
    boolean anyScale =
        to.getPrecision() == TypeSystem.DECIMAL_PRECISION
            && to.getScale() == TypeSystem.DECIMAL_SCALE;
    boolean fits =
        SqlTypeUtil.isIntType(from)
            || (from.getSqlTypeName() == SqlTypeName.DECIMAL && from.getScale() <= to.getScale());
    return anyScale || fits
        ? value
        : Expression.call(
            "ROUND",
            ColumnType.BIG_DECIMAL,
            value,
            new Expression.Literal((long) to.getScale(), ColumnType.INT));
  }

  /// Cuts to the length of the target if the source may be longer.
  private static Expression cut(Expression value, RelDataType from, RelDataType to) {
    int length = to.getPrecision();
    boolean bounded = length != RelDataType.PRECISION_NOT_SPECIFIED;
    boolean fits =
        SqlTypeUtil.inCharFamily(from)
            && from.getPrecision() != RelDataType.PRECISION_NOT_SPECIFIED
            && from.getPrecision() <= length;
    return !bounded || fits
        ? value
        : Expression.call(
            "SUBSTRING",
            ColumnType.STRING,
            value,
            new Expression.Literal(1L, ColumnType.INT),
            new Expression.Literal((long) length, ColumnType.INT));
  }
}
