package io.cuvee.calcite.validate;

import io.cuvee.calcite.catalog.Types;
import io.cuvee.calcite.operator.AggregateOperators;
import io.cuvee.calcite.operator.ArrayOperator;
import io.cuvee.calcite.operator.OperatorTable;
import io.cuvee.calcite.parser.LenientConformance;
import io.cuvee.calcite.parser.TextPosition;
import io.cuvee.common.catalog.VirtualColumns;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.common.function.AggregateReference;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.apache.calcite.config.NullCollation;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeFactory;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.runtime.CalciteException;
import org.apache.calcite.sql.SqlAggFunction;
import org.apache.calcite.sql.SqlBasicCall;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlSyntax;
import org.apache.calcite.sql.SqlWindow;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.fun.SqlCase;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.type.SqlTypeName;
import org.apache.calcite.sql.validate.SelectNamespace;
import org.apache.calcite.sql.validate.SelectScope;
import org.apache.calcite.sql.validate.SetopNamespace;
import org.apache.calcite.sql.validate.SqlMonotonicity;
import org.apache.calcite.sql.validate.SqlValidator;
import org.apache.calcite.sql.validate.SqlValidatorImpl;
import org.apache.calcite.sql.validate.SqlValidatorNamespace;
import org.apache.calcite.sql.validate.SqlValidatorScope;
import org.jspecify.annotations.Nullable;

/// Calcite's validator with our operators. A comparison of an array with a scalar becomes an
/// [ArrayOperator] as soon as the types are known. One instance serves one statement.
public final class Validator extends SqlValidatorImpl {
  private static final Config CONFIG =
      Config.DEFAULT
          .withConformance(LenientConformance.INSTANCE)
          .withDefaultNullCollation(NullCollation.HIGH)
          .withIdentifierExpansion(true)
          .withTypeCoercionFactory(TextCoercion::new);

  /// Where a [SqlWindow] has what its frame leaves out.
  private static final int EXCLUDE_OPERAND = 8;

  /// The CASEs whose results have been looked into; else each level of nesting would double the
  /// work.
  private final Set<SqlCase> inferred = Collections.newSetFromMap(new IdentityHashMap<>());

  /// The first rows of recursive queries.
  private final Set<SqlNode> seeds = Collections.newSetFromMap(new IdentityHashMap<>());

  public Validator(CalciteCatalogReader reader) {
    super(OperatorTable.INSTANCE, reader, Types.FACTORY, CONFIG);
  }

  /// A star does not stand for the virtual columns of a table.
  @Override
  protected void addToSelectList(
      List<SqlNode> list,
      Set<String> aliases,
      List<Map.Entry<String, RelDataType>> fields,
      SqlNode expression,
      SelectScope scope,
      boolean includeSystemVars) {
    if (!(expression instanceof SqlIdentifier name && isVirtualColumn(name, scope))) {
      super.addToSelectList(list, aliases, fields, expression, scope, includeSystemVars);
    }
  }

  private static boolean isVirtualColumn(SqlIdentifier name, SelectScope scope) {
    if (VirtualColumns.find(name.names.getLast()).isEmpty()) {
      return false;
    }
    SqlValidatorNamespace owner = scope.fullyQualify(name).namespace;
    return owner != null && owner.getTable() != null;
  }

  @Override
  public RelDataType deriveType(SqlValidatorScope scope, SqlNode expression) {
    useArrayOperator(scope, expression);
    if (expression instanceof SqlBasicCall call) {
      OperatorChoice.apply(call, operand -> deriveType(scope, operand));
    }
    return super.deriveType(scope, expression);
  }

  @Override
  protected void validateValues(SqlCall rows, RelDataType targetRowType, SqlValidatorScope scope) {
    ValuesRows.unify(rows, operand -> deriveType(scope, operand));
    super.validateValues(rows, targetRowType, scope);
  }

