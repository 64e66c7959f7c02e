package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlJoin;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlOperator;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.SqlWith;
import org.apache.calcite.sql.SqlWithItem;
import org.apache.calcite.sql.parser.SqlParserPos;
import org.apache.calcite.sql.util.SqlBasicVisitor;
import org.jspecify.annotations.Nullable;

/// Brings the queries of WITH into the form that the validator knows. Those of WITH RECURSIVE that
/// do not read themselves are plain ones, the others a UNION of a SELECT and what reads the query.
final class CommonTables {
  private CommonTables() {}

  /// Gives what reads a query of WITH the spelling of its name, which is taken as it stands.
  static void respell(SqlWith with) {
    for (int i = 0; i < with.withList.size(); i++) {
      String name = ((SqlWithItem) with.withList.get(i)).name.getSimple();
      with.withList.subList(i + 1, with.withList.size()).forEach(later -> reads(later, name));
      reads(with.body, name);
    }
  }

  /// Changes `item` in place.
  ///
  /// @throws CuveeException `FEATURE_NOT_SUPPORTED` if it reads itself in another form
  static void adapt(SqlWithItem item) {
    if (!item.recursive.booleanValue()) {
      return;
    }
    String name = item.name.getSimple();
    SqlParserPos position = item.getParserPosition();
    if (!reads(item.query, name)) {
      item.recursive = SqlLiteral.createBoolean(false, position);
    } else if (item.query instanceof SqlWith with && !reads(with.withList, name)) {
      with.body = union(with.body, name);
    } else {
      item.query = union(item.query, name);
    }
  }

  private static SqlNode union(SqlNode query, String name) {
    if (query.getKind() != SqlKind.UNION) {
      throw unfit(name);
    }
    SqlOperator operator = ((SqlCall) query).getOperator();
    List<SqlNode> terms = new ArrayList<>();
    collect(query, operator, terms);
    int first = 0;
    while (first < terms.size() && !reads(terms.get(first), name)) {
      first++;
    }
    if (first == 0 || !terms.subList(first, terms.size()).stream().allMatch(t -> reads(t, name))) {
      throw unfit(name);
    }
    SqlNode seed = chain(operator, terms.subList(0, first));
    return operator.createCall(
        query.getParserPosition(),
        seed instanceof SqlSelect ? seed : selectAll(seed),
        chain(operator, terms.subList(first, terms.size())));
  }

  private static CuveeException unfit(String name) {
    return new CuveeException(
        ErrorCode.FEATURE_NOT_SUPPORTED,
        "The recursive query '"
            + name
            + "' must have the form: first rows UNION [ALL] a query that reads "
            + name
            + ". ORDER BY and LIMIT belong behind the WITH.");
  }

  /// The queries of `a UNION b UNION c`, which the parser nests to the left.
  private static void collect(SqlNode query, SqlOperator operator, List<SqlNode> terms) {
    if (query instanceof SqlCall call && call.getOperator().equals(operator)) {
      call.getOperandList().forEach(operand -> collect(operand, operator, terms));
    } else {
      terms.add(query);
    }
  }

  private static SqlNode chain(SqlOperator operator, List<SqlNode> terms) {
    SqlNode chain = terms.getFirst();
    for (SqlNode term : terms.subList(1, terms.size())) {
      chain =
          operator.createCall(
              chain.getParserPosition().plus(term.getParserPosition()), chain, term);
    }
    return chain;
  }

  private static SqlNode selectAll(SqlNode query) {
    SqlParserPos position = query.getParserPosition();
    return new SqlSelect(
        position,
        null,
        SqlNodeList.of(SqlIdentifier.star(position)),
        query,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null,
        null);
  }

  /// Whether a query of this name is read in `query`, and no other of that name stands in between.
  /// Gives such references the spelling of `name`.
  private static boolean reads(SqlNode query, String name) {
    boolean[] found = new boolean[1];
    query.accept(
        new SqlBasicVisitor<@Nullable Void>() {
          @Override
          public @Nullable Void visit(SqlCall call) {
            if (call instanceof SqlWith with) {
              return visit(with);
            }
            if (call instanceof SqlSelect select && select.getFrom() != null) {
              table(select.getFrom());
            } else if (call.getKind() == SqlKind.EXPLICIT_TABLE) {
              table(call.operand(0));
            }
            return super.visit(call);
          }

          private @Nullable Void visit(SqlWith with) {
            for (SqlNode node : with.withList) {
              SqlWithItem item = (SqlWithItem) node;
              boolean hides = item.name.getSimple().equalsIgnoreCase(name);
              if (!hides || !item.recursive.booleanValue()) {
                item.query.accept(this);
              }
              if (hides) {
                return null;
              }
            }
            return with.body.accept(this);
          }

          private void table(SqlNode from) {
            if (from instanceof SqlJoin join) {
              table(join.getLeft());
              table(join.getRight());
            } else if (from.getKind() == SqlKind.AS || from.getKind() == SqlKind.TABLE_REF) {
              table(((SqlCall) from).operand(0));
            } else if (from instanceof SqlIdentifier table
                && table.isSimple()
                && table.getSimple().equalsIgnoreCase(name)) {
              table.setNames(List.of(name), List.of(table.getParserPosition()));
              found[0] = true;
            }
          }
        });
    return found[0];
  }
}
