package io.cuvee.calcite.parser;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlCharStringLiteral;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlNodeList;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.fun.SqlStdOperatorTable;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/// `COLUMNS('regex')` and `COLUMNS(*)` in a select list: the expression around it for each column
/// of FROM whose name matches.
final class ColumnPattern {
  private ColumnPattern() {}

  static void expand(SqlSelect select, FromColumns known) {
    List<SqlNode> items = new ArrayList<>();
    boolean found = false;
    for (SqlNode item : select.getSelectList()) {
      SqlCall pattern = find(item);
      if (pattern == null) {
        items.add(item);
        continue;
      }
      found = true;
      List<FromColumns.Column> columns =
          known
              .of(select.getFrom())
              .orElseThrow(() ->
                  new CuveeException(
                      ErrorCode.FEATURE_NOT_SUPPORTED,
                      "COLUMNS is not supported for what this query reads. Name the columns."));
      Pattern names = pattern(pattern);
      int before = items.size();
      for (FromColumns.Column column : columns) {
        if (names.matcher(column.name()).find()) {
          items.add(with(item, pattern, column));
        }
      }
      if (items.size() == before) {
        throw new CuveeException(
            ErrorCode.COLUMN_NOT_FOUND, "No column matches COLUMNS('" + names + "').");
      }
    }
    if (found) {
      select.setSelectList(new SqlNodeList(items, select.getSelectList().getParserPosition()));
    }
  }

  private static @Nullable SqlCall find(@Nullable SqlNode node) {
    if (!(node instanceof SqlCall call) || call.isA(SqlKind.QUERY)) {
      return null;
    }
    if (call.getOperator() instanceof SqlFunction function
        && function.getName().equalsIgnoreCase("COLUMNS")
        && call.operandCount() == 1) {
      return call;
    }
    for (SqlNode operand : call.getOperandList()) {
      SqlCall found = find(operand);
      if (found != null) {
        return found;
      }
    }
    return null;
  }

  private static Pattern pattern(SqlCall call) {
    if (call.operand(0) instanceof SqlIdentifier star && star.isStar()) {
      return Pattern.compile("");
    }
    if (call.operand(0) instanceof SqlCharStringLiteral text) {
      try {
        return Pattern.compile(AggregateRewrite.text(text));
      } catch (PatternSyntaxException wrong) {
        throw new CuveeException(
            ErrorCode.SQL_VALIDATION,
            "COLUMNS takes a regular expression: " + wrong.getDescription() + ".",
            wrong);
      }
    }
    throw new CuveeException(
        ErrorCode.FEATURE_NOT_SUPPORTED, "COLUMNS takes a star, or a regular expression as text.");
  }

  private static SqlNode with(SqlNode item, SqlCall pattern, FromColumns.Column column) {
    SqlNode expression =
        Objects.requireNonNull(
            item.accept(
                new SqlShuttle() {
                  @Override
                  public @Nullable SqlNode visit(SqlCall call) {
                    return call == pattern || call.equals(pattern)
                        ? column.identifier(call.getParserPosition())
                        : super.visit(call);
                  }

                  @Override
                  public SqlNode visit(SqlIdentifier name) {
                    return name.clone(name.getParserPosition());
                  }
                }));
    if (expression instanceof SqlIdentifier || expression.getKind() == SqlKind.AS) {
      return expression;
    }
    String name =
        expression instanceof SqlCall call && call.getOperator() instanceof SqlFunction function
            ? function.getName().toLowerCase(Locale.ROOT) + "(" + column.name() + ")"
            : column.name();
    return SqlStdOperatorTable.AS.createCall(
        item.getParserPosition(), expression, new SqlIdentifier(name, item.getParserPosition()));
  }
}