  /// Parameters get their types before the types of calls are derived.
  @Override
  protected void inferUnknownTypes(
      RelDataType inferredType, SqlValidatorScope scope, SqlNode expression) {
    useArrayOperator(scope, expression);
    if (expression instanceof SqlCase choice && inferred.add(choice)) {
      inferInResults(scope, choice);
    }
    super.inferUnknownTypes(inferredType, scope, expression);
  }

  /// Calcite derives the type of the whole CASE before it looks for parameters in its results.
  private void inferInResults(SqlValidatorScope scope, SqlCase choice) {
    List<@Nullable SqlNode> results = new ArrayList<>(choice.getThenOperands());
    results.add(choice.getElseOperand());
    for (SqlNode result : results) {
      if (result instanceof SqlCall) {
        inferUnknownTypes(unknownType, scope, result);
      }
    }
  }

  private void useArrayOperator(SqlValidatorScope scope, SqlNode expression) {
    if (expression instanceof SqlBasicCall call
        && call.operandCount() >= 2
        && ArrayOperator.of(call.getOperator()) != null
        && !(call.getOperator() instanceof ArrayOperator)
        && comparesArray(scope, call)) {
      call.setOperator(Objects.requireNonNull(ArrayOperator.of(call.getOperator())));
      RelDataType array = deriveType(scope, call.operand(0));
      RelDataType element =
          typeFactory.createTypeWithNullability(
              Objects.requireNonNull(array.getComponentType()), true);
      call.getOperandList().forEach(operand -> retype(operand, element));
    } else if (expression instanceof SqlBasicCall call
        && call.getOperator() instanceof SqlAggFunction function
        && call.operandCount() == 1
        && call.operand(0) instanceof SqlIdentifier column
        && !column.isStar()
        && isArray(scope, column)) {
      AggregateOperators.ofElements(function).ifPresent(call::setOperator);
    }
  }

  /// A `?` beside an array was taken for an array.
  private void retype(SqlNode operand, RelDataType element) {
    if (operand instanceof SqlNodeList list) {
      list.forEach(item -> retype(item, element));
    } else if (operand instanceof SqlDynamicParam) {
      setValidatedNodeType(operand, element);
    }
  }

  /// Whether an array is compared with a scalar. If so the array stands first afterwards.
  private boolean comparesArray(SqlValidatorScope scope, SqlBasicCall call) {
    SqlNode first = call.operand(0);
    SqlNode second = call.operand(1);
    if (isQuery(first) || isQuery(second)) {
      return false;
    }
    boolean left = isArray(scope, first);
    if (second instanceof SqlNodeList list) {
      return left && list.stream().noneMatch(item -> isQuery(item) || isArray(scope, item));
    }
    boolean right = isArray(scope, second);
    SqlOperator mirrored = mirrored(call.getKind());
    if (right && !left && mirrored != null) {
      call.setOperator(mirrored);
      call.setOperand(0, second);
      call.setOperand(1, first);
      return true;
    }
    return left && !right;
  }

  /// The comparison that holds for `b, a` when this kind holds for `a, b`.
  private static @Nullable SqlOperator mirrored(SqlKind kind) {
    return switch (kind) {
      case EQUALS -> SqlStdOperatorTable.EQUALS;
      case NOT_EQUALS -> SqlStdOperatorTable.NOT_EQUALS;
      case LESS_THAN -> SqlStdOperatorTable.GREATER_THAN;
      case LESS_THAN_OR_EQUAL -> SqlStdOperatorTable.GREATER_THAN_OR_EQUAL;
      case GREATER_THAN -> SqlStdOperatorTable.LESS_THAN;
      case GREATER_THAN_OR_EQUAL -> SqlStdOperatorTable.LESS_THAN_OR_EQUAL;
      default -> null;
    };
  }

  private static boolean isQuery(SqlNode node) {
    return node.isA(SqlKind.QUERY);
  }

  private boolean isArray(SqlValidatorScope scope, SqlNode node) {
    return !(node instanceof SqlDynamicParam)
        && !(node instanceof SqlNodeList)
        && deriveType(scope, node).getSqlTypeName() == SqlTypeName.ARRAY;
  }

