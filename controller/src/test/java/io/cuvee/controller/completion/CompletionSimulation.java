package io.cuvee.controller.completion;

import static org.assertj.core.api.Assertions.assertThat;

import io.cuvee.controller.completion.SegmentCompletion.Step;
import io.cuvee.ingest.completion.CompletionAnswer;
import io.cuvee.ingest.completion.CompletionMessage;
import io.cuvee.ingest.completion.EndReason;
import io.cuvee.ingest.completion.ReplicaAction;
import io.cuvee.ingest.completion.ReplicaProtocol;
import io.cuvee.ingest.completion.SealedSegment;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.PriorityQueue;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// One partition of a table with its replicas and two controllers, in a world with a clock and a
/// network of its own: messages are lost, doubled, late and out of order, processes die at each
/// step, a controller that no longer leads may not know it. After a while all faults end. What must
/// hold is checked at each commit and at the end.
final class CompletionSimulation {
  /// Where a process may die.
  enum CrashPoint {
    CONSUMING,
    BEFORE_REPORT,
    CATCHING_UP,
    BEFORE_UPLOAD,
    AFTER_UPLOAD,
    AFTER_COMMIT_SENT,
    BEFORE_KEEP,
    CONTROLLER_BEFORE_STEP,
    CONTROLLER_BEFORE_WRITE,
    CONTROLLER_AFTER_WRITE
  }

  /// What is left out, to see that it is missed.
  enum Defect {
    NONE,
    COMMIT_WITHOUT_COMPARE_AND_SET,
    KEEP_WHATEVER_THE_OFFSET,
    NO_DEADLINE,
    BLIND_TO_SESSIONS
  }

  private static final int ROW_LIMIT = 8;
  private static final long SEGMENT_MILLIS = 2_500;
  private static final long CHAOS_MILLIS = 40_000;
  private static final long CALM_MILLIS = 60_000;
  private static final long REQUEST_MILLIS = 600;
  private static final long PAUSE_MILLIS = 100;
  private static final int CALM_SEGMENTS = 4;
  private static final long HEARTBEAT_MILLIS = 400;

  /// How long a server that died seems to live.
  private static final long SESSION_MILLIS = 1_200;

  /// How long a chosen server may be silent: longer than a session, so that the end of one is what
  /// replaces a server that died.
  private static final long COMMIT_MILLIS = 8_000;

  /// In which a segment that began in a calm world is committed if a server dies with it: it ends,
  /// the session does, another one is chosen, and builds.
  private static final long AFTER_DEATH_MILLIS = SEGMENT_MILLIS + SESSION_MILLIS + 2_500;

  /// The same if the server only falls silent.
  private static final long AFTER_SILENCE_MILLIS = SEGMENT_MILLIS + COMMIT_MILLIS + 2_500;

  /// What the metadata knows of a segment.
  private record Link(long start, long createdMillis, Optional<SealedSegment> sealed, long end) {}

  private record Event(long at, long order, Runnable task) implements Comparable<Event> {
    @Override
    public int compareTo(Event other) {
      return at != other.at ? Long.compare(at, other.at) : Long.compare(order, other.order);
    }
  }

  private final Random random;
  private final Defect defect;
  private final Map<CrashPoint, Integer> crashes;
  private final SegmentCompletion completion;
  private final PriorityQueue<Event> events = new PriorityQueue<>();
  private final List<Long> stream = new ArrayList<>();
  private final List<Link> records = new ArrayList<>();
  private final Map<String, List<Long>> objects = new HashMap<>();
  private final List<Replica> replicas = new ArrayList<>();
  private final List<Controller> controllers = new ArrayList<>();
  private final double faults;
  private long now;
  private long order;
  private long names;
  private boolean chaos = true;
  private long longestMillis = AFTER_DEATH_MILLIS;

  CompletionSimulation(long seed, Defect defect, Map<CrashPoint, Integer> crashes) {
    this.random = new Random(seed);
    this.defect = defect;
    this.crashes = crashes;
    this.faults = random.nextDouble() * 0.2;
    long commitMillis = defect == Defect.NO_DEADLINE ? Long.MAX_VALUE / 4 : COMMIT_MILLIS;
    this.completion = new SegmentCompletion(new SegmentCompletion.Rules(300, commitMillis));
    records.add(new Link(0, 0, Optional.empty(), -1));
    int count = 1 + random.nextInt(3);
    for (int i = 0; i < count; i++) {
      replicas.add(new Replica("server-" + i, random.nextInt(80)));
    }
    controllers.add(new Controller());
    controllers.add(new Controller());
    controllers.getFirst().leads = true;
  }

