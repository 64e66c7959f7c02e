package io.cuvee.http;

/// Says what a process can do now. Asked for each request to `/health…`, so it must be quick.
@FunctionalInterface
public interface HealthCheck {
  Health check();

  /// What a process can do now.
  ///
  /// @param live false if only a restart helps
  /// @param ready whether it answers correctly
  /// @param warm whether it is also at full speed
  /// @param detail what is missing, in a few words; empty if nothing
  record Health(boolean live, boolean ready, boolean warm, String detail) {
    public static final Health WARM = new Health(true, true, true, "");

    public static final Health READY = new Health(true, true, false, "warming up");

    /// Alive but not able to answer yet, or no more.
    public static Health notReady(String detail) {
      return new Health(true, false, false, detail);
    }
  }
}
