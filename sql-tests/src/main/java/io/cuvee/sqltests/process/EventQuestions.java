package io.cuvee.sqltests.process;

import com.fasterxml.jackson.databind.JsonNode;
import io.cuvee.sqltests.cluster.Rest;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Queries over the table `events` under random literals, with the answers that plain loops over
/// the rows give. Thread-safe.
public final class EventQuestions {
  private final List<Event> events;

  /// @param rows a JSON object each
  public EventQuestions(List<String> rows) {
    events = rows.stream().map(EventQuestions::event).toList();
  }

  private record Event(
      int id,
      @Nullable String kind,
      @Nullable String visitor,
      @Nullable String country,
      @Nullable Integer quantity,
      @Nullable Double amount) {}

  private static Event event(String row) {
    try {
      JsonNode json = Rest.JSON.readTree(row);
      return new Event(
          json.get("id").intValue(),
          json.hasNonNull("kind") ? json.get("kind").textValue() : null,
          json.hasNonNull("visitor") ? json.get("visitor").textValue() : null,
          json.hasNonNull("country") ? json.get("country").textValue() : null,
          json.hasNonNull("quantity") ? json.get("quantity").intValue() : null,
          json.hasNonNull("amount") ? json.get("amount").doubleValue() : null);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// A query and its right answer, each cell as text.
  ///
  /// @param scans whether rows are scanned, under a literal that hardly any other has
  public record Question(String sql, List<List<@Nullable String>> answer, boolean scans) {
    private Question(String sql, List<List<@Nullable String>> answer) {
      this(sql, answer, true);
    }
  }

  /// Eight of nine scan rows, half of which group them too.
  public Question next(Random random) {
    return switch (random.nextInt(9)) {
      case 0, 1 -> byKind(random);
      case 2, 3 -> byCountry(random);
      case 4, 5 -> extremes(random);
      case 6, 7 -> visitors(random);
      default -> random.nextBoolean() ? all() : latestOf(random);
    };
  }

  private Question all() {
    return new Question(
        "SELECT COUNT(*) FROM events", List.of(List.of(Integer.toString(events.size()))), false);
  }

  private Question byKind(Random random) {
    int from = random.nextInt(events.size());
    int to = from + random.nextInt(events.size());
    return new Question(
        "SELECT kind, COUNT(*), SUM(quantity) FROM events WHERE id BETWEEN "
            + from
            + " AND "
            + to
            + " GROUP BY kind ORDER BY kind NULLS FIRST",
        grouped(event -> event.id() >= from && event.id() <= to, Event::kind));
  }

  private Question byCountry(Random random) {
    int least = random.nextInt(-10, 105);
    return new Question(
        "SELECT country, COUNT(*), SUM(quantity) FROM events WHERE quantity >= "
            + least
            + " GROUP BY country ORDER BY country NULLS FIRST",
        grouped(event -> event.quantity() != null && event.quantity() >= least, Event::country));
  }

  private List<List<@Nullable String>> grouped(
      Predicate<Event> filter, java.util.function.Function<Event, @Nullable String> key) {
    TreeMap<@Nullable String, List<Event>> groups =
        new TreeMap<>(Comparator.nullsFirst(EventQuestions::compareCodePoints));
    for (Event event : events) {
      if (filter.test(event)) {
        groups.computeIfAbsent(key.apply(event), absent -> new ArrayList<>()).add(event);
      }
    }
    List<List<@Nullable String>> rows = new ArrayList<>();
    groups.forEach((value, members) -> {
      List<@Nullable String> row = new ArrayList<>();
      row.add(value);
      row.add(Integer.toString(members.size()));
      List<Integer> quantities =
          members.stream().map(Event::quantity).filter(java.util.Objects::nonNull).toList();
      row.add(
          quantities.isEmpty()
              ? null
              : Long.toString(quantities.stream().mapToLong(Integer::longValue).sum()));
      rows.add(row);
    });
    return rows;
  }

  private static int compareCodePoints(String left, String right) {
    return java.util.Arrays.compare(left.codePoints().toArray(), right.codePoints().toArray());
  }

  private Question extremes(Random random) {
    double above = random.nextInt(-4000, 40_400) / 4.0;
    List<Double> amounts =
        events.stream()
            .map(Event::amount)
            .filter(amount -> amount != null && amount > above)
            .toList();
    List<@Nullable String> row = new ArrayList<>();
    row.add(Integer.toString(amounts.size()));
    boolean none = amounts.isEmpty();
    row.add(none ? null : amounts.stream().min(Double::compare).orElseThrow().toString());
    row.add(none ? null : amounts.stream().max(Double::compare).orElseThrow().toString());
    row.add(none ? null : Double.toString(amounts.stream().mapToDouble(Double::doubleValue).sum()));
    return new Question(
        "SELECT COUNT(*), MIN(amount), MAX(amount), SUM(amount) FROM events WHERE amount > "
            + above,
        List.of(row));
  }

  private Question visitors(Random random) {
    int from = random.nextInt(events.size());
    long visitors =
        events.stream()
            .filter(event -> event.id() >= from && event.visitor() != null)
            .map(Event::visitor)
            .distinct()
            .count();
    return new Question(
        "SELECT COUNT(DISTINCT visitor) FROM events WHERE id >= " + from,
        List.of(List.of(Long.toString(visitors))));
  }

  private Question latestOf(Random random) {
    String visitor = "v" + random.nextInt(2100);
    List<List<@Nullable String>> rows = new ArrayList<>();
    events.stream()
        .filter(event -> visitor.equals(event.visitor()))
        .sorted(Comparator.comparingInt(Event::id).reversed())
        .limit(20)
        .forEach(event -> {
          List<@Nullable String> row = new ArrayList<>();
          row.add(Integer.toString(event.id()));
          row.add(event.country());
          rows.add(row);
        });
    return new Question(
        "SELECT id, country FROM events WHERE visitor = '"
            + visitor
            + "' ORDER BY id DESC LIMIT 20",
        rows,
        false);
  }
}
