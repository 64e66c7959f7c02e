package io.cuvee.cluster.deepstore;

import io.cuvee.common.catalog.Names;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;

/// Names of objects: parts that are [Names], with `/` between them.
final class ObjectNames {
  private ObjectNames() {}

  /// @throws CuveeException `INVALID_INPUT` if it is none
  static String check(String name) {
    for (String part : name.split("/", -1)) {
      Names.check("Object name '" + name + "': part", part, ErrorCode.INVALID_INPUT);
    }
    return name;
  }

  /// Whether an object of this name can be one of ours.
  static boolean isValid(String name) {
    try {
      check(name);
      return true;
    } catch (CuveeException e) {
      return false;
    }
  }
}
