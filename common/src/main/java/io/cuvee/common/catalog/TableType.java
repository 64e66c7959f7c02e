package io.cuvee.common.catalog;

/// The two halves that a logical table may have.
public enum TableType {
  /// Segments that were uploaded.
  OFFLINE,
  /// Segments that a stream fills.
  REALTIME;

  /// The physical name of this half of a logical table, `flights_OFFLINE`.
  public String physicalName(String logicalName) {
    return logicalName + "_" + this;
  }

  /// The logical name in a physical one; a name without a type is returned as it is.
  public static String logicalName(String physicalName) {
    for (TableType type : values()) {
      if (physicalName.endsWith("_" + type)) {
        return physicalName.substring(0, physicalName.length() - type.name().length() - 1);
      }
    }
    return physicalName;
  }
}
