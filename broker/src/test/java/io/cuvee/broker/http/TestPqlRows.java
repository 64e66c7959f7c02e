package io.cuvee.broker.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.broker.result.JsonOut;
import io.cuvee.calcite.pql.PqlForm;
import io.cuvee.calcite.pql.PqlStatement;
import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TestPqlRows {
  private static String json(
      String pql, List<ColumnType> types, List<List<@Nullable Object>> rows) {
    List<OutputColumn> columns = new ArrayList<>();
    List<Values> values = new ArrayList<>();
    for (int i = 0; i < types.size(); i++) {
      columns.add(new OutputColumn("c" + i, types.get(i), true, null));
      ValuesBuilder builder = ValuesBuilder.of(types.get(i), rows.size());
      for (List<@Nullable Object> row : rows) {
        builder.appendObject(
            row.get(i) instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : row.get(i));
      }
      values.add(builder.build());
    }
    JsonOut out = new JsonOut(16);
    PqlForm form = PqlStatement.toForm(pql);
    PqlRows pqlRows = PqlRows.of(form, columns, out);
    pqlRows.add(new Page(rows.size(), values));
    pqlRows.end();
    return new String(out.toByteArray(), StandardCharsets.UTF_8);
  }

  @Test
  void eachFunctionShowsItsOwnFirstGroups() {
    List<List<@Nullable Object>> groups = new ArrayList<>();
    groups.add(java.util.Arrays.asList("a", 1L, 30L, null));
    groups.add(java.util.Arrays.asList("b", 2L, 20L, 0.5));
    groups.add(java.util.Arrays.asList(null, 2L, 10L, 2.0));
    assertThat(
            json(
                "SELECT count(*), min(x), avg(x) FROM t GROUP BY d TOP 2",
                List.of(ColumnType.STRING, ColumnType.LONG, ColumnType.LONG, ColumnType.DOUBLE),
                groups))
        .isEqualTo(
            "\"aggregationResults\":["
                + "{\"groupByResult\":[{\"value\":\"2\",\"group\":[\"b\"]},{\"value\":\"2\",\"group\":[\"null\"]}],"
                + "\"function\":\"count_star\",\"groupByColumns\":[\"d\"]},"
                + "{\"groupByResult\":[{\"value\":\"10.00000\",\"group\":[\"null\"]},{\"value\":\"20.00000\",\"group\":[\"b\"]}],"
                + "\"function\":\"min_x\",\"groupByColumns\":[\"d\"]},"
                + "{\"groupByResult\":[{\"value\":\"2.00000\",\"group\":[\"null\"]},{\"value\":\"0.50000\",\"group\":[\"b\"]}],"
                + "\"function\":\"avg_x\",\"groupByColumns\":[\"d\"]}],");
  }

  @Test
  void aggregatesWithoutGroupsHaveOneValue() {
    assertThat(
            json(
                "SELECT count(*), max(x) FROM t",
                List.of(ColumnType.LONG, ColumnType.DOUBLE),
                List.of(java.util.Arrays.asList(0L, null))))
        .isEqualTo(
            "\"aggregationResults\":[{\"function\":\"count_star\",\"value\":\"0\"},"
                + "{\"function\":\"max_x\",\"value\":\"null\"}],");
  }

  @Test
  void selectedRowsAreTexts() {
    assertThat(
            json(
                "SELECT a, b FROM t",
                List.of(ColumnType.INT, ColumnType.STRING),
                List.of(List.of(1L, "ä\"b"), java.util.Arrays.asList(null, ""))))
        .isEqualTo(
            "\"selectionResults\":{\"columns\":[\"c0\",\"c1\"],\"results\":[[\"1\",\"ä\\\"b\"],[\"null\",\"\"]]},");
  }
}
