package io.cuvee.cluster.helix;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.helix.model.CurrentState;
import org.apache.helix.model.IdealState;
import org.apache.helix.model.IdealState.RebalanceMode;
import org.apache.helix.model.LiveInstance;
import org.apache.helix.zookeeper.datamodel.ZNRecord;
import org.apache.helix.zookeeper.datamodel.serializer.ZNRecordSerializer;
import org.apache.helix.zookeeper.zkclient.exception.ZkMarshallingError;
import org.jspecify.annotations.Nullable;

/// Helix's records of our states, as the bytes of their nodes. What Helix has no field for is
/// beside its own:
///
/// | record | what | field |
/// |---|---|---|
/// | ideal state of a resource | CRC of the segment that a server should hold | list field of the partition: `{server}={CRC, hexadecimal}` |
/// | current state of a resource | CRC of what the server holds, why it is in ERROR, and its state again, since Helix may be late to write its own field | `CUVEE_CRC`, `CUVEE_MESSAGE` and `CUVEE_STATE` in the partition's map |
///
/// All are compressed, and none is longer than [#MAX_BYTES].
final class Records {
  static final int MAX_BYTES = 512 << 10;

  private static final String STATE = "CUVEE_STATE";
  private static final String CRC = "CUVEE_CRC";
  private static final String MESSAGE = "CUVEE_MESSAGE";
  private static final ZNRecordSerializer SERIALIZER = new ZNRecordSerializer();

  private Records() {}

  /// What servers should hold of a resource, by segment and server.
  static byte[] idealState(
      String path, String resource, Map<SegmentKey, Map<String, Assignment>> segments) {
    IdealState state = new IdealState(resource);
    state.setRebalanceMode(RebalanceMode.CUSTOMIZED);
    state.setStateModelDefRef(SegmentStates.MODEL);
    state.setNumPartitions(segments.size());
    state.setBatchMessageMode(true);
    segments.forEach((key, servers) -> {
      String partition = HelixPaths.partition(key);
      Map<String, String> targets = new TreeMap<>();
      List<String> checksums = new ArrayList<>();
      new TreeMap<>(servers)
          .forEach((server, wanted) -> {
            targets.put(server, wanted.target().name());
            checksums.add(server + "=" + Long.toHexString(wanted.crc()));
          });
      state.getRecord().setMapField(partition, targets);
      state.getRecord().setListField(partition, checksums);
    });
    return encode(path, state.getRecord());
  }

  static Map<SegmentKey, Map<String, Assignment>> idealState(String path, byte[] bytes) {
    ZNRecord record = decode(path, bytes);
    Map<SegmentKey, Map<String, Assignment>> segments = new HashMap<>();
    record
        .getMapFields()
        .forEach((partition, targets) -> {
          Map<String, Long> checksums = new HashMap<>();
          List<String> list = record.getListField(partition);
          for (String checksum : list == null ? List.<String>of() : list) {
            int end = checksum.lastIndexOf('=');
            checksums.put(checksum.substring(0, end), crc(checksum.substring(end + 1)));
          }
          Map<String, Assignment> servers = new HashMap<>();
          targets.forEach((server, target) ->
              servers.put(
                  server,
                  new Assignment(
                      SegmentState.valueOf(target), checksums.getOrDefault(server, 0L))));
          segments.put(HelixPaths.key(record.getId(), partition), servers);
        });
    return segments;
  }

  /// What a server holds of a resource.
  static byte[] currentState(
      String path, String resource, String session, Map<SegmentKey, Replica> held) {
    CurrentState state = new CurrentState(resource);
    state.setSessionId(session);
    state.setStateModelDefRef(SegmentStates.MODEL);
    held.forEach((key, replica) -> {
      Map<String, String> fields = new TreeMap<>();
      fields.put(CurrentState.CurrentStateProperty.CURRENT_STATE.name(), replica.state().name());
      fields.put(STATE, replica.state().name());
      fields.put(CRC, Long.toHexString(replica.crc()));
      if (!replica.message().isEmpty()) {
        fields.put(MESSAGE, replica.message());
      }
      state.getRecord().setMapField(HelixPaths.partition(key), fields);
    });
    return encode(path, state.getRecord());
  }

  /// Partitions that only Helix has written of, since nobody holds them, are left out.
  static Map<SegmentKey, Replica> currentState(String path, byte[] bytes) {
    ZNRecord record = decode(path, bytes);
    Map<SegmentKey, Replica> held = new HashMap<>();
    record
        .getMapFields()
        .forEach((partition, fields) -> {
          String state = fields.get(STATE);
          String crc = fields.get(CRC);
          if (state != null && crc != null) {
            held.put(
                HelixPaths.key(record.getId(), partition),
                new Replica(
                    SegmentState.valueOf(state), crc(crc), fields.getOrDefault(MESSAGE, "")));
          }
        });
    return held;
  }

  /// The session of a live instance, below which its current states are.
  static String session(String path, byte[] bytes) {
    String session =
        new LiveInstance(decode(path, bytes))
            .getRecord()
            .getSimpleField(LiveInstance.LiveInstanceProperty.SESSION_ID.name());
    if (session == null) {
      throw damaged(path, "names no session");
    }
    return session;
  }

  private static long crc(String text) {
    return Long.parseUnsignedLong(text, 16);
  }

  /// @param path for the message when it is too long
  static byte[] encode(String path, ZNRecord record) {
    record.setBooleanField(ZNRecord.ENABLE_COMPRESSION_BOOLEAN_FIELD, true);
    byte[] bytes;
    try {
      bytes = SERIALIZER.serialize(record);
    } catch (ZkMarshallingError e) {
      // Its own limit is about twice ours.
      throw tooLong(path, e);
    }
    if (bytes.length > MAX_BYTES) {
      throw tooLong(path, null);
    }
    return bytes;
  }

  private static CuveeException tooLong(String path, @Nullable Exception cause) {
    return new CuveeException(
        ErrorCode.INVALID_INPUT,
        "ZooKeeper node "
            + path
            + " would have more than "
            + MAX_BYTES
            + " bytes. Use fewer, larger segments, or a cluster with cluster.state=zookeeper.",
        cause);
  }

  private static ZNRecord decode(String path, byte[] bytes) {
    try {
      if (SERIALIZER.deserialize(bytes) instanceof ZNRecord record) {
        return record;
      }
    } catch (RuntimeException e) {
      throw damaged(path, e.toString());
    }
    throw damaged(path, "is no record of Helix's");
  }

  private static CuveeException damaged(String path, String how) {
    return new CuveeException(
        ErrorCode.INTERNAL,
        "ZooKeeper node "
            + path
            + " is damaged: it "
            + how
            + ". Restore it from a backup, or delete it and let its owner write it again.");
  }
}