  /// Runs until all is calm and done.
  ///
  /// @return how many segments were committed
  int run() {
    after(0, this::produce);
    replicas.forEach(replica -> after(random.nextInt(100), replica::tick));
    after(random.nextInt(2_000), this::moveLead);
    runUntil(CHAOS_MILLIS);
    chaos = false;
    controllers.get(1).leads = false;
    controllers.get(1).machines.clear();
    controllers.get(0).deadUntil = 0;
    if (!controllers.get(0).leads) {
      controllers.get(0).leads = true;
      controllers.get(0).machines.clear();
    }
    // A server that is gone for good must not hold up the others.
    if (replicas.size() > 1 && random.nextInt(3) == 0) {
      Replica gone = replicas.getFirst();
      boolean isSilent = random.nextInt(3) == 0;
      longestMillis = isSilent ? AFTER_SILENCE_MILLIS : AFTER_DEATH_MILLIS;
      after(
          random.nextInt(20_000),
          () -> {
            gone.die();
            gone.deadUntil = Long.MAX_VALUE;
            gone.keepsSession = isSilent;
          });
    }
    int before = sealedCount();
    runUntil(CHAOS_MILLIS + CALM_MILLIS);
    assertThat(sealedCount())
        .as("progress once faults have ended")
        .isGreaterThan(before + CALM_SEGMENTS);
    checkReplicas(before + CALM_SEGMENTS);
    return sealedCount();
  }

  private int sealedCount() {
    return records.size() - 1;
  }

  private void runUntil(long end) {
    while (!events.isEmpty() && events.peek().at() <= end) {
      Event event = events.poll();
      now = event.at();
      event.task().run();
    }
    now = end;
  }

  private void after(long millis, Runnable task) {
    events.add(new Event(now + millis, order++, task));
  }

  private boolean fault(double factor) {
    return chaos && random.nextDouble() < faults * factor;
  }

  private boolean dies(CrashPoint point) {
    boolean dies = fault(point == CrashPoint.CONSUMING ? 0.03 : 0.3);
    if (dies) {
      crashes.merge(point, 1, Integer::sum);
    }
    return dies;
  }

  private void produce() {
    for (int i = random.nextInt(3); i > 0; i--) {
      long last = stream.isEmpty() ? -1 : stream.getLast();
      // Transactions and compaction leave holes.
      stream.add(last + 1 + (random.nextInt(5) == 0 ? random.nextInt(3) : 0));
    }
    after(100 + random.nextInt(200), this::produce);
  }

  private void moveLead() {
    if (chaos) {
      int leader = random.nextInt(2);
      Controller next = controllers.get(leader);
      Controller other = controllers.get(1 - leader);
      if (!next.leads) {
        next.leads = true;
        next.machines.clear();
        // The other one hears of it later.
        after(
            random.nextInt(3_000),
            () -> {
              if (chaos && next.leads) {
                other.leads = false;
              }
            });
      }
      after(500 + random.nextInt(6_000), this::moveLead);
    }
  }

  private void send(Runnable delivery) {
    int copies = fault(1) ? 0 : fault(0.5) ? 2 : 1;
    for (int i = 0; i < copies; i++) {
      after(1 + random.nextInt(chaos ? 400 : 20), delivery);
    }
  }

  /// The metadata's side of a commit: both records change or none.
  private boolean commit(int sequence, long end, SealedSegment sealed) {
    Link record = records.get(sequence);
    if (record.createdMillis() > CHAOS_MILLIS) {
      assertThat(now - record.createdMillis())
          .as("milliseconds until the commit of segment %d", sequence)
          .isLessThanOrEqualTo(longestMillis);
    }
    if (record.sealed().isPresent() && defect != Defect.COMMIT_WITHOUT_COMPARE_AND_SET) {
      return false;
    }
    assertThat(record.sealed()).as("segment %d is committed once", sequence).isEmpty();
    assertThat(end).as("end of segment %d", sequence).isGreaterThanOrEqualTo(record.start());
    assertThat(objects.get(sealed.url()))
        .as("rows of segment %d", sequence)
        .isEqualTo(stream.stream().filter(o -> o >= record.start() && o < end).toList());
    assertThat(sealed.crc()).isEqualTo(objects.get(sealed.url()).hashCode());
    records.set(
        sequence, new Link(record.start(), record.createdMillis(), Optional.of(sealed), end));
    records.add(new Link(end, now, Optional.empty(), -1));
    return true;
  }

  /// Servers that the cluster takes for alive.
  private Set<String> sessions() {
    return replicas.stream()
        .filter(replica -> defect == Defect.BLIND_TO_SESSIONS || replica.hasSession())
        .map(replica -> replica.id)
        .collect(Collectors.toSet());
  }

