package io.cuvee.sqltests.cluster;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/// The rows of the table `events`. Amounts are multiples of 0.25, so that their sums are exact in
/// any order.
final class EventRows {
  private static final int COUNT = 20_000;
  private static final long SEED = 20_240_501;

  private static final List<String> KINDS =
      List.of("view", "view", "view", "view", "view", "cart", "cart", "buy", "return", "rate");
  private static final List<String> COUNTRIES =
      List.of("AT", "BE", "CH", "DE", "ES", "FR", "GB", "IT", "NL", "PT", "US", "Österreich", "日本");
  private static final List<String> TAGS =
      List.of("red", "white", "rosé", "crémant", "magnum", "organic", "gift", "");

  private EventRows() {}

  static List<String> make() {
    Random random = new Random(SEED);
    LocalDateTime start = LocalDateTime.of(2023, 11, 1, 0, 0);
    List<String> rows = new ArrayList<>(COUNT);
    for (int id = 1; id <= COUNT; id++) {
      ObjectNode row = Rest.JSON.createObjectNode();
      row.put("id", id);
      LocalDateTime at =
          start
              .plusSeconds(random.nextInt(300 * 86_400))
              .plusNanos(random.nextInt(1000) * 1_000_000L);
      row.put("moment", at.toString());
      if (random.nextInt(20) != 0) {
        row.put("kind", KINDS.get(random.nextInt(KINDS.size())));
      }
      if (random.nextInt(10) != 0) {
        // A few visitors come very often.
        double skew = random.nextDouble();
        row.put("visitor", "v" + (int) (skew * skew * skew * 2000));
      }
      if (random.nextInt(8) != 0) {
        row.put("country", COUNTRIES.get(random.nextInt(COUNTRIES.size())));
      }
      if (random.nextInt(6) != 0) {
        row.put("quantity", random.nextInt(-5, 100));
      }
      if (random.nextInt(15) != 0) {
        row.put(
            "views",
            random.nextInt(3) == 0 ? random.nextLong(1L << 50) : random.nextLong(-100, 1000));
      }
      if (random.nextInt(5) != 0) {
        row.put("amount", random.nextInt(-4000, 40_000) / 4.0);
      }
      if (random.nextInt(5) != 0) {
        row.put("ratio", random.nextInt(0, 257) / 256f);
      }
      if (random.nextInt(7) != 0) {
        int cents = random.nextInt(0, 1_000_000);
        row.put("price", "%d.%02d".formatted(cents / 100, cents % 100));
      }
      if (random.nextInt(4) != 0) {
        row.put("paid", random.nextBoolean());
      }
      if (random.nextInt(30) != 0) {
        row.put("day", LocalDate.from(at).plusDays(random.nextInt(-3, 4)).toString());
      }
      if (random.nextInt(9) != 0) {
        ArrayNode tags = row.putArray("tags");
        for (int i = random.nextInt(5); i > 0; i--) {
          tags.add(TAGS.get(random.nextInt(TAGS.size())));
        }
      }
      rows.add(row.toString());
    }
    return rows;
  }
}
