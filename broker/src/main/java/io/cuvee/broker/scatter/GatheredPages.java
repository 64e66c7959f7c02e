package io.cuvee.broker.scatter;

import io.cuvee.broker.routing.Part;
import io.cuvee.broker.routing.ServerAddress;
import io.cuvee.broker.routing.TableRouting;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.SegmentQuery;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.wire.ByteReader;
import io.cuvee.common.wire.ByteWriter;
import io.cuvee.common.wire.PlanCodec;
import io.cuvee.common.wire.QueryRequest;
import io.cuvee.common.wire.SegmentRef;
import io.cuvee.execution.memory.MemoryBudget;
import io.cuvee.execution.memory.QueryContext;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageCodec;
import io.cuvee.execution.page.PageSource;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The pages of one scan from all its servers.
///
/// A short answer (groups, or few rows) is kept until its server has said that it is whole, so that
/// it can be asked again elsewhere if the server fails midway. A long answer flows on as it comes;
/// once some of it has been passed on, a failure cannot be mended. What may become long, which
/// groups without a limit may, comes over a connection of its own that stops when the reader does;
/// groups begin to flow when memory gets tight.
final class GatheredPages implements PageSource, WakeUpCalls.Sleeper {
  /// Above so many rows a selection flows instead of being kept.
  private static final long KEPT_ROWS = 50_000;

  /// A flowing answer stops when so much of it waits for the reader.
  private static final long FLOW_BYTES = 4 << 20;

  /// The part of the query's memory that may wait so.
  private static final int SHARE_OF_MEMORY = 16;

  private static final long WAIT_MILLIS = 1000;

  /// How often it is looked whether a server is late.
  private static final long LOOK_MILLIS = 25;

  /// One that takes so many times as long as the others of the scan is late, and at least so long.
  private static final long LAG = 4;

  private static final long LEAST_LAG_NANOS = 100_000_000;

  /// When servers are asked again for rows of a stream that none of them serves at the moment, and
  /// for how long: one that begins to consume, or is behind what was shown, gets there soon.
  private static final long ASK_AGAIN_MILLIS = 20;

  /// After so many in one scan it fails.
  private static final int MOST_DAMAGES = 8;

  private static final long MAX_ASK_AGAIN_MILLIS = 200;

  private static final long STREAM_PATIENCE_NANOS = 5_000_000_000L;

  private final ServerLinks links;
  private final TableRouting routing;
  private final SegmentQuery query;
  private final List<ColumnType> types;
  private final QueryContext context;
  private final MemoryBudget memory;
  private final boolean allowPartial;
  private final boolean explains;
  private final ScatterReport report;
  private final boolean flows;
  private final boolean mayBeLong;
  private final ServerRequest.Scan scan;
  private final LinkedBlockingQueue<Event> events = new LinkedBlockingQueue<>();
  private final ShownElsewhere elsewhere;

  // Only the query's thread touches these.
  private final Queue<byte[]> ready = new ArrayDeque<>();
  private final Set<Attempt> running = new HashSet<>();
  private final Set<String> failedServers = new HashSet<>();
  private final Set<Race> races = new HashSet<>();

  /// Answers that are whole, but may be behind what was shown elsewhere.
  private final List<Ended> held = new ArrayList<>();

  private long slowestNanos;
  private final long startNanos = System.nanoTime();
  private int askedAgainSoon;
  private int pauses;
  private int damagesFound;
  private boolean closed;
  private boolean asleepBefore;

  // Of the query's thread, while it waits.
  private volatile long wakeAtNanos;
  private volatile boolean waits;

  private sealed interface Event {}

  private record PageCame(Attempt attempt, byte[] payload) implements Event {}

  private record Ended(Attempt attempt, byte[] payload) implements Event {}

  private record Failed(Attempt attempt, CuveeException failure) implements Event {}

  private record AskAgain(List<String> segments) implements Event {}

  /// A server has told what it has shown.
  private record Shown(ShownElsewhere.Answer answer) implements Event {}

  /// A server has had time to load segments.
  private record AskThere(Part part) implements Event {}

  private record Wake() implements Event {}

