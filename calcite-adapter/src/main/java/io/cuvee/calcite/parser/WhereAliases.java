package io.cuvee.calcite.parser;

import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.apache.calcite.sql.SqlCall;
import org.apache.calcite.sql.SqlIdentifier;
import org.apache.calcite.sql.SqlKind;
import org.apache.calcite.sql.SqlNode;
import org.apache.calcite.sql.SqlSelect;
import org.apache.calcite.sql.util.SqlShuttle;
import org.jspecify.annotations.Nullable;

/// `SELECT a + 1 AS b … WHERE b > 2`: in WHERE a name of the select list stands for its expression,
/// unless what the query reads has a column of that name.
final class WhereAliases {
  private WhereAliases() {}

  static void expand(SqlSelect select, FromColumns known) {
    SqlNode where = select.getWhere();
    Map<String, SqlNode> aliases = where == null ? Map.of() : aliases(select);
    if (where == null || aliases.isEmpty()) {
      return;
    }
    Optional<List<FromColumns.Column>> columns = known.of(select.getFrom());
    if (columns.isEmpty()) {
      return;
    }
    columns.get().forEach(column -> aliases.remove(column.name().toLowerCase(Locale.ROOT)));
    if (!aliases.isEmpty()) {
      select.setWhere(where.accept(new Substitution(aliases)));
    }
  }

  private static Map<String, SqlNode> aliases(SqlSelect select) {
    Map<String, SqlNode> aliases = new HashMap<>();
    for (SqlNode item : select.getSelectList()) {
      if (item.getKind() == SqlKind.AS
          && ((SqlCall) item).operand(1) instanceof SqlIdentifier alias
          && alias.isSimple()) {
        aliases.putIfAbsent(
            Names.restored(alias.getSimple()).toLowerCase(Locale.ROOT),
            ((SqlCall) item).operand(0));
      }
    }
    return aliases;
  }

  private static final class Substitution extends SqlShuttle {
    private final Map<String, SqlNode> aliases;

    Substitution(Map<String, SqlNode> aliases) {
      this.aliases = aliases;
    }

    @Override
    public @Nullable SqlNode visit(SqlCall call) {
      // Queries within have columns of their own.
      return call.isA(SqlKind.QUERY) ? call : super.visit(call);
    }

    @Override
    public SqlNode visit(SqlIdentifier name) {
      if (!name.isSimple()) {
        return name;
      }
      String key = Names.restored(name.getSimple()).toLowerCase(Locale.ROOT);
      SqlNode expression = aliases.get(key);
      if (expression == null) {
        return name;
      }
      // An alias may build on others, but not on itself.
      Map<String, SqlNode> others = new HashMap<>(aliases);
      others.remove(key);
      return Objects.requireNonNull(Expansion.copy(expression).accept(new Substitution(others)));
    }
  }
}
