package io.cuvee.calcite.parser;

import io.cuvee.calcite.catalog.Types;
import io.cuvee.calcite.operator.ListMembership;
import io.cuvee.calcite.operator.NamedFunction;
import io.cuvee.calcite.operator.OperatorTable;
import io.cuvee.calcite.operator.TimeUnits;
import io.cuvee.calcite.operator.TypedParameter;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.function.AggregateReference;
import io.cuvee.common.function.DerivedFunction;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.sql.SqlBasicTypeNameSpec;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlFunctionCategory;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlIntervalQualifier;
import org.apache.calcite.sql.SqlJdbcFunctionCall;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlPivot;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSelectKeyword;
import org.apache.calcite.sql.SqlUnpivot;
import org.apache.calcite.sql.SqlUnresolvedFunction;
import org.apache.calcite.sql.SqlUserDefinedTypeNameSpec;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlLibraryOperators;
import org.apache.calcite.sql.fun.SqlPosixRegexOperator;
import org.apache.calcite.sql.fun.SqlQuantifyOperator;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/// Rewrites a syntax tree before it is validated: literals that the scan took out become typed
/// parameters, functions that the grammar knows become ours, and names of types and aggregates from
/// elsewhere become SQL's.
public final class SyntaxRewrite extends SqlShuttle {
  /// Which operand of a join it is.
  private static final int JOIN_CONDITION = 5;

  private static final Map<String, SqlTypeName> TYPE_NAMES =
      Map.ofEntries(
          Map.entry("INT", SqlTypeName.INTEGER),
          Map.entry("INT32", SqlTypeName.INTEGER),
          Map.entry("INT4", SqlTypeName.INTEGER),
          Map.entry("LONG", SqlTypeName.BIGINT),
          Map.entry("INT64", SqlTypeName.BIGINT),
          Map.entry("INT8", SqlTypeName.BIGINT),
          Map.entry("INT2", SqlTypeName.INTEGER),
          Map.entry("SHORT", SqlTypeName.INTEGER),
          Map.entry("SIGNED", SqlTypeName.BIGINT),
          Map.entry("INT1", SqlTypeName.INTEGER),
          Map.entry("UTINYINT", SqlTypeName.INTEGER),
          Map.entry("USMALLINT", SqlTypeName.INTEGER),
          Map.entry("UINTEGER", SqlTypeName.BIGINT),
          Map.entry("UBIGINT", SqlTypeName.DECIMAL),
          Map.entry("INT128", SqlTypeName.DECIMAL),
          Map.entry("HUGEINT", SqlTypeName.DECIMAL),
          Map.entry("UHUGEINT", SqlTypeName.DECIMAL),
          Map.entry("BLOB", SqlTypeName.VARBINARY),
          Map.entry("TIMESTAMPTZ", SqlTypeName.TIMESTAMP),
          Map.entry("TIMESTAMP_MS", SqlTypeName.TIMESTAMP),
          Map.entry("BPCHAR", SqlTypeName.VARCHAR),
          // SQL leaves its size open; here it is that of the columns of this name.
          Map.entry("FLOAT", SqlTypeName.REAL),
          Map.entry("FLOAT32", SqlTypeName.REAL),
          Map.entry("FLOAT4", SqlTypeName.REAL),
          Map.entry("FLOAT64", SqlTypeName.DOUBLE),
          Map.entry("FLOAT8", SqlTypeName.DOUBLE),
          Map.entry("BIG_DECIMAL", SqlTypeName.DECIMAL),
          Map.entry("NUMBER", SqlTypeName.DECIMAL),
          Map.entry("BOOL", SqlTypeName.BOOLEAN),
          Map.entry("STRING", SqlTypeName.VARCHAR),
          Map.entry("TEXT", SqlTypeName.VARCHAR),
          Map.entry("JSON", SqlTypeName.VARCHAR),
          Map.entry("BYTES", SqlTypeName.VARBINARY),
          Map.entry("BYTEA", SqlTypeName.VARBINARY),
          Map.entry("DATETIME", SqlTypeName.TIMESTAMP));