  /// @param explains whether the servers shall say how they would run it, and not run it
  GatheredPages(
      ServerLinks links,
      TableRouting routing,
      SegmentQuery query,
      QueryContext context,
      MemoryBudget memory,
      boolean allowPartial,
      boolean explains,
      ScatterReport report) {
    this.links = links;
    this.routing = routing;
    this.query = query;
    this.types = explains ? QueryRequest.EXPLAIN_TYPES : query.outputTypes();
    this.context = context;
    this.memory = memory;
    this.allowPartial = allowPartial;
    this.explains = explains;
    this.report = report;
    this.flows =
        !explains
            && query.output() instanceof SegmentQuery.Selection selection
            && (selection.limit() == SegmentQuery.NO_LIMIT || selection.limit() > KEPT_ROWS);
    this.mayBeLong =
        flows
            || !explains
                && query.output() instanceof SegmentQuery.Aggregation groups
                && !groups.groupKeys().isEmpty()
                && groups.limit() == SegmentQuery.NO_LIMIT;
    this.elsewhere = new ShownElsewhere(links, routing, answer -> events.add(new Shown(answer)));
    ByteWriter out = new ByteWriter(512);
    PlanCodec.writeQuery(out, query);
    this.scan =
        new ServerRequest.Scan(
            links,
            routing,
            context,
            memory,
            report,
            explains,
            mayBeLong,
            Math.min(FLOW_BYTES, memory.leastLimitBytes() / SHARE_OF_MEMORY),
            out.toByteArray());
  }

  /// Asks all servers.
  ///
  /// @throws CuveeException `DATA_UNAVAILABLE` if a segment is on no live server
  void start() {
    TableRouting.Choice choice = choice();
    report.pruned(choice.pruned());
    if (!choice.missing().isEmpty()) {
      unavailable(choice.missing(), null);
    }
    Set<String> suspects = links.suspects();
    for (Part part : choice.parts()) {
      if (suspects.contains(part.server().id())) {
        askOthersFirst(part, suspects);
      } else {
        ask(part);
      }
    }
    elsewhere.ask(running.stream().map(attempt -> attempt.part()).toList(), suspects);
  }

  /// Servers explain also what they would leave out, and why.
  private TableRouting.Choice choice() {
    return explains
        ? new TableRouting.Choice(routing.parts(), routing.missing(), 0)
        : routing.choose(query);
  }

  /// A server that could not be reached a moment ago is asked only for what nobody else has.
  private void askOthersFirst(Part part, Set<String> suspects) {
    Set<String> left = new HashSet<>(part.segments());
    for (Part other : routing.reassign(part.segments(), suspects)) {
      ask(other);
      other.segments().forEach(left::remove);
    }
    if (!left.isEmpty()) {
      routing.reassign(List.copyOf(left), Set.of()).forEach(this::ask);
    }
  }

  private void ask(Part part) {
    ask(new Attempt(part, false));
  }

  private void ask(Attempt attempt) {
    running.add(attempt);
    report.asked(attempt.part().server().id(), attempt.part().segments().size());
    attempt.begin();
  }

  @Override
  public @Nullable Page next() {
    while (true) {
      byte[] payload = ready.poll();
      if (payload != null) {
        Page page = PageCodec.read(new ByteReader(payload), types);
        memory.release(payload.length);
        return page;
      }
      if (running.isEmpty() && askedAgainSoon == 0) {
        return null;
      }
      switch (await()) {
        case PageCame came -> pageCame(came.attempt(), came.payload());
        case Ended ended -> ended(ended.attempt(), ended.payload());
        case Failed failed -> failed(failed.attempt(), failed.failure());
        case Shown shown -> shown(shown.answer());
        case AskAgain again -> askAgain(again.segments());
        case AskThere there -> {
          askedAgainSoon--;
          ask(there.part());
        }
        case Wake() -> context.check();
      }
    }
  }

  private Event await() {
    Event come = events.poll();
    if (come != null) {
      return come;
    }
    context.check();
    long longest = WAIT_MILLIS;
    if (mayHedge()) {
      hedge();
      longest = LOOK_MILLIS;
    }
    if (!held.isEmpty()) {
      elsewhere.giveUpLate();
      longest = LOOK_MILLIS;
    }
    // One millisecond more, so that the check after it sees the deadline behind it.
    long millis = Math.min(longest, context.remainingMillis() + 1);
    wakeAtNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
    waits = true;
    if (!asleepBefore) {
      asleepBefore = true;
      links.wakeUpCalls().add(this);
    }
    try {
      return events.take();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CuveeException(
          ErrorCode.QUERY_CANCELLED, "Query " + context.queryId() + " was interrupted.", e);
    } finally {
      waits = false;
    }
  }

