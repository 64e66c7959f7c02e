package io.cuvee.cluster.zookeeper;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.cluster.state.Assignment;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Replica;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.cluster.state.SegmentScope;
import io.cuvee.cluster.state.SegmentState;
import io.cuvee.cluster.state.StreamRange;
import io.cuvee.common.catalog.PartitionFunction;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;

/// What an earlier build wrote into ZooKeeper means the same today, and what today's build writes
/// is that: in a rolling upgrade, controllers of the one build write what servers and brokers of
/// the other read. New fields of texts are optional; the binary forms have a version in their
/// envelope.
class TestGoldenNodes {
  private static final String PATH = "/golden";
  private static final int BUCKET = 27;

  private static Map<SegmentKey, Assignment> assignments() {
    Map<SegmentKey, Assignment> all = new HashMap<>();
    long crc = Long.MIN_VALUE;
    for (SegmentState state : SegmentState.values()) {
      all.put(new SegmentKey("täble_OFFLINE", "segment " + state), new Assignment(state, crc++));
    }
    all.put(new SegmentKey("u_REALTIME", "segment"), new Assignment(SegmentState.CONSUMING, 0));
    return all;
  }

  private static Map<SegmentKey, Replica> replicas() {
    Map<SegmentKey, Replica> all = new HashMap<>();
    assignments()
        .forEach((key, value) ->
            all.put(key, new Replica(value.target(), value.crc(), "message of " + key)));
    return all;
  }

  private static Instance instance() {
    return new Instance(
        "server-1",
        Instance.Role.SERVER,
        "host",
        8098,
        9098,
        Set.of("a", "b"),
        7,
        Instance.Phase.DRAINING,
        3);
  }

  private static SegmentRecord record() {
    return new SegmentRecord(
        "t_REALTIME",
        "t__1__2",
        -5,
        "file:///t/1",
        100,
        2000,
        1_700_000_000_000L,
        true,
        Map.of("city", 30L),
        Optional.of(
            new StreamRange(
                1, 2, 300, OptionalLong.of(400), List.of(new StreamRange.Gap(310, 320)))),
        new SegmentScope(
            Optional.of(new SegmentScope.TimeRange("time", 1, 2, true)),
            Map.of(
                "city",
                new SegmentScope.Partitions(
                    new PartitionFunction(PartitionFunction.Kind.MURMUR, 8), Set.of(3)))),
        Map.of("mark", "text"));
  }

  @Test
  void bucketsAreThoseOfEarlierBuilds() throws IOException {
    assertThat(BucketFormat.ASSIGNMENT.encode(PATH, assignments())).isEqualTo(golden("assignment"));
    assertThat(BucketFormat.ASSIGNMENT.decode(PATH, golden("assignment"))).isEqualTo(assignments());
    assertThat(BucketFormat.SERVING.encode(PATH, replicas())).isEqualTo(golden("serving"));
    assertThat(BucketFormat.SERVING.decode(PATH, golden("serving"))).isEqualTo(replicas());
    assertThat(BucketFormat.bucket(new SegmentKey("täble_OFFLINE", "segment 1"))).isEqualTo(BUCKET);
  }

  @Test
  void instancesAreThoseOfEarlierBuilds() throws IOException {
    assertThat(InstanceFormat.decode(PATH, golden("instance"))).isEqualTo(instance());
    assertThat(InstanceFormat.encode(PATH, instance())).isEqualTo(golden("instance"));
  }

  @Test
  void recordsAreThoseOfEarlierBuilds() throws IOException {
    String text = new String(golden("record"), StandardCharsets.UTF_8);
    assertThat(SegmentRecord.parse(text)).isEqualTo(record());
    assertThat(record().toJson()).isEqualTo(text);
  }

  @Test
  void fieldsOfLaterBuildsAreLeftOut() throws IOException {
    String later =
        new String(golden("record"), StandardCharsets.UTF_8).replaceFirst("\\{", "{\"later\": 1, ");
    assertThat(SegmentRecord.parse(later)).isEqualTo(record());
  }

  private static byte[] golden(String name) throws IOException {
    String file = "/golden/" + name + ".hex";
    try (InputStream in =
        Objects.requireNonNull(TestGoldenNodes.class.getResourceAsStream(file), file)) {
      String text = new String(in.readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }
  }
}