  @Override
  protected SetopNamespace createSetopNamespace(SqlCall call, SqlNode enclosingNode) {
    if (enclosingNode instanceof SqlWithItem item && item.recursive.booleanValue()) {
      seeds.add(call.operand(0));
    }
    return super.createSetopNamespace(call, enclosingNode);
  }

  @Override
  protected SelectNamespace createSelectNamespace(SqlSelect select, SqlNode enclosingNode) {
    return new SelectNamespace(this, select, enclosingNode) {
      // What reads a recursive query has the types of its first rows, but later ones may hold NULL.
      @Override
      public RelDataType validateImpl(RelDataType targetRowType) {
        RelDataType type = super.validateImpl(targetRowType);
        return seeds.contains(select) ? open(type) : type;
      }

      // We have no use for the answer, and finding it takes time exponential in the depth of the
      // query.
      @Override
      public SqlMonotonicity getMonotonicity(String columnName) {
        return SqlMonotonicity.NOT_MONOTONIC;
      }
    };
  }

  /// The same columns, each of which may be NULL and have text of any length.
  private RelDataType open(RelDataType rowType) {
    RelDataTypeFactory.Builder fields = typeFactory.builder();
    for (RelDataTypeField field : rowType.getFieldList()) {
      RelDataType type = field.getType();
      fields.add(
          field.getName(),
          SqlTypeName.CHAR_TYPES.contains(type.getSqlTypeName())
              ? Types.relType(ColumnType.STRING, true)
              : typeFactory.createTypeWithNullability(type, true));
    }
    return fields.build();
  }

  /// A window that builds on a named one keeps its own frame, which Calcite forgets.
  @Override
  public SqlWindow resolveWindow(SqlNode windowOrRef, SqlValidatorScope scope) {
    SqlWindow resolved = super.resolveWindow(windowOrRef, scope);
    SqlWindow own =
        windowOrRef instanceof SqlIdentifier name
            ? scope.lookupWindow(name.getSimple())
            : (SqlWindow) windowOrRef;
    if (own != null && own.getRefName() != null) {
      resolved.setLowerBound(own.getLowerBound());
      resolved.setUpperBound(own.getUpperBound());
      resolved.setOperand(EXCLUDE_OPERAND, own.getExclude());
    }
    return resolved;
  }

  @Override
  public CalciteException handleUnresolvedFunction(
      SqlCall call,
      SqlOperator function,
      List<RelDataType> argumentTypes,
      @Nullable List<String> argumentNames) {
    SqlParserPos position = call.getParserPosition();
    String place = new TextPosition(position.getLineNum(), position.getColumnNum()).toString();
    String name = function.getName();
    List<SqlOperator> overloads = new ArrayList<>();
    getOperatorTable()
        .lookupOperatorOverloads(
            function.getNameAsId(),
            null,
            SqlSyntax.FUNCTION,
            overloads,
            getCatalogReader().nameMatcher());
    Optional<String> form =
        AggregateReference.find(name)
            .map(aggregate -> aggregate.name() + "(" + aggregate.arguments() + ")");
    if (form.isEmpty()
        && !overloads.isEmpty()
        && overloads.getFirst() instanceof SqlFunction known) {
      form = Optional.of(known.getAllowedSignatures().replace("'", ""));
    }
    if (form.isPresent()) {
      throw new CuveeException(
          ErrorCode.TYPE_MISMATCH,
          "Function "
              + name
              + " "
              + place
              + " does not take "
              + (argumentTypes.size() == 1 ? "1 argument" : argumentTypes.size() + " arguments")
              + ". Write it as "
              + form.get()
              + ".");
    }
    throw new CuveeException(
        ErrorCode.FUNCTION_NOT_FOUND,
        "Function '"
            + name
            + "' "
            + place
            + " does not exist."
            + Suggestions.didYouMean(name, OperatorTable.names()));
  }

  /// The type of a client's `?`, once the statement is validated.
  public @Nullable RelDataType typeOf(SqlDynamicParam parameter) {
    return ((SqlValidator) this).getValidatedNodeTypeIfKnown(parameter);
  }
}
