package io.cuvee.controller.audit;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import java.util.List;

/// What an audit saw.
///
/// @param findings by table, segment and kind; empty if all is well
public record AuditReport(List<Finding> findings, Counts counts) {
  public AuditReport {
    findings = List.copyOf(findings);
  }

  /// How much was looked at.
  ///
  /// @param objects of the deep store that segments have
  /// @param objectsRead of them, with all their checksums
  /// @param replicas that live servers report
  /// @param recordedGaps ranges of offsets that a stream did not have any more when they were asked
  ///   for; they are known, and no findings
  public record Counts(
      int tables,
      int segments,
      int objects,
      int objectsRead,
      long bytesRead,
      int replicas,
      int servers,
      int streamPartitions,
      int recordedGaps) {}

  public boolean isSound() {
    return findings.isEmpty();
  }

  public ObjectNode toNode() {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("sound", isSound());
    ArrayNode list = root.putArray("findings");
    for (Finding finding : findings) {
      list.addObject()
          .put("kind", finding.kind().name())
          .put("table", finding.table())
          .put("segment", finding.segment())
          .put("where", finding.where())
          .put("detail", finding.detail());
    }
    root.set("summary", Json.MAPPER.valueToTree(counts));
    return root;
  }
}
