package io.cuvee.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneId;
import java.util.Properties;
import org.junit.jupiter.api.Test;

class TestConnectionOptions {
  private static ConnectionOptions parse(String url) throws SQLException {
    return ConnectionOptions.parse(url, new Properties());
  }

  @Test
  void hostsHaveTheBrokersPortByDefault() throws SQLException {
    assertThat(parse("jdbc:cuvee://a,b:1234,[::1]/").endpoints())
        .hasToString("[a:8099, b:1234, [::1]:8099]");
  }

  @Test
  void discoveryHasTheControllersPortByDefault() throws SQLException {
    ConnectionOptions options = parse("jdbc:cuvee:discover://c1,c2:9001/");
    assertThat(options.discovers()).isTrue();
    assertThat(options.endpoints()).hasToString("[c1:9000, c2:9001]");
  }

  @Test
  void anEmptyHostIsThisMachine() throws SQLException {
    assertThat(parse("jdbc:cuvee://").endpoints()).hasToString("[localhost:8099]");
    assertThat(parse("jdbc:cuvee:///?dialect=pql").endpoints()).hasToString("[localhost:8099]");
  }

  @Test
  void defaultsAreUtcAndNoLimits() throws SQLException {
    ConnectionOptions options = parse("jdbc:cuvee://h/");
    assertThat(options.timeZone()).isEqualTo(ZoneId.of("UTC"));
    assertThat(options.maxRows()).isZero();
    assertThat(options.timeout()).isZero();
    assertThat(options.schema()).isEqualTo("default");
  }

  @Test
  void keysOfTheUrlBeatProperties() throws SQLException {
    Properties properties = new Properties();
    properties.setProperty("maxRows", "5");
    properties.setProperty("fetchSize", "7");
    ConnectionOptions options =
        ConnectionOptions.parse("jdbc:cuvee://h/sales?maxRows=9", properties);
    assertThat(options.maxRows()).isEqualTo(9);
    assertThat(options.fetchSize()).isEqualTo(7);
    assertThat(options.schema()).isEqualTo("sales");
  }

  @Test
  void valuesArePercentDecodedAndKeepTheirPlus() throws SQLException {
    ConnectionOptions options = parse("jdbc:cuvee://h/?password=a%26b+c&timeZone=GMT+2");
    assertThat(options.get(ConnectionSetting.PASSWORD)).isEqualTo("a&b+c");
    assertThat(options.timeZone()).isEqualTo(ZoneId.of("GMT+2"));
  }

  @Test
  void durationsHaveUnits() throws SQLException {
    assertThat(parse("jdbc:cuvee://h/?timeout=30").timeout()).isEqualTo(Duration.ofSeconds(30));
    assertThat(parse("jdbc:cuvee://h/?timeout=250ms").timeout()).isEqualTo(Duration.ofMillis(250));
    assertThat(parse("jdbc:cuvee://h/?timeout=2m").timeout()).isEqualTo(Duration.ofMinutes(2));
  }

  @Test
  void anUnknownKeyIsAnErrorWithTheNearestAndAllKnown() {
    assertThatThrownBy(() -> parse("jdbc:cuvee://h/?fetch_size=5"))
        .isInstanceOf(SQLException.class)
        .hasMessageContaining("Unknown connection setting 'fetch_size'. Did you mean 'fetchSize'?")
        .hasMessageContaining("allowPartial")
        .extracting(e -> ((SQLException) e).getSQLState())
        .isEqualTo("08001");
  }

  @Test
  void keysThatNameClassesAreRefused() {
    for (String key :
        new String[] {"httpclient_impl", "factory", "httpclient_factory", "lb_strategy"}) {
      assertThatThrownBy(() -> parse("jdbc:cuvee://h/?" + key + "=com.example.Evil"))
          .hasMessageContaining("Unknown connection setting '" + key + "'");
    }
  }

  @Test
  void valuesOutsideTheChoicesAreRefused() {
    assertThatThrownBy(() -> parse("jdbc:cuvee://h/?dialect=mdx"))
        .hasMessageContaining("'dialect' is 'mdx' but must be one of sql, pql");
    assertThatThrownBy(() -> parse("jdbc:cuvee://h/?maxRows=-1")).hasMessageContaining("'maxRows'");
    assertThatThrownBy(() -> parse("jdbc:cuvee://h/?timeZone=Mars/Phobos"))
        .hasMessageContaining("Mars/Phobos");
    assertThatThrownBy(() -> parse("jdbc:cuvee://h:99999/")).hasMessageContaining("99999");
    assertThatThrownBy(() -> parse("jdbc:cuvee://h:x/")).hasMessageContaining("'x'");
    assertThatThrownBy(() -> parse("jdbc:cuvee://h/?timeout=soon")).hasMessageContaining("30s");
    assertThatThrownBy(() -> parse("jdbc:cuvee:h/"))
        .hasMessageContaining("jdbc:cuvee://host:8099/");
  }

  @Test
  void secretsAreNotShown() throws SQLException {
    assertThat(parse("jdbc:cuvee://h/?user=u&password=geheim&token=t0k").url())
        .isEqualTo("jdbc:cuvee://h/?user=u&password=***&token=***");
    assertThatThrownBy(() -> parse("jdbc:cuvee://h/?password=geheim&x=1"))
        .hasMessageNotContaining("geheim");
  }
}
