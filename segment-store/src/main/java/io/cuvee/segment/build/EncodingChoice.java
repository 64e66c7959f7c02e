package io.cuvee.segment.build;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.type.DataType;
import io.cuvee.segment.packing.PackedFormat;

/// Whether a column gets a dictionary, and why.
///
/// @param reason for people who inspect the segment
record EncodingChoice(boolean hasDictionary, String reason) {
  /// With so few distinct values a dictionary is always small.
  private static final int FEW_VALUES = 1024;

  /// Metrics are summed more often than filtered or grouped, which raw values serve better, unless
  /// an id is one byte.
  private static final int FEW_METRIC_VALUES = 256;

  /// Beyond, the sizes of both forms of numbers are compared.
  private static final int MANY_VALUES = 65_536;

  private static final long MAX_DICTIONARY_BYTES = Integer.MAX_VALUE - 64;

  /// @param isDimension whether a star-tree splits by it
  static EncodingChoice of(
      FieldSpec field,
      IndexingOptions options,
      boolean isDimension,
      OrderedValues values,
      int valueCount) {
    String name = field.name();
    int cardinality = values.cardinality();
    if (valueCount == 0) {
      return raw("no values");
    }
    if (options.noDictionaryColumns().contains(name)) {
      return raw("noDictionaryColumns");
    }
    if (values.dictionaryBytes() > MAX_DICTIONARY_BYTES) {
      return raw("a dictionary would need " + values.dictionaryBytes() + " bytes");
    }
    if (!options.sortedColumns().isEmpty() && options.sortedColumns().getFirst().equals(name)) {
      return dictionary("sortedColumn");
    }
    if (options.invertedIndexColumns().contains(name)) {
      return dictionary("the inverted index needs it");
    }
    if (isDimension) {
      return dictionary("a star-tree splits by it");
    }
    String found = cardinality + " distinct of " + valueCount + " values";
    DataType type = field.type().dataType();
    boolean metric = field.role() == FieldSpec.Role.METRIC && type.isNumeric();
    if (metric) {
      return cardinality <= FEW_METRIC_VALUES
          ? dictionary("metric with " + found)
          : raw("metric with " + found);
    }
    if (cardinality <= FEW_VALUES) {
      return dictionary(found);
    }
    if (cardinality > valueCount / 2) {
      return raw(found);
    }
    boolean number =
        switch (type.representation()) {
          case LONG, DOUBLE -> true;
          case DECIMAL, BYTES -> false;
        };
    long dictionaryBytes =
        values.dictionaryBytes() + (long) valueCount * PackedFormat.width(cardinality - 1) / 8;
    if (number && cardinality > MANY_VALUES && dictionaryBytes > values.rawBytes()) {
      return raw(found + "; raw is smaller");
    }
    return dictionary(found);
  }

  private static EncodingChoice raw(String reason) {
    return new EncodingChoice(false, reason);
  }

  private static EncodingChoice dictionary(String reason) {
    return new EncodingChoice(true, reason);
  }
}
