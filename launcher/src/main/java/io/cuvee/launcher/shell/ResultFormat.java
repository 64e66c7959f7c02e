package io.cuvee.launcher.shell;

/// How results are printed.
public enum ResultFormat {
  /// Boxes for people.
  TABLE,
  /// RFC 4180 with a header; NULL is an empty field, empty text is quoted.
  CSV,
  /// Tabs between fields; tabs, line ends and backslashes inside are escaped, NULL is `\N`.
  TSV,
  /// One JSON object a line.
  JSON,
  MARKDOWN
}
