package io.cuvee.launcher.embedded;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.cuvee.common.config.Settings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

class TestRoleSettings {
  private static final List<Function<Settings, Object>> ROLES =
      List.of(
          RoleSettings::controller,
          RoleSettings::broker,
          RoleSettings::server,
          RoleSettings::minion);

  private static AbstractThrowableAssert<?, ? extends Throwable> assertRefused(
      Function<Settings, Object> role, Map<String, String> settings) {
    return assertThatThrownBy(() -> role.apply(Settings.of(settings)))
        .isInstanceOfSatisfying(
            CuveeException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_SETTING));
  }

  @Test
  void oneFileMayServeAllRoles() {
    Map<String, String> settings =
        Map.of(
            "zookeeper.connect", "zk:2181",
            "cluster.name", "c",
            "host", "h",
            "http.port", "1",
            "data.port", "2",
            "data.dir", "d",
            "deep-store.uri", "file:///s",
            "broker.query-timeout", "5s",
            "server.query-threads", "3",
            "controller.load-timeout", "9s");
    for (Function<Settings, Object> role : ROLES) {
      assertThat(role.apply(Settings.of(settings)).toString()).contains("host=h", "httpPort=1");
    }
  }

  @Test
  void everyRoleRefusesWhatNobodyKnows() {
    for (Function<Settings, Object> role : ROLES) {
      assertRefused(role, Map.of("http.prt", "1"))
          .hasMessageContaining("'http.prt'")
          .hasMessageContaining("http.port");
    }
  }

  @Test
  void everyRoleRefusesAValueThatIsNone() {
    for (Function<Settings, Object> role : ROLES) {
      assertRefused(role, Map.of("http.port", "many", "htpp.port", "1"))
          .hasMessageContaining("http.port is 'many'")
          .hasMessageContaining("'htpp.port'");
    }
  }

  @Test
  void aRoleKnowsTheKeysOfItsOwnGroup() {
    assertRefused(RoleSettings::broker, Map.of("broker.query-timeot", "5s"))
        .hasMessageContaining("broker.query-timeout");
    assertRefused(RoleSettings::server, Map.of("server.query-thread", "5"))
        .hasMessageContaining("server.query-threads");
    assertThat(RoleSettings.server(Settings.of(Map.of("broker.query-timeot", "5s")))).isNotNull();
    assertRefused(RoleSettings::controller, Map.of("deep-store.attempt", "5"))
        .hasMessageContaining("deep-store.attempts");
    assertThat(RoleSettings.broker(Settings.of(Map.of("deep-store.s3.region", "x")))).isNotNull();
  }
}
