package io.cuvee.common.catalog;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.Arrays;
import java.util.stream.Collectors;

/// How a query's segments are divided among the servers that have them.
public enum InstanceSelector {
  /// All servers, as evenly as can be.
  BALANCED("balanced"),

  /// The same of the replicas of every segment, one after another: with servers that have the same
  /// segments as others, one set of them. Others where that one is missing.
  REPLICA_GROUP("replicaGroup"),

  /// The same here; which servers answer for tables whose rows replace each other follows from
  /// their keys.
  STRICT_REPLICA_GROUP("strictReplicaGroup"),

  /// Always the same replica of a segment, as long as it is there: who answers has it at hand.
  /// Which one follows from the names of segment and servers, so that all brokers ask the same.
  CONSISTENT("consistent"),

  /// As few servers as can be found, so that a slow one holds up fewer queries of a large cluster.
  FEWEST_SERVERS("fewestServers");

  private final String text;

  InstanceSelector(String text) {
    this.text = text;
  }

  static InstanceSelector parse(String table, String text) {
    return Arrays.stream(values())
        .filter(selector -> selector.text.equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.INVALID_TABLE,
                "Table '"
                    + table
                    + "': routing.instanceSelectorType is '"
                    + text
                    + "'. Use "
                    + Arrays.stream(values())
                        .map(selector -> selector.text)
                        .collect(Collectors.joining(", "))
                    + "."));
  }
}
