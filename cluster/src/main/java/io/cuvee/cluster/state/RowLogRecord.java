package io.cuvee.cluster.state;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The logs of a table that gets its rows over HTTP, one a partition; kept as JSON under
/// `row-logs/{physicalTable}` of the metadata. Servers watch it.
///
/// @param partitions by number
public record RowLogRecord(List<Partition> partitions) {
  /// Directory of the metadata that holds them.
  public static final String DIRECTORY = "row-logs";

  /// Directory with a [Member] for each server that can hold logs, by the server's id.
  public static final String PEERS = "row-peers";

  public RowLogRecord {
    partitions = List.copyOf(partitions);
  }

  /// The log of one partition.
  ///
  /// @param id a UUID
  /// @param members servers that hold it, or are to
  /// @param founders peer ids of those that began it; others are let in by the members
  /// @param isSettled whether the members themselves know who they are
  public record Partition(
      String id, List<Member> members, List<String> founders, boolean isSettled) {
    public Partition {
      members = List.copyOf(members);
      founders = List.copyOf(founders);
    }

    public Optional<Member> withPeer(String peer) {
      return members.stream().filter(member -> member.peer().equals(peer)).findFirst();
    }
  }

  /// A server that holds a log.
  ///
  /// @param server its id in the cluster
  /// @param peer its id in the log: another one when it lost its disk
  /// @param host that the other members reach it by
  /// @param port for the other members
  public record Member(String server, String peer, String host, int port) {
    public static Member parse(String json) {
      return of(Json.object(json, "row peer", ErrorCode.INTERNAL));
    }

    private static Member of(JsonNode node) {
      return new Member(
          node.path("server").asText(),
          node.path("peer").asText(),
          node.path("host").asText(),
          node.path("port").asInt());
    }

    public String toJson() {
      return node().toString();
    }

    private ObjectNode node() {
      return Json.MAPPER
          .createObjectNode()
          .put("server", server)
          .put("peer", peer)
          .put("host", host)
          .put("port", port);
    }
  }

  public static String path(String physicalTable) {
    return DIRECTORY + "/" + physicalTable;
  }

  public static RowLogRecord parse(String json) {
    List<Partition> partitions = new ArrayList<>();
    for (JsonNode node :
        Json.object(json, "row log record", ErrorCode.INTERNAL).path("partitions")) {
      List<Member> members = new ArrayList<>();
      node.path("members").forEach(member -> members.add(Member.of(member)));
      List<String> founders = new ArrayList<>();
      node.path("founders").forEach(founder -> founders.add(founder.asText()));
      partitions.add(
          new Partition(
              node.path("id").asText(), members, founders, node.path("settled").asBoolean()));
    }
    return new RowLogRecord(partitions);
  }

  public String toJson() {
    ObjectNode root = Json.MAPPER.createObjectNode();
    ArrayNode list = root.putArray("partitions");
    for (Partition partition : partitions) {
      ObjectNode node = list.addObject().put("id", partition.id());
      ArrayNode members = node.putArray("members");
      partition.members().forEach(member -> members.add(member.node()));
      partition.founders().forEach(node.putArray("founders")::add);
      node.put("settled", partition.isSettled());
    }
    return root.toString();
  }
}
