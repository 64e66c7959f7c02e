package io.cuvee.broker.scatter;

import io.cuvee.broker.routing.Part;
import io.cuvee.broker.routing.ServerAddress;
import io.cuvee.broker.routing.TableRouting;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.FrameFormat;
import io.cuvee.common.wire.Reach;
import io.cuvee.common.wire.SegmentRef;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// How far a stream's partitions were shown when a scan began, by the replicas that the scan does
/// not ask for rows: they answer other brokers too, and an answer that does not go as far would let
/// a count go down. They are asked while the scan runs, so it takes no longer.
///
/// A replica that cannot be reached, or is silent for longer than is usual, is not waited for. So
/// that it does no harm if it is lost, all are told how far each answer went.
///
/// For the query's thread, but for what comes from the network.
final class ShownElsewhere {
  private final ServerLinks links;
  private final TableRouting routing;
  private final Consumer<Answer> events;
  private final Set<Question> open = new HashSet<>();
  private final Map<Integer, Long> farthest = new HashMap<>();

  /// @param offsets one for each partition of the question, as they came; null for no answer
  record Answer(Question question, byte @Nullable [] offsets) {}

  /// @param events hears of answers on any thread, and gives them to [#heard]
  ShownElsewhere(ServerLinks links, TableRouting routing, Consumer<Answer> events) {
    this.links = links;
    this.routing = routing;
    this.events = events;
  }

  /// Asks all who may have shown rows that these parts are asked for.
  void ask(Collection<Part> parts, Set<String> suspects) {
    Map<ServerAddress, List<Integer>> others = new LinkedHashMap<>();
    for (Part part : parts) {
      collect(part.server(), part.open(), others);
    }
    others.forEach((server, partitions) -> {
      if (!suspects.contains(server.id())) {
        open.add(new Question(server, partitions));
      }
    });
    List.copyOf(open).forEach(Question::begin);
  }

  /// The other servers that may have rows of the segments, each with their partitions.
  private void collect(
      ServerAddress asked,
      Collection<SegmentRef.Onward> segments,
      Map<ServerAddress, List<Integer>> others) {
    for (SegmentRef.Onward segment : segments) {
      for (ServerAddress holder : routing.holders(segment)) {
        if (!holder.equals(asked)) {
          others.computeIfAbsent(holder, _ -> new ArrayList<>()).add(segment.partition());
        }
      }
    }
  }

  /// An answer of one server counts, and all others shall know.
  void tell(ServerAddress from, Map<SegmentRef.Onward, Reach> ends) {
    if (ends.isEmpty()) {
      return;
    }
    ends.forEach((segment, end) -> routing.shown().shown(segment.partition(), end.end()));
    Map<ServerAddress, List<Integer>> others = new HashMap<>();
    collect(from, ends.keySet(), others);
    others.forEach((server, partitions) -> {
      ServerConnection connection = links.to(server).shared();
      if (isAble(connection)) {
        connection.tell(FrameFormat.SHOWN, offsets(partitions));
      }
    });
  }

  private static boolean isAble(ServerConnection connection) {
    return connection.protocol() >= FrameFormat.SHOWN_PROTOCOL;
  }

  private ByteWriter offsets(List<Integer> partitions) {
    ByteWriter out = new ByteWriter(64);
    out.writeString(routing.physicalTable()).writeVarInt(partitions.size());
    partitions.forEach(
        partition -> out.writeVarInt(partition).writeVarLong(routing.shown().binding(partition)));
    return out;
  }

  boolean isAwaited() {
    return !open.isEmpty();
  }

  /// Does not wait any longer for those who should have answered by now.
  void giveUpLate() {
    long now = System.nanoTime();
    for (Question question : open) {
      ServerLink link = links.to(question.server);
      if (now - question.startNanos > link.patienceNanos()) {
        link.suspect();
        events.accept(new Answer(question, null));
      }
    }
  }

  void heard(Answer answer) {
    if (!open.remove(answer.question()) || answer.offsets() == null) {
      return;
    }
    ByteReader in = new ByteReader(answer.offsets());
    for (int partition : answer.question().partitions) {
      long offset = in.readVarLong();
      if (offset > 0) {
        farthest.merge(partition, offset, Math::max);
        routing.shown().shown(partition, offset);
      }
    }
  }

  /// Whether rows are missing of those that were shown before.
  boolean isBehind(Map<SegmentRef.Onward, Reach> ends) {
    return ends.entrySet().stream()
        .anyMatch(
            end -> end.getValue().whole() < farthest.getOrDefault(end.getKey().partition(), 0L));
  }

  /// What one server is asked.
  final class Question implements Responder {
    private final ServerAddress server;
    private final List<Integer> partitions;
    private final long startNanos = System.nanoTime();

    Question(ServerAddress server, List<Integer> partitions) {
      this.server = server;
      this.partitions = partitions;
    }

    private void begin() {
      CompletableFuture<ServerConnection> ready = links.to(server).shared().ready();
      // What the future of this step holds tells nothing more.
      var _ =
          ready.whenComplete((connection, failure) -> {
            if (failure == null && isAble(connection)) {
              connection.send(
                  connection.newRequest(), FrameFormat.SHOWN, offsets(partitions), this);
            } else {
              events.accept(new Answer(this, null));
            }
          });
    }

    @Override
    public void sent() {}

    @Override
    public void page(byte[] payload) {}

    @Override
    public void progress(long examinedRows, long totalRows) {}

    @Override
    public void end(byte[] payload) {
      events.accept(new Answer(this, payload));
    }

    @Override
    public void failed(CuveeException failure) {
      events.accept(new Answer(this, null));
    }
  }
}
