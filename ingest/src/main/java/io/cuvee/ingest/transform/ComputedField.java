package io.cuvee.ingest.transform;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.error.CuveeException;
import io.cuvee.execution.expression.Evaluator;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.Values;
import io.cuvee.execution.page.ValuesBuilder;
import io.cuvee.ingest.transform.IngestionRules.Rejected;

/// A field whose values are computed from others of the row.
///
/// @param column its position in the page
record ComputedField(FieldSpec field, int column, Evaluator evaluator) {
  /// In the type of the field.
  Values values(Page page, Rejected rejected) {
    return FieldValues.of(field, evaluator.type(), evaluate(evaluator, page, rejected), rejected);
  }

  /// NULL in rows for which there is no value.
  static Values evaluate(Evaluator evaluator, Page page, Rejected rejected) {
    try {
      return evaluator.evaluate(page);
    } catch (CuveeException someRow) {
      ValuesBuilder values = ValuesBuilder.of(evaluator.type(), page.rowCount());
      evaluate(evaluator, page, 0, page.rowCount(), values, rejected);
      return values.build();
    }
  }

  /// By halves, until the rows that fail are alone.
  private static void evaluate(
      Evaluator evaluator, Page page, int from, int to, ValuesBuilder out, Rejected rejected) {
    try {
      Values found = evaluator.evaluate(page.slice(from, to - from));
      for (int row = 0; row < to - from; row++) {
        out.append(found, row);
      }
    } catch (CuveeException e) {
      if (to - from == 1) {
        rejected.reject(from, String.valueOf(e.getMessage()));
        out.appendNull();
        return;
      }
      int middle = (from + to) >>> 1;
      evaluate(evaluator, page, from, middle, out, rejected);
      evaluate(evaluator, page, middle, to, out, rejected);
    }
  }
}
