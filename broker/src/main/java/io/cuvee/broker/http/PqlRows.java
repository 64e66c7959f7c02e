package io.cuvee.broker.http;

import io.cuvee.broker.result.JsonOut;
import io.cuvee.calcite.pql.PqlForm;
import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.expression.TextForms;
import io.cuvee.execution.page.Page;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/// The rows of a PQL statement in the form of Pinot's old response, in which every value is text.
abstract sealed class PqlRows {
  final List<OutputColumn> columns;
  final JsonOut out;

  private PqlRows(List<OutputColumn> columns, JsonOut out) {
    this.columns = columns;
    this.out = out;
  }

  /// Begins the part of the response that holds rows.
  static PqlRows of(PqlForm form, List<OutputColumn> columns, JsonOut out) {
    return switch (form) {
      case PqlForm.Selection _ -> new Selected(columns, out);
      case PqlForm.Aggregation aggregation -> new Aggregated(aggregation, columns, out);
    };
  }

  abstract void add(Page page);

  /// Ends that part, with a comma behind it.
  abstract void end();

  final @Nullable Object cell(Page page, int column, int row) {
    return page.column(column).get(row);
  }

  /// The value as text, or as a list of texts.
  final void write(@Nullable Object value, int column, boolean real) {
    ColumnType type = columns.get(column).type();
    if (value instanceof List<?> elements) {
      ColumnType element = ColumnType.of(type.dataType());
      out.raw('[');
      for (int i = 0; i < elements.size(); i++) {
        out.raw(i == 0 ? "" : ",").string(text(elements.get(i), element, false));
      }
      out.raw(']');
    } else {
      out.string(text(value, type, real));
    }
  }

  private static String text(@Nullable Object value, ColumnType type, boolean real) {
    if (value == null) {
      return "null";
    }
    return switch (value) {
      case Long whole when real && type.dataType().isInteger() -> whole + ".00000";
      case Double number when real && Double.isFinite(number) ->
          String.format(Locale.ROOT, "%.5f", number);
      default -> TextForms.text(value, type);
    };
  }

  /// `"selectionResults":{"columns":["a"],"results":[["1"]]}`.
  private static final class Selected extends PqlRows {
    private boolean anyRow;

    Selected(List<OutputColumn> columns, JsonOut out) {
      super(columns, out);
      out.raw("\"selectionResults\":{\"columns\":[");
      for (int i = 0; i < columns.size(); i++) {
        out.raw(i == 0 ? "" : ",").string(columns.get(i).label());
      }
      out.raw("],\"results\":[");
    }

    @Override
    void add(Page page) {
      for (int row = 0; row < page.rowCount(); row++) {
        out.raw(anyRow ? ",[" : "[");
        anyRow = true;
        for (int i = 0; i < columns.size(); i++) {
          out.raw(i == 0 ? "" : ",");
          write(cell(page, i, row), i, columns.get(i).type().dataType() == DataType.DOUBLE);
        }
        out.raw(']');
      }
    }

    @Override
    void end() {
      out.raw("]},");
    }
  }

  /// `"aggregationResults":[{"function":"sum_x","value":"1.00000"}]`, or with groups
  /// `{"groupByResult":[{"value":"1.00000","group":["a"]}],"function":"sum_x","groupByColumns":["d"]}`.
  private static final class Aggregated extends PqlRows {
    private final PqlForm.Aggregation form;

    /// The rows that each function shows.
    private final List<TopRows> shown = new ArrayList<>();

    Aggregated(PqlForm.Aggregation form, List<OutputColumn> columns, JsonOut out) {
      super(columns, out);
      this.form = form;
      int keys = form.keys().size();
      if (form.sortsEach()) {
        for (int i = 0; i < form.functions().size(); i++) {
          shown.add(
              new TopRows(form.top(), keys, keys + i, form.functions().get(i).smallestFirst()));
        }
      } else {
        shown.add(new TopRows(form.top(), keys, -1, false));
      }
    }

    @Override
    void add(Page page) {
      for (int row = 0; row < page.rowCount(); row++) {
        @Nullable Object[] cells = new @Nullable Object[columns.size()];
        for (int i = 0; i < cells.length; i++) {
          cells[i] = cell(page, i, row);
        }
        shown.forEach(rows -> rows.add(cells));
      }
    }

    @Override
    void end() {
      out.raw("\"aggregationResults\":[");
      for (int i = 0; i < form.functions().size(); i++) {
        out.raw(i == 0 ? "{" : ",{");
        function(i, shown.get(form.sortsEach() ? i : 0).sorted());
        out.raw('}');
      }
      out.raw("],");
    }

    private void function(int index, List<@Nullable Object[]> rows) {
      PqlForm.Function function = form.functions().get(index);
      int column = form.keys().size() + index;
      if (form.keys().isEmpty()) {
        out.raw("\"function\":").string(function.name()).raw(",\"value\":");
        write(rows.isEmpty() ? null : rows.getFirst()[column], column, function.isReal());
        return;
      }
      out.raw("\"groupByResult\":[");
      for (int i = 0; i < rows.size(); i++) {
        out.raw(i == 0 ? "{\"value\":" : ",{\"value\":");
        write(rows.get(i)[column], column, function.isReal());
        out.raw(",\"group\":[");
        for (int key = 0; key < form.keys().size(); key++) {
          out.raw(key == 0 ? "" : ",");
          write(rows.get(i)[key], key, false);
        }
        out.raw("]}");
      }
      out.raw("],\"function\":").string(function.name()).raw(",\"groupByColumns\":[");
      for (int key = 0; key < form.keys().size(); key++) {
        out.raw(key == 0 ? "" : ",").string(form.keys().get(key));
      }
      out.raw(']');
    }
  }

  /// The first rows by one column, those of equal values by the keys; NULL is last. Without a
  /// column, rows as they come.
  private static final class TopRows {
    private final int count;
    private final boolean comesSorted;
    private final Comparator<@Nullable Object[]> order;
    private final List<@Nullable Object[]> all = new ArrayList<>();
    private final PriorityQueue<@Nullable Object[]> kept;

    TopRows(int count, int keys, int column, boolean smallestFirst) {
      this.count = count;
      this.comesSorted = column < 0;
      Comparator<Object> values = PqlRows::compare;
      Comparator<@Nullable Object[]> byValue =
          Comparator.comparing(
              row -> row[Math.max(0, column)],
              Comparator.nullsLast(smallestFirst ? values : values.reversed()));
      for (int key = 0; key < keys; key++) {
        int position = key;
        byValue = byValue.thenComparing(row -> row[position], Comparator.nullsLast(values));
      }
      this.order = byValue;
      this.kept = new PriorityQueue<>(byValue.reversed());
    }

    void add(@Nullable Object[] row) {
      if (comesSorted) {
        if (all.size() < count) {
          all.add(row);
        }
        return;
      }
      kept.add(row);
      if (kept.size() > count) {
        kept.poll();
      }
    }

    List<@Nullable Object[]> sorted() {
      if (!comesSorted) {
        all.addAll(kept);
        all.sort(order);
        kept.clear();
      }
      return all;
    }
  }

  private static int compare(Object a, Object b) {
    return switch (a) {
      case Long whole -> whole.compareTo((Long) b);
      case Double real -> real.compareTo((Double) b);
      case BigDecimal decimal -> decimal.compareTo((BigDecimal) b);
      case byte[] bytes -> java.util.Arrays.compareUnsigned(bytes, (byte[]) b);
      default -> a.toString().compareTo(b.toString());
    };
  }
}