  @Override
  public void look(long nanoTime) {
    if (waits && nanoTime - wakeAtNanos >= 0) {
      waits = false;
      wake();
    }
  }

  private void pageCame(Attempt attempt, byte[] payload) {
    if (!running.contains(attempt)) {
      memory.release(payload.length);
      return;
    }
    attempt.taken(payload.length);
    attempt.kept.add(payload);
    boolean isTight = mayBeLong && memory.isTight();
    Race race = attempt.race;
    if (race != null && isTight) {
      settle(race);
    }
    // Of two that answer the same nothing may be passed on before one of them is whole.
    if (flows || attempt.passedOn || attempt.race == null && isTight) {
      attempt.passedOn = true;
      ready.addAll(attempt.kept);
      attempt.kept.clear();
    }
  }

  private void ended(Attempt attempt, byte[] payload) {
    if (!running.contains(attempt)) {
      return;
    }
    if (elsewhere.isAwaited() && !attempt.part().open().isEmpty()) {
      held.add(new Ended(attempt, payload));
      return;
    }
    running.remove(attempt);
    attempt.release();
    report.over(attempt);
    AnswerEnd told = AnswerEnd.read(payload);
    slowestNanos = Math.max(slowestNanos, System.nanoTime() - attempt.startNanos());
    Race race = attempt.race;
    if (!attempt.isFurther && !attempt.passedOn && elsewhere.isBehind(told.ends())) {
      askFurther(attempt);
      return;
    }
    if (race == null) {
      deliver(attempt, told);
    } else if (attempt == race.slow) {
      giveUp(race);
      deliver(attempt, told);
    } else if (told.missing().isEmpty()) {
      race.finished.put(attempt, told);
      if (race.finished.size() == race.hedges) {
        win(race);
      }
    } else {
      discard(attempt);
      giveUp(race);
    }
  }

  private void shown(ShownElsewhere.Answer answer) {
    elsewhere.heard(answer);
    if (!elsewhere.isAwaited()) {
      List<Ended> all = List.copyOf(held);
      held.clear();
      all.forEach(ended -> ended(ended.attempt(), ended.payload()));
    }
  }

  /// Another broker got rows that this answer lacks. Asked again, the server answers with them, or
  /// says that it does not have them.
  private void askFurther(Attempt attempt) {
    discard(attempt);
    Race race = attempt.race;
    if (race != null) {
      giveUp(race);
    }
    if (race == null || attempt == race.slow) {
      report.retried(attempt.part().server().id(), attempt.part().segments().size());
      ask(new Attempt(attempt.part(), true));
    }
  }

  /// The answer counts.
  private void deliver(Attempt attempt, AnswerEnd told) {
    ServerAddress server = attempt.part().server();
    ready.addAll(attempt.kept);
    attempt.kept.clear();
    elsewhere.tell(server, told.ends());
    report.answered(server.id(), told.stats());
    List<String> notServed = new ArrayList<>(told.missing());
    if (!told.cold().isEmpty()) {
      notServed.removeAll(told.cold());
      askThere(routing.part(server, told.cold()));
    }
    if (!notServed.isEmpty()) {
      askElsewhere(
          server,
          notServed,
          told.coming(),
          new CuveeException(
              ErrorCode.DATA_UNAVAILABLE, "Server " + server + " does not serve them now."));
    }
  }

  /// A request whose answer was late, and those that ask others for the same. The one or the others
  /// count, whoever is whole first.
  private static final class Race {
    private final Attempt slow;
    private final int hedges;
    private final Map<Attempt, AnswerEnd> finished = new LinkedHashMap<>();

    Race(Attempt slow, int hedges) {
      this.slow = slow;
      this.hedges = hedges;
    }
  }

  private boolean mayHedge() {
    return !flows && !explains && links.hedging().isOn() && !(mayBeLong && memory.isTight());
  }

  /// Asks others as well for what is late.
  private void hedge() {
    long now = System.nanoTime();
    for (Attempt attempt : List.copyOf(running)) {
      if (attempt.race == null && !attempt.passedOn && isLate(attempt, now)) {
        hedge(attempt);
      }
    }
  }

