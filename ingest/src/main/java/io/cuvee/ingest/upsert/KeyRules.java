package io.cuvee.ingest.upsert;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.KeyConfig;
import io.cuvee.common.catalog.MergeStrategy;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.DoubleValues;
import io.cuvee.execution.page.LongValues;
import io.cuvee.execution.page.Values;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/// What a table does with keys, for the columns of its schema.
///
/// @param keys positions of the key's columns among the schema's
/// @param comparison position of the column whose greater value wins, or [#NONE]
/// @param deleted position of the column that says whether a row deletes its key, or [#NONE]
public record KeyRules(
    KeyConfig config, Schema schema, List<Integer> keys, int comparison, int deleted) {
  public static final int NONE = -1;

  public KeyRules {
    keys = List.copyOf(keys);
  }

  /// @return empty if the table has no keys
  public static Optional<KeyRules> of(TableConfig table, Schema schema) {
    return table
        .keys()
        .map(config ->
            new KeyRules(
                config,
                schema,
                schema.primaryKey().stream().map(name -> position(schema, name)).toList(),
                config.comparison(table).map(name -> position(schema, name)).orElse(NONE),
                config.deleted().map(name -> position(schema, name)).orElse(NONE)));
  }

  private static int position(Schema schema, String name) {
    List<FieldSpec> fields = schema.fields();
    for (int i = 0; i < fields.size(); i++) {
      if (fields.get(i).name().equals(name)) {
        return i;
      }
    }
    throw new CuveeException(
        ErrorCode.INVALID_TABLE,
        "Column '" + name + "', which keys need, is not in schema '" + schema.name() + "'.");
  }

  boolean replaces() {
    return config.replaces();
  }

  /// The columns of some rows that keys need.
  ///
  /// @param page gives the column at a position of the schema
  Columns columns(IntFunction<Values> page) {
    List<Values> found = new ArrayList<>(keys.size());
    keys.forEach(position -> found.add(page.apply(position)));
    return new Columns(
        found,
        comparison == NONE ? Optional.empty() : Optional.of(page.apply(comparison)),
        deleted == NONE ? Optional.empty() : Optional.of(page.apply(deleted)));
  }

  /// The names of the columns that keys need.
  public List<String> names() {
    List<String> names = new ArrayList<>();
    keys.forEach(position -> names.add(schema.fields().get(position).name()));
    if (comparison != NONE) {
      names.add(schema.fields().get(comparison).name());
    }
    if (deleted != NONE) {
      names.add(schema.fields().get(deleted).name());
    }
    return names;
  }

  /// How the column at this position is merged.
  MergeStrategy strategy(int position) {
    if (keys.contains(position) || position == comparison || position == deleted) {
      return MergeStrategy.OVERWRITE;
    }
    return config.strategies().getOrDefault(schema.fields().get(position).name(), config.others());
  }

  /// Some rows, as far as keys need them.
  record Columns(List<Values> keys, Optional<Values> comparison, Optional<Values> deleted) {
    /// A number that is ordered as the values are; NULL comes first.
    long comparison(int row) {
      if (comparison.isEmpty() || comparison.get().isNull(row)) {
        return Long.MIN_VALUE;
      }
      return switch (comparison.get()) {
        case LongValues longs -> longs.values()[row];
        case DoubleValues doubles -> ordered(doubles.values()[row]);
        default -> throw new IllegalStateException("Not ordered: " + comparison.get());
      };
    }

    private static long ordered(double value) {
      long bits = Double.doubleToLongBits(value == 0 ? 0.0 : value);
      return bits ^ bits >> 63 & Long.MAX_VALUE;
    }

    boolean isDeleted(int row) {
      return deleted.isPresent()
          && deleted.get() instanceof LongValues flags
          && !flags.isNull(row)
          && flags.values()[row] != 0;
    }
  }
}
