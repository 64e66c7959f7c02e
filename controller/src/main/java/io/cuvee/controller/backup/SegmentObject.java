package io.cuvee.controller.backup;

import io.cuvee.cluster.deepstore.ObjectVersions;
import io.cuvee.controller.table.RecordObjects;
import java.util.Comparator;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An object of the deep store that a segment may have, `table/segment/version`, or the record
/// beside one.
///
/// @param name without `.record`
record SegmentObject(String name, String table, String segment, String version, boolean isRecord) {
  private static final Pattern OBJECT =
      Pattern.compile("([\\w.-]+_(?:OFFLINE|REALTIME))/([\\w.-]+)/([0-9a-f-]{36})");

  /// The youngest last; those that do not tell their time first.
  static final Comparator<SegmentObject> BY_AGE =
      Comparator.<SegmentObject>comparingLong(object -> object.storedMillis().orElse(0))
          .thenComparing(SegmentObject::version);

  static Optional<SegmentObject> of(String objectName) {
    String name = RecordObjects.owner(objectName);
    Matcher parts = OBJECT.matcher(name);
    return parts.matches()
        ? Optional.of(
            new SegmentObject(
                name,
                parts.group(1),
                parts.group(2),
                parts.group(3),
                RecordObjects.isRecord(objectName)))
        : Optional.empty();
  }

  OptionalLong storedMillis() {
    return ObjectVersions.storedMillis(version);
  }
}