  private final Map<TextPosition, Integer> numbers = new HashMap<>();
  private final List<Literal> literals;
  private final Set<Integer> replaced = new HashSet<>();
  private final int clientParameters;
  private final Map<TextPosition, Integer> distinctKeys = new HashMap<>();
  private final Respelled respelled;
  private final String text;

  /// The queries whose columns are the result's; absent before the first node is seen.
  private @Nullable Set<SqlNode> outermost;

  private boolean isNamedByLiteral;
  private final FromColumns columns;

  /// @param literals to replace by parameters; empty to keep all
  /// @param catalog has the columns that a star stands for
  public SyntaxRewrite(Respelled respelled, List<Literal> literals, Catalog catalog) {
    this.columns = new FromColumns(catalog);
    ScannedStatement statement = respelled.statement();
    this.respelled = respelled;
    this.literals = literals;
    this.text = statement.text();
    this.clientParameters = statement.clientParameters();
    for (ScannedStatement.DistinctOn distinct : statement.distinctOns()) {
      distinctKeys.put(TextPosition.of(statement.text(), distinct.distinct()), distinct.keys());
    }
    for (int i = 0; i < literals.size(); i++) {
      numbers.put(TextPosition.of(statement.text(), literals.get(i).offset()), i);
    }
  }

  /// Whether each literal was found in the tree and replaced, and none is in a column's name.
  public boolean hasReplacedAll() {
    return replaced.size() == literals.size() && !isNamedByLiteral;
  }

  private @Nullable Integer numberOf(SqlNode node) {
    if (numbers.isEmpty()) {
      return null;
    }
    SqlParserPos position = node.getParserPosition();
    return numbers.get(new TextPosition(position.getLineNum(), position.getColumnNum()));
  }

  private SqlNode parameter(int number, SqlNode node) {
    replaced.add(number);
    return TypedParameter.call(
        number, Types.relType(literals.get(number).type(), false), node.getParserPosition());
  }

  @Override
  public SqlNode visit(SqlLiteral literal) {
    Integer number = literal.getValue() == null ? null : numberOf(literal);
    return number == null || literals.get(number).type().isArray()
        ? literal
        : parameter(number, literal);
  }

  @Override
  public SqlNode visit(SqlIdentifier identifier) {
    List<String> names = identifier.names.stream().map(Names::restored).toList();
    if (names.equals(identifier.names)) {
      return identifier;
    }
    List<SqlParserPos> positions = new ArrayList<>();
    for (int i = 0; i < names.size(); i++) {
      positions.add(identifier.getComponentParserPosition(i));
    }
    identifier.setNames(names, positions);
    return identifier;
  }

  @Override
  public SqlNode visit(SqlDataTypeSpec type) {
    boolean hasName =
        type.getTypeNameSpec() instanceof SqlUserDefinedTypeNameSpec
            || type.getTypeNameSpec() instanceof SqlBasicTypeNameSpec;
    if (hasName && type.getTypeName().isSimple()) {
      String name = Names.restored(type.getTypeName().getSimple());
      SqlTypeName known = TYPE_NAMES.get(name.toUpperCase(Locale.ROOT));
      if (known != null) {
        return new SqlDataTypeSpec(
            new SqlBasicTypeNameSpec(known, type.getParserPosition()), type.getParserPosition());
      }
      if (!name.equals(type.getTypeName().getSimple())) {
        SqlParserPos position = type.getParserPosition();
        return new SqlDataTypeSpec(
            new SqlUserDefinedTypeNameSpec(new SqlIdentifier(name, position), position), position);
      }
    }
    return type;
  }

