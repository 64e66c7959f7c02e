package io.cuvee.broker.scatter;

/// How many requests may be sent a second time, to another server, because the first one is late: a
/// share of all, so that servers which are slow because they have too much to do do not get more.
/// Thread-safe.
final class Hedging {
  /// So many at once, after a time without any.
  static final int BURST = 10;

  private final double share;

  // Guarded by this.
  private double credit = BURST;

  /// @param percent of all requests; 0 for none
  Hedging(int percent) {
    this.share = percent / 100.0;
  }

  boolean isOn() {
    return share > 0;
  }

  /// A server is asked.
  synchronized void asked() {
    credit = Math.min(BURST, credit + share);
  }

  /// Whether there may be so many more now, which are counted then.
  synchronized boolean take(int requests) {
    if (!isOn() || credit < requests) {
      return false;
    }
    credit -= requests;
    return true;
  }
}
