package io.cuvee.cluster.helix;

import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.SegmentState;
import java.util.List;
import java.util.function.Consumer;
import org.apache.helix.NotificationContext;
import org.apache.helix.messaging.handling.BatchMessageWrapper;
import org.apache.helix.model.Message;
import org.apache.helix.model.StateModelDefinition;
import org.apache.helix.participant.statemachine.StateModel;
import org.apache.helix.participant.statemachine.StateModelFactory;
import org.apache.helix.participant.statemachine.StateModelInfo;
import org.apache.helix.participant.statemachine.Transition;

/// The states of a segment as Helix's state model, and a server's part in it.
final class SegmentStates {
  static final String MODEL = "CuveeSegment";

  private SegmentStates() {}

  /// Nothing but being dropped follows an ERROR: the server tries again by itself, and Helix would
  /// send transitions all the time.
  static StateModelDefinition definition() {
    StateModelDefinition.Builder model = new StateModelDefinition.Builder(MODEL);
    model.addState(SegmentState.ONLINE.name(), 1);
    model.addState(SegmentState.CONSUMING.name(), 2);
    model.addState(SegmentState.OFFLINE.name(), 3);
    model.addState(SegmentState.DROPPED.name());
    model.addState(SegmentState.ERROR.name());
    model.initialState(SegmentState.OFFLINE.name());
    for (List<SegmentState> edge :
        List.of(
            List.of(SegmentState.OFFLINE, SegmentState.ONLINE),
            List.of(SegmentState.OFFLINE, SegmentState.CONSUMING),
            List.of(SegmentState.CONSUMING, SegmentState.ONLINE),
            List.of(SegmentState.CONSUMING, SegmentState.OFFLINE),
            List.of(SegmentState.ONLINE, SegmentState.OFFLINE),
            List.of(SegmentState.ERROR, SegmentState.DROPPED),
            List.of(SegmentState.OFFLINE, SegmentState.DROPPED))) {
      model.addTransition(edge.getFirst().name(), edge.getLast().name());
    }
    return model.build();
  }

  /// Makes the state model of each segment that Helix has transitions for.
  static final class Factory extends StateModelFactory<Segment> {
    private final HeldSegments held;
    private final Consumer<String> batchEnded;

    /// @param batchEnded hears of resources before Helix writes what became of a batch of their
    ///   transitions, which may be a while ago
    Factory(HeldSegments held, Consumer<String> batchEnded) {
      this.held = held;
      this.batchEnded = batchEnded;
    }

    @Override
    public BatchMessageWrapper createBatchMessageWrapper(String resource) {
      return new BatchMessageWrapper() {
        @Override
        public void end(Message message, NotificationContext context) {
          batchEnded.accept(resource);
        }
      };
    }

    @Override
    public Segment createNewStateModel(String resource, String partition) {
      return new Segment(held, HelixPaths.key(resource, partition));
    }
  }

  /// One segment of this server. Its state is what the server has published of it, never what a
  /// message says: Helix writes no other one, and a transition that came to nothing is sent again.
  @StateModelInfo(
      initialState = "OFFLINE",
      states = {"OFFLINE", "ONLINE", "CONSUMING", "ERROR", "DROPPED"})
  public static final class Segment extends StateModel {
    private final HeldSegments held;
    private final SegmentKey key;

    Segment(HeldSegments held, SegmentKey key) {
      this.held = held;
      this.key = key;
    }

    @Override
    public String getCurrentState() {
      return held.state(key).orElse(SegmentState.OFFLINE).name();
    }

    @Override
    public boolean updateState(String state) {
      return true;
    }

    @Override
    public void reset() {}

    /// The server follows the ideal state by itself, so all there is to do is to wait for what
    /// becomes of it.
    @Transition(from = "*", to = "*")
    public void follow(Message message, NotificationContext context) throws InterruptedException {
      if (message.getToState().equals(SegmentState.DROPPED.name())) {
        held.awaitGone(key);
      } else {
        held.awaitOther(key, message.getFromState());
      }
    }

    @Override
    @Transition(from = "ERROR", to = "DROPPED")
    public void onBecomeDroppedFromError(Message message, NotificationContext context)
        throws InterruptedException {
      follow(message, context);
    }

    @Override
    @Transition(from = "*", to = "ERROR")
    public void onBecomeErrorFromAny(Message message, NotificationContext context) {}
  }
}
