package io.cuvee.common.catalog;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.regex.Pattern;

/// The rule for names that become file names, paths and URLs: tables, schemas, segments, servers.
public final class Names {
  private static final Pattern ALLOWED = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.\\-]{0,254}");

  private Names() {}

  /// @param what begins the message, as `Table name`
  /// @throws CuveeException with `code` if the name has other characters than letters, digits, `_`,
  ///   `.` and `-`, begins with `.` or `-`, or is longer than 255
  public static String check(String what, String name, ErrorCode code) {
    if (!ALLOWED.matcher(name).matches() || name.contains("..")) {
      throw new CuveeException(
          code,
          what
              + " '"
              + name
              + "' is not valid. Use letters, digits, '_', '-' and single '.', beginning with a letter, digit or '_',"
              + " at most 255 characters.");
    }
    return name;
  }
}
