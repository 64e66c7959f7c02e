package io.cuvee.engine.exchange;

/// What one server takes on.
///
/// @param queries running at once in all
/// @param queriesPerConnection running at once for one broker
/// @param frameBytes of one request
public record ExchangeLimits(int queries, int queriesPerConnection, int frameBytes) {
  public static final ExchangeLimits DEFAULT = new ExchangeLimits(4096, 2048, 64 << 20);
}
