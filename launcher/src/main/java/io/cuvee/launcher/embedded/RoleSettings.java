package io.cuvee.launcher.embedded;

import io.cuvee.broker.BrokerConfig;
import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.controller.ControllerConfig;
import io.cuvee.engine.ServerConfig;
import io.cuvee.minion.MinionConfig;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/// The settings of the roles. One file may serve all roles, so each accepts what another knows;
/// what nobody knows is refused.
public final class RoleSettings {
  private static final List<String> SHARED_KEYS =
      List.of("instance.id", "data.dir", "data.port", "deep-store.uri");

  private static final List<String> GROUPS =
      List.of("broker.", "controller.", "minion.", "planner.", "server.", "deep-store.");

  private RoleSettings() {}

  /// @throws CuveeException `INVALID_SETTING` that lists every problem, as for the other roles
  public static ControllerConfig controller(Settings settings) {
    return read(settings, Set.of("controller.", "deep-store."), ControllerConfig::from);
  }

  public static BrokerConfig broker(Settings settings) {
    return read(settings, Set.of("broker.", "planner."), BrokerConfig::from);
  }

  public static ServerConfig server(Settings settings) {
    return read(settings, Set.of("server.", "deep-store."), ServerConfig::from);
  }

  public static MinionConfig minion(Settings settings) {
    return read(settings, Set.of("minion.", "deep-store."), MinionConfig::from);
  }

  /// @param own groups, whose keys the reader asks for one by one
  private static <C> C read(Settings settings, Set<String> own, Function<Settings, C> reader) {
    C config = reader.apply(settings);
    settings.allow(SHARED_KEYS);
    GROUPS.stream().filter(group -> !own.contains(group)).forEach(settings::allowGroup);
    settings.check();
    return config;
  }
}
