package io.cuvee.jdbc;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// The driver's version, as Maven wrote it beside this class.
final class DriverVersion {
  static final String TEXT = load();
  static final int MAJOR = part(1);
  static final int MINOR = part(2);

  private DriverVersion() {}

  private static String load() {
    Properties properties = new Properties();
    try (InputStream in = DriverVersion.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      // A driver that does not know its version still works.
      return "0.0";
    }
    return properties.getProperty("version", "0.0");
  }

  private static int part(int index) {
    Matcher matcher = Pattern.compile("(\\d+)\\.(\\d+).*").matcher(TEXT);
    return matcher.matches() ? Integer.parseInt(matcher.group(index)) : 0;
  }
}
