package io.cuvee.ingest.transform;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.IngestionConfig;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.execution.page.Values;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a table's `ingestionConfig` makes of rows before they are stored: columns that a row has no
/// value for are computed from its other fields, also from those that are no columns, and rows that
/// a condition is true of are left out. Immutable and thread-safe.
///
/// What becomes of a row depends on that row alone, so that all replicas store the same.
public final class IngestionRules {
  private final Schema stored;
  private final Schema source;
  private final List<ComputedField> transforms;
  private final List<ComputedField> metrics;
  private final Optional<Evaluator> filter;

  /// Columns whose defaults are filled in after the others were computed.
  private final List<Integer> late;

  private final Optional<Rollup> rollup;
  private final Optional<NestedFields> nested;

  /// Where rows go that cannot be stored.
  @FunctionalInterface
  public interface Rejected {
    /// @param row of the page that came in
    void reject(int row, String reason);
  }

  /// @param rows which rows of the page that came in these are, ascending
  public record Shaped(Page page, int[] rows) {}

  IngestionRules(
      Schema stored,
      Schema source,
      List<ComputedField> transforms,
      List<ComputedField> metrics,
      Optional<Evaluator> filter,
      List<Integer> late,
      Optional<Rollup> rollup,
      Optional<NestedFields> nested) {
    this.stored = stored;
    this.source = source;
    this.transforms = transforms;
    this.metrics = metrics;
    this.filter = filter;
    this.late = late;
    this.rollup = rollup;
    this.nested = nested;
  }

  /// Those of a table that stores rows as they come.
  public static IngestionRules none(Schema schema) {
    return flattening(schema, Optional.empty());
  }

  private static IngestionRules flattening(Schema schema, Optional<NestedFields> nested) {
    return new IngestionRules(
        schema,
        schema,
        List.of(),
        List.of(),
        Optional.empty(),
        List.of(),
        Optional.empty(),
        nested);
  }

  /// @throws CuveeException `INVALID_TABLE` that names the column, `FEATURE_NOT_SUPPORTED`
  public static IngestionRules of(TableConfig table, Schema schema) {
    IngestionConfig config = table.ingestion();
    if (config.complexTypes().isPresent() && table.keys().isPresent()) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Table '"
              + table.logicalName()
              + "': ingestionConfig: complexTypeConfig does not go with upsertConfig or dedupConfig.");
    }
    if (config.transforms().isEmpty()
        && config.filter().isEmpty()
        && config.aggregations().isEmpty()) {
      return flattening(schema, config.complexTypes().map(NestedFields::new));
    }
    return new RulesReader(table, schema).rules();
  }

  /// What readers and decoders look for in files and messages: the columns as they may come, then
  /// fields that are read only to compute others.
  public Schema source() {
    return source;
  }

  /// What makes rows of records with records and lists in them; absent if these are values.
  public Optional<NestedFields> nested() {
    return nested;
  }

  private boolean storesAsTheyCome() {
    return transforms.isEmpty() && metrics.isEmpty() && filter.isEmpty();
  }

  /// Makes of rows of the source those that are stored.
  ///
  /// @param rejected is told of rows that cannot be stored; those that are left out are no news
  public Shaped shape(Page raw, Rejected rejected) {
    if (storesAsTheyCome()) {
      return new Shaped(raw, all(raw.rowCount()));
    }
    return new Shaping(raw, rejected).shaped();
  }

  /// The rows of a file, of which each must be stored or be left out.
  ///
  /// @param file for messages
  public PageSource shape(PageSource raw, String file) {
    return storesAsTheyCome() ? raw : new ShapedSource(raw, file);
  }

  private final class ShapedSource implements PageSource {
    private final PageSource raw;
    private final String file;
    private long before;

    ShapedSource(PageSource raw, String file) {
      this.raw = raw;
      this.file = file;
    }

    @Override
    public @Nullable Page next() {
      Page page = raw.next();
      if (page == null) {
        return null;
      }
      Shaped shaped =
          shape(
              page,
              (row, reason) -> {
                throw new CuveeException(
                    ErrorCode.INVALID_INPUT, file + ", row " + (before + row + 1) + ": " + reason);
              });
      before += page.rowCount();
      return shaped.page();
    }

    @Override
    public void close() {
      raw.close();
    }
  }

  private static int[] all(int count) {
    int[] rows = new int[count];
    Arrays.setAll(rows, row -> row);
    return rows;
  }

  /// Rows that may be stored one by one as the fewer rows that a sealed segment has of them.
  public Optional<Rollup> rollup() {
    return rollup;
  }

  /// One page on its way.
  private final class Shaping {
    private final int count;
    private final Values[] columns;
    private final Rejected rejected;
    private final boolean[] out;

    Shaping(Page raw, Rejected rejected) {
      this.count = raw.rowCount();
      this.columns = raw.columns().toArray(new Values[0]);
      this.rejected = rejected;
      this.out = new boolean[count];
    }

    Shaped shaped() {
      for (ComputedField step : transforms) {
        columns[step.column()] =
            FieldValues.either(
                step.field(), columns[step.column()], step.values(page(), this::reject));
      }
      filter.ifPresent(this::leaveOut);
      // All from the same values, in whatever order they are stated.
      List<Values> values =
          metrics.stream().map(step -> step.values(page(), this::reject)).toList();
      for (int i = 0; i < values.size(); i++) {
        columns[metrics.get(i).column()] = values.get(i);
      }
      for (int column : late) {
        if (columns[column].mayHaveNulls()) {
          FieldSpec field = stored.fields().get(column);
          columns[column] = FieldValues.of(field, field.type(), columns[column], this::reject);
        }
      }
      return kept();
    }

    private Page page() {
      return new Page(count, List.of(columns));
    }

    private void leaveOut(Evaluator condition) {
      LongValues found = (LongValues) ComputedField.evaluate(condition, page(), this::reject);
      for (int row = 0; row < count; row++) {
        out[row] |= !found.isNull(row) && found.values()[row] != 0;
      }
    }

    private void reject(int row, String reason) {
      if (!out[row]) {
        out[row] = true;
        rejected.reject(row, reason);
      }
    }

    private Shaped kept() {
      int[] rows = new int[count];
      int rowCount = 0;
      for (int row = 0; row < count; row++) {
        if (!out[row]) {
          rows[rowCount++] = row;
        }
      }
      Page page = new Page(count, List.of(columns).subList(0, stored.fields().size()));
      return rowCount == count
          ? new Shaped(page, rows)
          : new Shaped(page.select(rows, rowCount), Arrays.copyOf(rows, rowCount));
    }
  }
}
