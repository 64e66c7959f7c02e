package io.cuvee.calcite.plan;

import io.cuvee.calcite.catalog.SchemaTree;
import io.cuvee.calcite.catalog.Types;
import io.cuvee.calcite.parser.Respelled;
import io.cuvee.calcite.parser.ScannedStatement;
import io.cuvee.calcite.parser.StatementParser;
import io.cuvee.calcite.parser.SyntaxRewrite;
import io.cuvee.calcite.rule.Relational;
import io.cuvee.calcite.translate.ExplainText;
import io.cuvee.calcite.translate.PlanTranslator;
import io.cuvee.calcite.translate.Slots;
import io.cuvee.calcite.validate.ValidationErrors;
import io.cuvee.calcite.validate.Validator;
import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.LimitPushdown;
import io.cuvee.common.plan.PlanNode;
import io.cuvee.common.plan.QueryPlan;
import io.cuvee.common.type.ColumnType;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.calcite.prepare.CalciteCatalogReader;
import org.apache.calcite.rel.RelNode;
import org.apache.calcite.rel.type.RelDataType;
import org.apache.calcite.rel.type.RelDataTypeField;
import org.apache.calcite.runtime.CalciteContextException;
import org.apache.calcite.runtime.CalciteException;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDynamicParam;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlOrderBy;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/// The way of a statement that is not in the cache: parser, validator, relational expression,
/// rules, translation.
final class Compiler {
  private static final Pattern UNGROUPED =
      Pattern.compile("Identifier '(.*)' is not a group expr", Pattern.DOTALL);

  private Compiler() {}

  /// The plan with the literals that the scan found as parameters, or absent if some of them must
  /// stay.
  static Optional<CompiledPlan> compileShape(ScannedStatement statement, SchemaTree schemas) {
    try {
      return compile(statement, schemas, true);
    } catch (CuveeException needsLiterals) {
      // As a parameter some literal is not what it was. With its literals the statement is planned,
      // or fails with the
      // message that it deserves.
      return Optional.empty();
    }
  }

  /// The plan with all literals in it.
  static CompiledPlan compileWhole(ScannedStatement statement, SchemaTree schemas) {
    return compile(statement, schemas, false).orElseThrow();
  }

  private static Optional<CompiledPlan> compile(
      ScannedStatement scanned, SchemaTree schemas, boolean withParameters) {
    Respelled respelled = Respelled.of(scanned);
    try {
      return compile(respelled, schemas, withParameters);
    } catch (CuveeException e) {
      String message = respelled.withOriginalPlaces(String.valueOf(e.getMessage()));
      throw message.equals(e.getMessage()) ? e : new CuveeException(e.code(), message, e);
    }
  }

