package io.cuvee.common.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// How the Bloom filters of a column are made.
///
/// @param fpp the share of values that are not there and seem to be, between 0 and 1
/// @param maxBytes the most that a filter takes, at the cost of `fpp`; 0 for no limit
public record BloomFilterConfig(double fpp, long maxBytes) {
  public static final BloomFilterConfig DEFAULT = new BloomFilterConfig(0.05, 0);

  private static final double MIN_FPP = 1e-9;

  public BloomFilterConfig {
    if (!(fpp >= MIN_FPP && fpp < 1)) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "A Bloom filter's fpp is " + fpp + "; it must be above 0 and below 1, as 0.05.");
    }
    if (maxBytes < 0) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "A Bloom filter's maxSizeInBytes is " + maxBytes + "; use 0 for no limit.");
    }
  }

  /// From Pinot's JSON form, `{"fpp": 0.05, "maxSizeInBytes": 0}`; what is left out has its
  /// default.
  static BloomFilterConfig of(JsonNode json) {
    return new BloomFilterConfig(
        json.path("fpp").asDouble(DEFAULT.fpp),
        json.path("maxSizeInBytes").asLong(DEFAULT.maxBytes));
  }
}