  private void checkReplicas(int atLeast) {
    for (Replica replica : replicas) {
      if (replica.deadUntil == Long.MAX_VALUE) {
        continue;
      }
      for (int sequence = 0; sequence < atLeast; sequence++) {
        Link record = records.get(sequence);
        assertThat(replica.disk.get(sequence))
            .as("segment %d on %s", sequence, replica.id)
            .isEqualTo(objects.get(record.sealed().orElseThrow().url()));
      }
    }
  }

  private final class Controller {
    final Map<Integer, CompletionState> machines = new HashMap<>();
    boolean leads;
    long deadUntil;

    void receive(
        int sequence,
        CompletionMessage message,
        java.util.function.Consumer<CompletionAnswer> reply) {
      if (now < deadUntil) {
        return;
      }
      if (!leads) {
        reply.accept(CompletionAnswer.NOT_LEADER);
        return;
      }
      while (true) {
        if (dies(CrashPoint.CONTROLLER_BEFORE_STEP)) {
          die();
          return;
        }
        CompletionState state =
            machines.computeIfAbsent(
                sequence,
                wanted ->
                    records
                        .get(wanted)
                        .sealed()
                        .<CompletionState>map(sealed ->
                            new CompletionState.Committed(records.get(wanted).end(), sealed.crc()))
                        .orElse(CompletionState.BEGIN));
        switch (completion.step(state, message, sessions(), now)) {
          case Step.Reply answer -> {
            machines.put(sequence, answer.state());
            reply.accept(answer.answer());
            return;
          }
          case Step.Write write -> {
            machines.remove(sequence);
            if (dies(CrashPoint.CONTROLLER_BEFORE_WRITE)) {
              die();
              return;
            }
            // The store's answer may be lost, whether or not it did the work.
            boolean unknown = fault(0.5);
            if (unknown && random.nextBoolean()) {
              return;
            }
            commit(sequence, write.end(), write.sealed());
            if (unknown) {
              return;
            }
            if (dies(CrashPoint.CONTROLLER_AFTER_WRITE)) {
              die();
              return;
            }
          }
        }
      }
    }

    private void die() {
      machines.clear();
      deadUntil = now + random.nextInt(2_000);
    }
  }

  private final class Replica {
    final String id;

    /// How much its clock goes wrong.
    final long skewMillis;

    /// What outlives a crash: sealed segments.
    final Map<Integer, List<Long>> disk = new TreeMap<>();

    int sequence;
    long position;
    List<Long> rows = new ArrayList<>();
    Optional<ReplicaProtocol> protocol = Optional.empty();
    long deadUntil;
    long diedMillis = Long.MIN_VALUE / 2;
    boolean keepsSession;

    /// Grows with each life and each question, so that what comes too late is known.
    long turn;

    Replica(String id, long skewMillis) {
      this.id = id;
      this.skewMillis = skewMillis;
    }

    private void die() {
      turn++;
      diedMillis = now;
      deadUntil = now + random.nextInt(3_000);
      rows = new ArrayList<>();
      protocol = Optional.empty();
      // The assignment tells it what to hold when it comes back.
      begin(sequence);
    }

    boolean hasSession() {
      return now >= deadUntil || keepsSession || now - diedMillis < SESSION_MILLIS;
    }

    private void begin(int next) {
      sequence = next;
      rows = new ArrayList<>();
      protocol = Optional.empty();
      position = next < records.size() ? records.get(next).start() : -1;
      turn++;
    }

    private void tick() {
      after(40 + random.nextInt(80), this::tick);
      if (now < deadUntil) {
        return;
      }
      if (sequence >= records.size()) {
        return;
      }
      if (position < 0) {
        begin(sequence);
      }
      if (dies(CrashPoint.CONSUMING)) {
        die();
        return;
      }
      Link record = records.get(sequence);
      // It may hear of a commit by its assignment before it is told, or without being told.
      if (record.sealed().isPresent() && (protocol.isEmpty() || random.nextInt(10) == 0)) {
        load(record);
        return;
      }
      if (protocol.isEmpty()) {
        consume(1 + random.nextInt(3), Long.MAX_VALUE);
        if (rows.size() >= ROW_LIMIT) {
          end(EndReason.ROWS);
        } else if (!rows.isEmpty() && now + skewMillis >= record.createdMillis() + SEGMENT_MILLIS) {
          end(EndReason.TIME);
        }
      }
    }

    private void load(Link record) {
      disk.put(sequence, objects.get(record.sealed().orElseThrow().url()));
      begin(sequence + 1);
    }

    /// Reads on, at most up to an offset and to the limit of rows.
    private void consume(int most, long target) {
      int count = 0;
      for (int i = firstAt(position); i < stream.size(); i++) {
        long offset = stream.get(i);
        if (offset >= target || count == most || rows.size() == ROW_LIMIT) {
          return;
        }
        rows.add(offset);
        position = offset + 1;
        count++;
      }
    }

