package io.cuvee.calcite.parser;

import io.cuvee.calcite.operator.NamedFunction;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlDataTypeSpec;
import org.apache.calcite.sql.SqlFunction;
import org.apache.calcite.sql.SqlJsonConstructorNullClause;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlLiteral;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.parser.SqlParserPos;

/// `JSON_OBJECT('a': 1)` and `JSON_ARRAY(1, 'b')` with their values as JSON.
final class JsonSyntax {
  /// Functions that give JSON, which is not put in quotes once more.
  private static final Set<String> JSON =
      Set.of("JSON_OBJECT", "JSON_ARRAY", "TO_JSON", "JSON_QUOTE", "ARRAY_TO_JSON");

  private JsonSyntax() {}

  static boolean isConstructor(SqlCall call) {
    return call.getOperator() instanceof SqlFunction function
        && !(function instanceof NamedFunction)
        && (name(function).equals("JSON_OBJECT") || name(function).equals("JSON_ARRAY"));
  }

  private static String name(SqlFunction function) {
    return Names.restored(function.getName()).toUpperCase(Locale.ROOT);
  }

  static SqlNode constructor(SqlCall call) {
    String name = name((SqlFunction) call.getOperator());
    SqlParserPos position = call.getParserPosition();
    List<SqlNode> operands = call.getOperandList();
    boolean marked =
        !operands.isEmpty()
            && operands.getFirst() instanceof SqlLiteral symbol
            && symbol.getValue() instanceof SqlJsonConstructorNullClause;
    boolean object = name.equals("JSON_OBJECT");
    boolean absent =
        marked
            ? ((SqlLiteral) operands.getFirst()).getValue()
                == SqlJsonConstructorNullClause.ABSENT_ON_NULL
            : !object;
    List<SqlNode> given = operands.subList(marked ? 1 : 0, operands.size());
    if (object && given.size() % 2 != 0) {
      throw new CuveeException(
          ErrorCode.SQL_VALIDATION,
          "JSON_OBJECT takes pairs of a key and a value, as in JSON_OBJECT('a': 1, 'b': 2).");
    }
    List<SqlNode> arguments = new ArrayList<>();
    arguments.add(SqlLiteral.createBoolean(absent, position));
    for (int i = 0; i < given.size(); i++) {
      boolean key = object && i % 2 == 0;
      arguments.add(key ? given.get(i) : json(given.get(i)));
    }
    return SyntaxRewrite.ours(name, position, arguments.toArray(new SqlNode[0]));
  }

  private static SqlNode json(SqlNode value) {
    if (value instanceof SqlCall call) {
      if (call.getOperator().getName().equals("FORMAT JSON")) {
        return call.operand(0);
      }
      boolean cast =
          call.getKind() == SqlKind.CAST
              && call.operand(1) instanceof SqlDataTypeSpec type
              && type.getTypeName().toString().equalsIgnoreCase("JSON");
      boolean function =
          call.getOperator() instanceof SqlFunction named && JSON.contains(name(named));
      if (cast || function) {
        return value;
      }
    }
    return SyntaxRewrite.ours("TO_JSON", value.getParserPosition(), value);
  }
}