  /// Whether a server takes longer for its first sign than it usually does, has been silent since,
  /// or takes far longer than all others took.
  private boolean isLate(Attempt attempt, long now) {
    long waited = now - attempt.startNanos();
    if (attempt.isSilent(now)) {
      return true;
    }
    return running.size() == 1
        && slowestNanos > 0
        && waited > Math.max(LEAST_LAG_NANOS, LAG * slowestNanos);
  }

  private void hedge(Attempt slow) {
    Set<String> excluded = new HashSet<>(failedServers);
    excluded.addAll(links.suspects());
    excluded.add(slow.part().server().id());
    List<Part> parts = routing.reassign(slow.part().segments(), excluded);
    int covered = parts.stream().mapToInt(part -> part.segments().size()).sum();
    if (covered < slow.part().segments().size() || !links.hedging().take(parts.size())) {
      return;
    }
    Race race = new Race(slow, parts.size());
    slow.race = race;
    races.add(race);
    report.hedged();
    for (Part part : parts) {
      Attempt attempt = new Attempt(part, false);
      attempt.race = race;
      running.add(attempt);
      attempt.begin();
    }
  }

  /// Ends a race for which there is too little memory: who has more of the answer goes on alone.
  private void settle(Race race) {
    long hedged = race.finished.keySet().stream().mapToLong(Attempt::keptBytes).sum();
    for (Attempt attempt : running) {
      if (attempt.race == race && attempt != race.slow) {
        hedged += attempt.keptBytes();
      }
    }
    if (race.slow.keptBytes() >= hedged) {
      giveUp(race);
    } else {
      win(race);
    }
  }

  /// Those who were asked later were faster.
  private void win(Race race) {
    Attempt slow = race.slow;
    if (!slow.wasHeard() || slow.isSilent(System.nanoTime())) {
      links.to(slow.part().server()).suspect();
    }
    running.remove(slow);
    discard(slow);
    report.overtaken(slow.part().server().id(), slow.part().segments().size());
    takeOver(race);
  }

  /// From now on those who were asked later stand for the one that was slow.
  private void takeOver(Race race) {
    races.remove(race);
    List<Attempt> hedges = new ArrayList<>(race.finished.keySet());
    running.stream().filter(attempt -> attempt.race == race).forEach(hedges::add);
    for (Attempt attempt : hedges) {
      attempt.race = null;
      report.asked(attempt.part().server().id(), attempt.part().segments().size());
    }
    race.finished.forEach(this::deliver);
  }

  /// The one that was slow goes on alone.
  private void giveUp(Race race) {
    races.remove(race);
    race.slow.race = null;
    race.finished.keySet().forEach(this::discard);
    for (Attempt attempt : List.copyOf(running)) {
      if (attempt.race == race) {
        running.remove(attempt);
        discard(attempt);
      }
    }
  }

  private void discard(Attempt attempt) {
    report.over(attempt);
    attempt.kept.forEach(payload -> memory.release(payload.length));
    attempt.kept.clear();
    attempt.cancel();
  }

  /// Asks the same server again for what it loads because of this query: another one would have to
  /// load it as well.
  private void askThere(Part part) {
    report.waitedFor(part.segments().size());
    later(new AskThere(part));
  }

  private void later(Event event) {
    askedAgainSoon++;
    // Longer and longer, for a load may take anything from milliseconds to minutes.
    long pause = Math.min(MAX_ASK_AGAIN_MILLIS, ASK_AGAIN_MILLIS + pauses++ * 2L);
    CompletableFuture.delayedExecutor(pause, TimeUnit.MILLISECONDS)
        .execute(() -> events.add(event));
  }

  private void askAgain(List<String> segments) {
    askedAgainSoon--;
    failedServers.clear();
    routing.reassign(segments, Set.of()).forEach(this::ask);
  }