    private int firstAt(long offset) {
      int i = stream.size();
      while (i > 0 && stream.get(i - 1) >= offset) {
        i--;
      }
      return i;
    }

    private void end(EndReason reason) {
      // Some know the next message already, some only where the last one ended.
      int next = firstAt(position);
      if (next < stream.size() && random.nextBoolean()) {
        position = stream.get(next);
      }
      follow(new ReplicaProtocol(id, position, reason).report());
    }

    private void follow(ReplicaProtocol.Next next) {
      protocol = Optional.of(next.protocol());
      long mine = ++turn;
      switch (next.action()) {
        case ReplicaAction.Send send -> {
          if (dies(CrashPoint.BEFORE_REPORT)) {
            die();
            return;
          }
          ask(send.message(), mine);
          if (send.message() instanceof CompletionMessage.CommitEnd
              && dies(CrashPoint.AFTER_COMMIT_SENT)) {
            die();
          }
        }
        case ReplicaAction.Pause _ ->
            later(PAUSE_MILLIS, mine, () -> follow(next.protocol().report()));
        case ReplicaAction.CatchUp catchUp ->
            later(20, mine, () -> catchUp(next.protocol(), catchUp.offset()));
        case ReplicaAction.Seal _ -> seal(next.protocol(), mine);
        case ReplicaAction.Keep keep -> {
          if (dies(CrashPoint.BEFORE_KEEP)) {
            die();
            return;
          }
          Link record = records.get(sequence);
          // A replica that built other bytes takes those of the record: the loader compares CRCs.
          assertThat(rows)
              .as("rows that %s keeps as segment %d", id, sequence)
              .isEqualTo(objects.get(record.sealed().orElseThrow().url()));
          assertThat(keep.offset()).isEqualTo(record.end());
          disk.put(sequence, List.copyOf(rows));
          begin(sequence + 1);
        }
        case ReplicaAction.Discard _ -> load(records.get(sequence));
      }
    }

    private void later(long millis, long mine, Runnable task) {
      after(
          millis,
          () -> {
            if (turn == mine && now >= deadUntil) {
              task.run();
            }
          });
    }

    private void ask(CompletionMessage message, long mine) {
      Controller controller = controllers.get(random.nextInt(2));
      int about = sequence;
      send(() ->
          controller.receive(
              about,
              message,
              answer ->
                  send(() -> {
                    if (turn == mine && now >= deadUntil) {
                      follow(protocol.orElseThrow().answered(message, changed(answer)));
                    }
                  })));
      later(
          REQUEST_MILLIS + random.nextInt(100),
          mine,
          () -> follow(protocol.orElseThrow().unanswered()));
    }

    private CompletionAnswer changed(CompletionAnswer answer) {
      return defect == Defect.KEEP_WHATEVER_THE_OFFSET
              && answer.kind() == CompletionAnswer.Kind.DISCARD
          ? CompletionAnswer.KEEP
          : answer;
    }

    private void catchUp(ReplicaProtocol own, long target) {
      if (dies(CrashPoint.CATCHING_UP)) {
        die();
        return;
      }
      consume(3, target);
      if (firstAt(position) == firstAt(target)) {
        position = Math.max(position, target);
        follow(own.caughtUp(position));
      } else {
        long mine = ++turn;
        later(20, mine, () -> catchUp(own, target));
      }
    }

    private void stillBuilding(ReplicaProtocol own, long mine) {
      Controller controller = controllers.get(random.nextInt(2));
      int about = sequence;
      send(() -> controller.receive(about, own.stillBuilding(), _ -> {}));
      later(HEARTBEAT_MILLIS, mine, () -> stillBuilding(own, mine));
    }

    private void seal(ReplicaProtocol own, long mine) {
      long millis = fault(1) ? 5_000 : 50 + random.nextInt(500);
      if (fault(0.5)) {
        later(millis, mine, () -> follow(own.failed("no space")));
        return;
      }
      later(HEARTBEAT_MILLIS, mine, () -> stillBuilding(own, mine));
      later(
          millis,
          mine,
          () -> {
            if (dies(CrashPoint.BEFORE_UPLOAD)) {
              die();
              return;
            }
            String url = "object-" + names++;
            objects.put(url, List.copyOf(rows));
            if (dies(CrashPoint.AFTER_UPLOAD)) {
              die();
              return;
            }
            follow(own.sealed(new SealedSegment(url, rows.hashCode(), rows.size(), 1, Map.of())));
          });
    }
  }

  static Map<CrashPoint, Integer> counters() {
    return new EnumMap<>(CrashPoint.class);
  }
}