  /// A type of this name in capitals, as in a schema or in SQL.
  ///
  /// @throws CuveeException `TYPE_MISMATCH` if there is none
  static SqlDataTypeSpec type(String name, SqlParserPos position) {
    SqlTypeName known = TYPE_NAMES.getOrDefault(name, SqlTypeName.get(name));
    if (known == null) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH,
          "There is no type '" + name + "'. Use INT, LONG, FLOAT, DOUBLE, BOOLEAN or STRING.");
    }
    return new SqlDataTypeSpec(new SqlBasicTypeNameSpec(known, position), position);
  }

  @Override
  public @Nullable SqlNode visit(SqlCall call) {
    if (call.getKind() == SqlKind.MINUS_PREFIX && call.operand(0) instanceof SqlLiteral) {
      Integer number = numberOf(call);
      if (number != null) {
        return parameter(number, call);
      }
    }
    if (call instanceof SqlOrderBy orderBy) {
      return orderBy(orderBy);
    }
    if (outermost == null) {
      outermost = SourceText.outermost(call);
    }
    if (call instanceof SqlSelect select) {
      SemiJoinSyntax.expand(select);
      ColumnPattern.expand(select, columns);
      WhereAliases.expand(select, columns);
      expandMarks(select, List.of());
      GroupingSyntax.expand(select);
      isNamedByLiteral |= SourceText.isNamedBy(select, text, literals);
      if (!outermost.contains(select)) {
        OuterColumns.separate(select, columns);
        SourceText.name(select, respelled);
      }
    }
    if (call.getKind() == SqlKind.MATCH_RECOGNIZE) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED, "MATCH_RECOGNIZE is not supported.");
    }
    if (call.getKind() == SqlKind.EXPLICIT_TABLE) {
      return wholeTable(call).accept(this);
    }
    if (call instanceof SqlPivot pivot) {
      SqlNode groups = PivotSyntax.expand(pivot, columns);
      return groups instanceof SqlPivot ? super.visit(call) : groups.accept(this);
    }
    if (call instanceof SqlUnpivot unpivot) {
      return super.visit(PivotSyntax.respell(unpivot, columns));
    }
    if (call.getKind() == SqlKind.AS
        && call.operandCount() > 2
        && call.operand(0) instanceof SqlUnpivot unpivot) {
      // Calcite counts the columns of its input.
      call.setOperand(0, selectAll(unpivot));
    }
    if (call.getKind() == SqlKind.TABLESAMPLE) {
      return Objects.requireNonNull(Sampling.expand(call).accept(this));
    }
    if (call.getKind() == SqlKind.ARRAY_QUERY_CONSTRUCTOR) {
      return Objects.requireNonNull(ArrayQuery.expand(call).accept(this));
    }
    if (call.getOperator() instanceof SqlPosixRegexOperator match) {
      return regularExpression(match, call);
    }
    if (call.getOperator().equals(SqlStdOperatorTable.BIT_LEFT_SHIFT)) {
      return bits(call);
    }
    if (call.getOperator() instanceof SqlQuantifyOperator
        && call.operand(1) instanceof SqlNodeList list
        && list.size() == 1
        && !list.get(0).isA(SqlKind.QUERY)) {
      return quantified(call, list.get(0));
    }
    if ((call.getKind() == SqlKind.LIKE || call.getKind() == SqlKind.SIMILAR)
        && call.operandCount() > 2
        && call.operand(2) instanceof SqlCharStringLiteral escape
        && AggregateRewrite.text(escape).isEmpty()) {
      return call.getOperator()
          .createCall(call.getParserPosition(), call.operand(0), call.operand(1))
          .accept(this);
    }
    if (call.getKind() == SqlKind.UNNEST && call.operandCount() == 1) {
      call.setOperand(0, elements(call.operand(0)));
    }
    if (JsonSyntax.isConstructor(call)) {
      // Before types are those that values have here, where JSON is text.
      return JsonSyntax.constructor(call).accept(this);
    }
    SqlNode compared = RowComparison.of(call);
    if (compared != null) {
      return compared.accept(this);
    }
    if (call.getKind() == SqlKind.AND || call.getKind() == SqlKind.OR) {
      List<SqlNode> terms = new ArrayList<>();
      collect(call, call.getKind(), terms);
      return balanced(call.getOperator(), terms);
    }
    if ((call.getKind() == SqlKind.IN || call.getKind() == SqlKind.NOT_IN)
        && call.operand(1) instanceof SqlNodeList list
        && !list.isEmpty()) {
      SqlNode membership = membership(call, list);
      if (membership != null) {
        return membership;
      }
    }
    if (call.getKind() == SqlKind.OVER
        && call.operand(0) instanceof SqlCall filter
        && filter.getKind() == SqlKind.FILTER
        && filter.operand(0) instanceof SqlCall aggregate) {
      SqlNode filtered = AggregateRewrite.filtered(aggregate, filter.operand(1));
      return call.getOperator()
          .createCall(call.getParserPosition(), filtered, call.operand(1))
          .accept(this);
    }
    if (call.getKind() == SqlKind.WITHIN_GROUP && call.operand(0) instanceof SqlCall inner) {
      // The inner call keeps its function until it is rewritten together with the order.
      SqlCall plain = (SqlCall) Objects.requireNonNull(super.visit(inner));
      SqlNodeList order = (SqlNodeList) Objects.requireNonNull(call.operand(1).accept(this));
      return AggregateRewrite.withinGroup(plain, order);
    }
    if (call instanceof SqlWith with) {
      columns.add(with);
    }
    boolean byName = UnionByName.takeMark(call);
    SqlNode visited = super.visit(PositionalJoin.of(AsOfJoin.of(call)));
    if (visited instanceof SqlJoin join) {
      SqlNode condition = join.getCondition();
      if (condition != null && SqlKind.QUERY.contains(condition.getKind())) {
        // As it is in WHERE; Calcite forgets it for ON.
        join.setOperand(
            JOIN_CONDITION,
            SqlStdOperatorTable.SCALAR_QUERY.createCall(condition.getParserPosition(), condition));
      }
    }
    if (visited instanceof SqlWindow window
        && window.getLowerBound() != null
        && window.getUpperBound() == null) {
      // As the standard has it; Calcite wants an order unless both are there.
      window.setUpperBound(SqlWindow.createCurrentRow(window.getParserPosition()));
    }
    if (visited instanceof SqlWithItem item) {
      CommonTables.adapt(item);
    } else if (visited instanceof SqlWith with) {
      CommonTables.respell(with);
    }
    if (visited instanceof SqlCall changed) {
      return byName ? UnionByName.expand(changed, columns) : function(changed);
    }
    return visited;
  }

  private SqlNode regularExpression(SqlPosixRegexOperator match, SqlCall call) {
    SqlParserPos position = call.getParserPosition();
    boolean negated = match.getName().startsWith("NEGATED");
    if (match.isCaseSensitive()) {
      SqlOperator matches = negated ? SqlLibraryOperators.NOT_RLIKE : SqlLibraryOperators.RLIKE;
      return Objects.requireNonNull(
          matches.createCall(position, call.getOperandList()).accept(this));
    }
    SqlNode matches =
        ours(
            "REGEXP_LIKE",
            position,
            Objects.requireNonNull(call.operand(0).accept(this)),
            Objects.requireNonNull(call.operand(1).accept(this)),
            SqlLiteral.createCharString("i", position));
    return negated ? SqlStdOperatorTable.NOT.createCall(position, matches) : matches;
  }

  /// An operator of bits: which one it is, the place between its operands says.
  private SqlNode bits(SqlCall call) {
    SqlParserPos left = call.operand(0).getParserPosition();
    SqlParserPos right = call.operand(1).getParserPosition();
    String function =
        respelled
            .operator(
                new TextPosition(left.getEndLineNum(), left.getEndColumnNum()).offset(text),
                new TextPosition(right.getLineNum(), right.getColumnNum()).offset(text))
            .orElse("BITSHIFTLEFT");
    return ours(
        function,
        call.getParserPosition(),
        Objects.requireNonNull(call.operand(0).accept(this)),
        Objects.requireNonNull(call.operand(1).accept(this)));
  }

  /// `x = ANY (array)` as `array = x`, which holds if some element compares so; `x = ALL (array)`
  /// as its opposite's opposite.
  private SqlNode quantified(SqlCall call, SqlNode array) {
    SqlQuantifyOperator operator = (SqlQuantifyOperator) call.getOperator();
    SqlParserPos position = call.getParserPosition();
    boolean all = call.getKind() == SqlKind.ALL;
    SqlKind kind = all ? operator.comparisonKind.negateNullSafe() : operator.comparisonKind;
    SqlOperator comparison =
        switch (kind) {
          case EQUALS -> SqlStdOperatorTable.EQUALS;
          case LESS_THAN -> SqlStdOperatorTable.LESS_THAN;
          case LESS_THAN_OR_EQUAL -> SqlStdOperatorTable.LESS_THAN_OR_EQUAL;
          case GREATER_THAN -> SqlStdOperatorTable.GREATER_THAN;
          case GREATER_THAN_OR_EQUAL -> SqlStdOperatorTable.GREATER_THAN_OR_EQUAL;
          default ->
              throw new CuveeException(
                  ErrorCode.FEATURE_NOT_SUPPORTED,
                  "This comparison with the elements of an array is not supported. Use = ANY,"
                      + " <> ALL, or UNNEST.");
        };
    SqlNode some =
        comparison.createCall(
            position,
            Objects.requireNonNull(call.operand(0).accept(this)),
            Objects.requireNonNull(array.accept(this)));
    return all ? SqlStdOperatorTable.NOT.createCall(position, some) : some;
  }

  /// `TABLE t` as the query that it is short for.
  private static SqlNode wholeTable(SqlCall call) {
    return selectAll(call.operand(0));
  }

  private static SqlNode selectAll(SqlNode from) {
    SqlParserPos position = from.getParserPosition();
    return select(position, List.of(SqlIdentifier.star(position)), from, null);
  }

  /// The rewritten terms of a chain of ANDs or ORs, which the parser leaves as deep as it is long.
  private void collect(SqlCall chain, SqlKind kind, List<SqlNode> terms) {
    Deque<SqlNode> rights = new ArrayDeque<>();
    SqlNode left = chain;
    while (left instanceof SqlCall call && call.getKind() == kind && call.operandCount() == 2) {
      rights.push(call.operand(1));
      left = call.operand(0);
    }
    terms.add(Objects.requireNonNull(left.accept(this)));
    while (!rights.isEmpty()) {
      SqlNode right = rights.pop();
      if (right instanceof SqlCall inner && inner.getKind() == kind) {
        collect(inner, kind, terms);
      } else {
        terms.add(Objects.requireNonNull(right.accept(this)));
      }
    }
  }

  /// A tree as flat as may be, so that nobody who walks it goes deep.
  private static SqlNode balanced(SqlOperator operator, List<SqlNode> terms) {
    if (terms.size() == 1) {
      return terms.getFirst();
    }
    int middle = terms.size() / 2;
    SqlNode left = balanced(operator, terms.subList(0, middle));
    SqlNode right = balanced(operator, terms.subList(middle, terms.size()));
    return operator.createCall(
        left.getParserPosition().plus(right.getParserPosition()), left, right);
  }

  /// Puts what our parser knows in the place of DISTINCT ON and GROUP BY ALL.
  private void expandMarks(SqlNode query, List<SqlNode> order) {
    if (query instanceof SqlWith with) {
      columns.add(with);
      expandMarks(with.body, order);
    } else if (query instanceof SqlSelect select) {
      if (DistinctOn.isMarked(select)) {
        SqlParserPos position = select.getSelectList().get(0).getParserPosition();
        Integer keys =
            distinctKeys.get(new TextPosition(position.getLineNum(), position.getColumnNum()));
        DistinctOn.expand(select, Objects.requireNonNull(keys), order);
      }
      StarColumns.expand(select, columns);
      MergedColumns.resolve(select, columns);
      GroupByAll.expand(select);
    }
  }

  private SqlNode orderBy(SqlOrderBy orderBy) {
    expandMarks(orderBy.query, orderBy.orderList.getList());
    SqlNodeList keys = OrderByAll.expand(orderBy, columns);
    SqlNode fetched = orderBy.fetch;
    SqlNode rows = orderBy.query;
    if (fetched != null && isAmong(respelled.ties(), fetched)) {
      rows = FetchedRows.tied(rows, keys.getList(), fetched, columns);
      fetched = null;
    } else if (fetched != null && isAmong(respelled.percentages(), fetched)) {
      rows = FetchedRows.percentage(rows, keys.getList(), fetched, orderBy.offset, columns);
      fetched = null;
    }
    SqlNode query = Objects.requireNonNull(rows.accept(this));
    SqlNodeList order = (SqlNodeList) Objects.requireNonNull(keys.accept(this));
    SqlNode offset = orderBy.offset == null ? null : count(orderBy.offset);
    SqlNode fetch = fetched == null ? null : count(fetched);
    return new SqlOrderBy(orderBy.getParserPosition(), query, order, offset, fetch);
  }

  private boolean isAmong(Set<Integer> offsets, SqlNode node) {
    SqlParserPos position = node.getParserPosition();
    return offsets.contains(
        new TextPosition(position.getLineNum(), position.getColumnNum()).offset(text));
  }

  private SqlNode count(SqlNode count) {
    Integer number = count instanceof SqlLiteral ? numberOf(count) : null;
    if (number == null) {
      return Objects.requireNonNull(count.accept(this));
    }
    replaced.add(number);
    // LIMIT and OFFSET take Calcite's own parameters only; ours are numbered after the client's.
    return new SqlDynamicParam(clientParameters + number, count.getParserPosition());
  }

  private @Nullable SqlNode membership(SqlCall call, SqlNodeList list) {
    Integer number = numberOf(list.get(0));
    if (number == null || !literals.get(number).type().isArray()) {
      return null;
    }
    SqlParserPos position = call.getParserPosition();
    SqlNode value = Objects.requireNonNull(call.operand(0).accept(this));
    SqlNode in = ListMembership.IN.createCall(position, value, parameter(number, list.get(0)));
    return call.getKind() == SqlKind.IN ? in : SqlStdOperatorTable.NOT.createCall(position, in);
  }

  private SqlNode function(SqlCall call) {
    if (!(call.getOperator() instanceof SqlFunction function)
        || function instanceof NamedFunction) {
      return call;
    }
    if (function instanceof SqlJdbcFunctionCall) {
      return escaped(call, function);
    }
    SqlParserPos position = call.getParserPosition();
    List<SqlNode> operands = call.getOperandList();
    String name = Names.restored(function.getName()).toUpperCase(Locale.ROOT);
    SqlNode aggregate = AggregateRewrite.apply(call, name);
    if (aggregate != null) {
      return aggregate;
    }
    Optional<DerivedFunction> derived = DerivedFunction.find(name, operands.size());
    if (derived.isPresent() && call.getFunctionQuantifier() == null) {
      return Expansion.of(
          derived.get(), position, operands, body -> Objects.requireNonNull(body.accept(this)));
    }
    return switch (name) {
      case "DISTINCTCOUNT",
          "DISTINCTCOUNTBITMAP",
          "DISTINCTCOUNTSMARTHLL",
          "SEGMENTPARTITIONEDDISTINCTCOUNT",
          "DISTINCTCOUNTMV" -> {
        if (!operands.isEmpty() && call.getFunctionQuantifier() == null) {
          yield SqlStdOperatorTable.COUNT.createCall(
              SqlSelectKeyword.DISTINCT.symbol(position), position, operands.subList(0, 1));
        }
        yield call;
      }
      case "SUMPRECISION" ->
          operands.size() == 1
              ? SqlStdOperatorTable.SUM.createCall(
                  position,
                  SqlStdOperatorTable.CAST.createCall(
                      position, operands.getFirst(), type("DECIMAL", position)))
              : call;
      case "COUNTMV" ->
          // The number of elements; 0 where there are none.
          operands.size() == 1
              ? ours(
                  "COALESCE",
                  position,
                  SqlStdOperatorTable.SUM.createCall(
                      position, ours("CARDINALITY", position, operands.getFirst())),
                  SqlLiteral.createExactNumeric("0", position))
              : call;
      case "IF" -> {
        yield operands.size() == 3
            ? new SqlCase(
                position,
                null,
                SqlNodeList.of(operands.get(0)),
                SqlNodeList.of(operands.get(1)),
                operands.get(2))
            : call;
      }
      case "CONCAT" -> {
        List<SqlNode> texts = new ArrayList<>(operands);
        texts.addFirst(SqlLiteral.createCharString("", position));
        yield ours("CONCAT_WS", position, texts.toArray(new SqlNode[0]));
      }
      case "LIST_VALUE", "LIST_PACK" ->
          SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(position, operands);
      case "REGEXPREPLACE" ->
          operands.size() == 3
              ? ours(
                  "REGEXP_REPLACE",
                  position,
                  operands.get(0),
                  operands.get(1),
                  operands.get(2),
                  SqlLiteral.createCharString("g", position))
              : call;
      case "DECODE" ->
          operands.size() < 3 ? named(call, "FROM_UTF8") : FunctionForms.decode(position, operands);
      case "AGO" -> FunctionForms.ago(call);
      case "TIME_BUCKET", "DATE_BIN" -> FunctionForms.timeBucket(call, name);
      case "LOOKUP" -> FunctionForms.lookup(call);
      case "NOW", "CURRENT_DATETIME", "LOCALTIME", "LOCALTIMESTAMP" -> {
        yield call;
      }
      case "DATE_TRUNC", "DATETRUNC", "TIMESTAMP_TRUNC", "DATETIME_TRUNC" -> {
        yield operands.size() == 2 && operands.get(1) instanceof SqlIntervalQualifier unit
            ? ours("DATE_TRUNC", position, unitLiteral(unit), operands.get(0))
            : named(call, name.equals("DATETRUNC") ? name : "DATE_TRUNC");
      }
      case "TIMESTAMP_ADD", "TIMESTAMPADD", "DATEADD", "DATE_ADD" -> {
        yield operands.size() == 3 && operands.get(0) instanceof SqlIntervalQualifier unit
            ? ours("TIMESTAMP_ADD", position, unitLiteral(unit), operands.get(1), operands.get(2))
            : named(call, "TIMESTAMP_ADD");
      }
      case "TIMESTAMP_DIFF",
          "TIMESTAMPDIFF",
          "DATEDIFF",
          "DATE_DIFF",
          "DATE_SUB",
          "DATETIME_DIFF" -> {
        if (operands.size() == 3 && operands.get(0) instanceof SqlIntervalQualifier unit) {
          yield ours(
              "TIMESTAMP_DIFF", position, unitLiteral(unit), operands.get(1), operands.get(2));
        }
        yield operands.size() == 3 && operands.get(2) instanceof SqlIntervalQualifier unit
            ? ours("TIMESTAMP_DIFF", position, unitLiteral(unit), operands.get(1), operands.get(0))
            : named(call, "TIMESTAMP_DIFF");
      }
      case "SUBSTR" -> SqlStdOperatorTable.SUBSTRING.createCall(position, operands);
      case "EXTRACT", "DATE_PART", "DATEPART" -> {
        yield operands.size() == 2 && operands.get(0) instanceof SqlIntervalQualifier unit
            ? ours("EXTRACT", position, unitLiteral(unit), operands.get(1))
            : named(call, "EXTRACT");
      }
      case "CAST", "TRY_CAST", "SAFE_CAST" -> FunctionForms.formatted(call, name);
      case "LIST_AGGREGATE", "LIST_AGGR", "ARRAY_AGGREGATE", "ARRAY_AGGR", "AGGREGATE" -> {
        yield operands.size() >= 2 && operands.get(1) instanceof SqlCharStringLiteral named
            ? ofElements(
                AggregateRewrite.text(named),
                operands.getFirst(),
                operands.subList(2, operands.size()))
            : call;
      }
      default -> {
        if (name.startsWith("LIST_")
            && !operands.isEmpty()
            && OperatorTable.function(name).isEmpty()
            && (AggregateReference.find(name.substring(5)).isPresent()
                || name.equals("LIST_PRODUCT"))) {
          yield ofElements(
              name.substring(5), operands.getFirst(), operands.subList(1, operands.size()));
        }
        String known = OperatorTable.known(name);
        yield known.equals(name) || !(function instanceof SqlUnresolvedFunction)
            ? named(call, name)
            : function(unresolved(known, call));
      }
    };
  }

  /// An array that has a type, also where NULL stands in its place, and then no elements.
  private static SqlNode elements(SqlNode array) {
    if (!(array instanceof SqlLiteral literal) || literal.getValue() != null) {
      return array;
    }
    SqlParserPos position = array.getParserPosition();
    SqlNode zero = SqlLiteral.createExactNumeric("0", position);
    SqlNode one = SqlLiteral.createExactNumeric("1", position);
    return ours(
        "ARRAY_SLICE",
        position,
        SqlStdOperatorTable.ARRAY_VALUE_CONSTRUCTOR.createCall(position, zero),
        one,
        zero);
  }

  /// An aggregate of an array's elements.
  private SqlNode ofElements(String aggregate, SqlNode array, List<SqlNode> more) {
    SqlParserPos position = array.getParserPosition();
    List<SqlNode> arguments = new ArrayList<>(more);
    arguments.addFirst(new SqlIdentifier("element$", position));
    SqlNode elements =
        SqlStdOperatorTable.AS.createCall(
            position,
            SqlStdOperatorTable.UNNEST.createCall(position, elements(array)),
            new SqlIdentifier("elements$", position),
            new SqlIdentifier("element$", position));
    SqlCall call =
        new SqlUnresolvedFunction(
                new SqlIdentifier(aggregate.toUpperCase(Locale.ROOT), position),
                null,
                null,
                null,
                null,
                SqlFunctionCategory.USER_DEFINED_FUNCTION)
            .createCall(position, arguments);
    SqlNode query =
        SqlStdOperatorTable.SCALAR_QUERY.createCall(
            position, select(position, List.of(function(call)), elements, null));
    SqlNode known = SqlStdOperatorTable.IS_NOT_NULL.createCall(position, Expansion.copy(array));
    return new SqlCase(
        position,
        null,
        SqlNodeList.of(known),
        SqlNodeList.of(query),
        SqlLiteral.createNull(position));
  }

  private static SqlCall unresolved(String name, SqlCall call) {
    return new SqlUnresolvedFunction(
            new SqlIdentifier(name, call.getParserPosition()),
            null,
            null,
            null,
            null,
            SqlFunctionCategory.USER_DEFINED_FUNCTION)
        .createCall(call.getFunctionQuantifier(), call.getParserPosition(), call.getOperandList());
  }

  static SqlSelect select(
      SqlParserPos position, List<SqlNode> items, SqlNode from, @Nullable SqlNode where) {
    return new SqlSelect(
        position,
        null,
        new SqlNodeList(items, position),
        from,
        where,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /// `{fn NAME(…)}` of JDBC.
  private SqlNode escaped(SqlCall call, SqlFunction function) {
    SqlParserPos position = call.getParserPosition();
    String name =
        function.getName().replaceAll("[{}]|(?i)\\bfn\\b", "").strip().toUpperCase(Locale.ROOT);
    List<SqlNode> operands = call.getOperandList();
    return switch (name) {
      case "CURDATE" -> SqlStdOperatorTable.CURRENT_DATE.createCall(position);
      case "LOCATE" -> SqlStdOperatorTable.POSITION.createCall(position, operands);
      case "LOG" -> ours("LN", position, operands.toArray(new SqlNode[0]));
      case "CEILING" -> SqlStdOperatorTable.CEIL.createCall(position, operands);
      case "FLOOR" -> SqlStdOperatorTable.FLOOR.createCall(position, operands);
      case "SUBSTRING" -> SqlStdOperatorTable.SUBSTRING.createCall(position, operands);
      case "CONVERT" -> call;
      default -> function(unresolved(name, call));
    };
  }

  /// The same call of our function of that name, if we have one.
  private static SqlNode named(SqlCall call, String name) {
    Optional<NamedFunction> ours = OperatorTable.function(name);
    return ours.isEmpty() || call.getFunctionQuantifier() != null
        ? call
        : ours.get().createCall(call.getParserPosition(), call.getOperandList());
  }

  static SqlNode ours(String name, SqlParserPos position, SqlNode... operands) {
    return OperatorTable.function(name).orElseThrow().createCall(position, operands);
  }

  private static SqlNode unitLiteral(SqlIntervalQualifier unit) {
    String name = unit.timeFrameName != null ? unit.timeFrameName : unit.getStartUnit().name();
    return SqlLiteral.createCharString(TimeUnits.canonical(name), unit.getParserPosition());
  }
}
