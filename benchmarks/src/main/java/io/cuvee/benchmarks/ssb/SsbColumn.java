package io.cuvee.benchmarks.ssb;

/// A column of the flat table.
///
/// @param isMetric whether it is summed rather than filtered
public record SsbColumn(String name, Kind kind, boolean isMetric) {
  /// Of its values.
  public enum Kind {
    INT,
    LONG,
    TEXT
  }

  static SsbColumn number(String name) {
    return new SsbColumn(name, Kind.INT, false);
  }

  static SsbColumn text(String name) {
    return new SsbColumn(name, Kind.TEXT, false);
  }

  static SsbColumn metric(String name, Kind kind) {
    return new SsbColumn(name, kind, true);
  }
}
