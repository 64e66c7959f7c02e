package io.cuvee.sqltests.process;

import java.time.Duration;

/// What happens to one process.
///
/// @param victim its name
/// @param length how long it is away, before it is started again or goes on
public record Strike(Blow blow, String victim, Duration length) {
  /// In what way.
  public enum Blow {
    KILL("kill -9"),
    /// A server, which comes back only when others have loaded its segments.
    KILL_UNTIL_REPLACED("kill -9, until others have its segments,"),
    PAUSE("SIGSTOP"),
    STOP("SIGTERM"),
    /// It lives, and reaches everybody else.
    CUT("cut from ZooKeeper"),
    SLOW("ZooKeeper 200 ms away"),
    /// It comes back as this build.
    UPGRADE("upgrade"),
    /// It comes back as the older build.
    DOWNGRADE("downgrade");

    private final String text;

    Blow(String text) {
      this.text = text;
    }
  }

  /// With nothing but the blow.
  Strike(Blow blow, String victim) {
    this(blow, victim, Duration.ZERO);
  }

  String role() {
    return RoleProcesses.roleOf(victim);
  }

  @Override
  public String toString() {
    return blow.text + " of " + victim;
  }
}