  private static Optional<CompiledPlan> compile(
      Respelled respelled, SchemaTree schemas, boolean withParameters) {
    ScannedStatement statement = respelled.statement();
    try {
      SqlNode parsed = StatementParser.parse(statement);
      SyntaxRewrite rewrite =
          new SyntaxRewrite(
              respelled, withParameters ? statement.literals() : List.of(), schemas.catalog());
      SqlNode rewritten = Objects.requireNonNull(parsed.accept(rewrite));
      if (!rewrite.hasReplacedAll()) {
        return Optional.empty();
      }
      return Optional.of(plan(respelled, schemas, rewritten, !withParameters));
    } catch (CalciteContextException e) {
      throw new ValidationErrors(schemas.catalog(), statement.text()).translate(e);
    } catch (CalciteException e) {
      throw new CuveeException(ErrorCode.SQL_VALIDATION, e.getMessage() + ".", e);
    } catch (StackOverflowError e) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "The statement is nested too deeply to be planned. Split it.",
          e);
    } catch (CuveeException e) {
      throw e;
    } catch (RuntimeException | AssertionError e) {
      throw unplannable(e);
    }
  }

  private static CuveeException unplannable(Throwable failure) {
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      if (cause instanceof CuveeException ours) {
        return ours;
      }
      Matcher column = UNGROUPED.matcher(String.valueOf(cause.getMessage()));
      if (column.matches()) {
        return new CuveeException(
            ErrorCode.FEATURE_NOT_SUPPORTED,
            "A sub-query reads '"
                + column.group(1)
                + "' of each row of the outer query, which has groups instead. Group by it, or compute"
                + " the aggregate of it in the outer query.",
            failure);
      }
    }
    return new CuveeException(
        ErrorCode.FEATURE_NOT_SUPPORTED,
        "The statement uses a combination of features that cannot be planned yet. Try to write it"
            + " with fewer nested queries.",
        failure);
  }

  private static CompiledPlan plan(
      Respelled statement, SchemaTree schemas, SqlNode rewritten, boolean beside) {
    CalciteCatalogReader reader = schemas.reader();
    Validator validator = new Validator(reader);
    SqlNode validated = validator.validate(rewritten);
    List<ColumnType> clientTypes =
        clientTypes(validated, validator, statement.statement().clientParameters());
    Relational relational = new Relational();
    RelNode rel = relational.plan(validated, validator, reader, beside);
    Slots slots = new Slots();
    PlanTranslator translator = new PlanTranslator(relational.rexBuilder(), slots, clientTypes);
    PlanNode root = LimitPushdown.apply(translator.translate(rel));
    List<QueryPlan.OutputColumn> columns =
        columns(statement, schemas.catalog(), validator, validated, root);
    List<ColumnType> parameterTypes = new ArrayList<>();
    translator.slots().forEach(slot -> parameterTypes.add(slot.to()));
    QueryPlan plan =
        new QueryPlan(root, columns, parameterTypes, translator.tables(), ExplainText.of(root));
    return new CompiledPlan(plan, translator.slots(), clientTypes);
  }

  private static List<QueryPlan.OutputColumn> columns(
      Respelled statement, Catalog catalog, Validator validator, SqlNode validated, PlanNode root) {
    RelDataType rowType = validator.getValidatedNodeType(validated);
    List<String> labels = Labels.of(statement, validated, rowType);
    List<List<String>> origins = validator.getFieldOrigins(validated);
    List<QueryPlan.OutputColumn> columns = new ArrayList<>();
    for (RelDataTypeField field : rowType.getFieldList()) {
      int index = field.getIndex();
      columns.add(
          new QueryPlan.OutputColumn(
              labels.get(index),
              root.types().get(index),
              field.getType().isNullable(),
              table(catalog, origins.get(index))));
    }
    return columns;
  }

  /// The table that a column comes from unchanged, with its schema unless that is the default:
  /// catalog, schema, table, column.
  private static @Nullable String table(Catalog catalog, @Nullable List<String> origin) {
    if (origin == null || origin.size() < 2) {
      return null;
    }
    String name = origin.get(origin.size() - 2);
    if (origin.size() > 2 && !origin.get(origin.size() - 3).equals(SchemaTree.DEFAULT_SCHEMA)) {
      name = origin.get(origin.size() - 3) + "." + name;
    }
    return catalog.table(name).map(Catalog.Table::name).orElse(name);
  }

  private static List<ColumnType> clientTypes(SqlNode statement, Validator validator, int count) {
    if (count == 0) {
      return List.of();
    }
    @Nullable ColumnType[] types = new @Nullable ColumnType[count];
    statement.accept(
        new SqlBasicVisitor<@Nullable Void>() {
          @Override
          public @Nullable Void visit(SqlCall call) {
            if (call instanceof SqlOrderBy orderBy) {
              count(orderBy.offset);
              count(orderBy.fetch);
            } else if (call instanceof SqlSelect select) {
              count(select.getOffset());
              count(select.getFetch());
            }
            return super.visit(call);
          }

          // LIMIT and OFFSET may be large, whatever Calcite thinks.
          private void count(@Nullable SqlNode node) {
            if (node instanceof SqlDynamicParam parameter && parameter.getIndex() < count) {
              types[parameter.getIndex()] = ColumnType.LONG;
            }
          }

          @Override
          public @Nullable Void visit(SqlDynamicParam parameter) {
            RelDataType type = validator.typeOf(parameter);
            int index = parameter.getIndex();
            if (index < count && type != null && types[index] == null) {
              types[index] = Types.columnType(type);
            }
            return null;
          }
        });
    List<ColumnType> known = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ColumnType type = types[i];
      if (type == null) {
        throw new CuveeException(
            ErrorCode.TYPE_MISMATCH,
            "The type of parameter " + (i + 1) + " (?) is not known. Write CAST(? AS type).");
      }
      known.add(type);
    }
    return known;
  }
}