  private void failed(Attempt attempt, CuveeException failure) {
    if (!running.remove(attempt)) {
      return;
    }
    discard(attempt);
    Race race = attempt.race;
    if (race != null && attempt != race.slow) {
      giveUp(race);
      return;
    }
    if (attempt.passedOn || !isWorthRetrying(failure)) {
      throw failure;
    }
    if (failure.code() == ErrorCode.SERVER_UNREACHABLE) {
      links.to(attempt.part().server()).suspect();
    }
    if (race != null) {
      failedServers.add(attempt.part().server().id());
      report.retried(attempt.part().server().id(), attempt.part().segments().size());
      takeOver(race);
      return;
    }
    // A server that finds damage fetches its copy again: if nobody else can answer, it soon can.
    boolean isMended = failure.code() == ErrorCode.CORRUPT_SEGMENT && damagesFound++ < MOST_DAMAGES;
    askElsewhere(
        attempt.part().server(),
        attempt.part().segments(),
        isMended ? Set.copyOf(attempt.part().segments()) : Set.of(),
        failure);
  }

  private static boolean isWorthRetrying(CuveeException failure) {
    return switch (failure.code().kind()) {
      case USER -> false;
      case RESOURCES -> failure.code() == ErrorCode.TOO_MANY_REQUESTS;
      case EXTERNAL, INTERNAL -> true;
    };
  }

  /// @param coming those that the server will have soon
  private void askElsewhere(
      ServerAddress server, List<String> segments, Set<String> coming, CuveeException failure) {
    context.check();
    failedServers.add(server.id());
    report.retried(server.id(), segments.size());
    Set<String> left = new HashSet<>(segments);
    for (Part part : routing.reassign(segments, failedServers)) {
      ask(part);
      part.segments().forEach(left::remove);
    }
    List<String> soon = left.stream().filter(coming::contains).toList();
    if (!soon.isEmpty()) {
      left.removeAll(coming);
      later(new AskThere(routing.part(server, soon)));
    }
    if (!left.isEmpty() && areSoonServed(left, failure)) {
      later(new AskAgain(List.copyOf(left)));
      return;
    }
    if (!left.isEmpty()) {
      if (failure.code() == ErrorCode.INTERNAL || failure.code() == ErrorCode.TOO_MANY_REQUESTS) {
        throw failure;
      }
      Map<String, String> missing = new LinkedHashMap<>();
      String reason = failure.getMessage().replaceFirst("\\.$", "");
      left.forEach(segment -> missing.put(segment, reason));
      unavailable(missing, failure);
    }
  }

  private boolean areSoonServed(Set<String> segments, CuveeException failure) {
    // The other replica may not have told yet of the segment that one has died with.
    return (failure.code() == ErrorCode.DATA_UNAVAILABLE
            || failure.code() == ErrorCode.SERVER_UNREACHABLE && !allowPartial)
        && System.nanoTime() - startNanos < STREAM_PATIENCE_NANOS
        && segments.stream()
            .noneMatch(segment -> SegmentRef.parse(segment) instanceof SegmentRef.Whole);
  }

  private void unavailable(Map<String, String> missing, @Nullable CuveeException cause) {
    if (!allowPartial) {
      throw Missing.error(routing.physicalTable(), missing, cause);
    }
    report.missing(routing.physicalTable(), missing);
  }

  void wake() {
    events.add(new Wake());
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    links.wakeUpCalls().remove(this);
    // First nothing more may come, then what came is given back.
    running.forEach(Attempt::cancel);
    running.forEach(attempt -> attempt.kept.forEach(payload -> memory.release(payload.length)));
    running.clear();
    races.forEach(race ->
        race.finished
            .keySet()
            .forEach(attempt -> attempt.kept.forEach(payload -> memory.release(payload.length))));
    races.clear();
    ready.forEach(payload -> memory.release(payload.length));
    ready.clear();
    for (Event event = events.poll(); event != null; event = events.poll()) {
      if (event instanceof PageCame came) {
        memory.release(came.payload().length);
      }
    }
  }

  /// A request with what was kept of its answer, which is the query's thread's.
  private final class Attempt extends ServerRequest {
    /// Whether it is known how far it must go.
    private final boolean isFurther;

    private final List<byte[]> kept = new ArrayList<>();
    private boolean passedOn;
    private @Nullable Race race;

    Attempt(Part part, boolean isFurther) {
      super(scan, part);
      this.isFurther = isFurther;
    }

    long keptBytes() {
      return kept.stream().mapToLong(payload -> payload.length).sum();
    }

    @Override
    void arrived(byte[] payload) {
      events.add(new PageCame(this, payload));
    }

    @Override
    void ended(byte[] payload) {
      events.add(new Ended(this, payload));
    }

    @Override
    public void failed(CuveeException failure) {
      events.add(new Failed(this, failure));
    }
  }
}
