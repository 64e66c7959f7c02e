package io.cuvee.benchmarks.ssb;

import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Function;

/// Kinds of queries that clients ask in random turn, with other literals each time.
///
/// @param unit what is counted by the second
public record QueryMix(String unit, List<Kind> kinds) {
  private static final int LARGEST_QUANTITY = 50;

  public QueryMix {
    kinds = List.copyOf(kinds);
  }

  /// One kind.
  ///
  /// @param share how often it comes, in proportion to the others
  /// @param sql a query with literals drawn at random
  public record Kind(String name, int share, Function<SplittableRandom, String> sql) {}

  /// Look-ups of the lines of an order.
  public static QueryMix lookUps(SsbGenerator rows) {
    return new QueryMix("look-ups/s", List.of(lookUp(rows, 1)));
  }

  /// What a busy application asks: mostly look-ups, counts with conditions, sums of few groups.
  public static QueryMix mixed(SsbGenerator rows) {
    String[] cities = rows.table().texts(SsbTable.indexOf("c_city"));
    String[] categories = rows.table().texts(SsbTable.indexOf("p_category"));
    List<String> nations = SsbTable.NATIONS;
    return new QueryMix(
        "queries/s",
        List.of(
            lookUp(rows, 5),
            new Kind(
                "filtered count",
                3,
                random ->
                    "SELECT COUNT(*) FROM "
                        + SsbTable.NAME
                        + " WHERE c_city = '"
                        + cities[random.nextInt(cities.length)]
                        + "' AND lo_quantity < "
                        + random.nextInt(2, LARGEST_QUANTITY)),
            new Kind(
                "small group-by",
                2,
                random ->
                    "SELECT d_year, COUNT(*) AS n, SUM(lo_revenue) AS revenue FROM "
                        + SsbTable.NAME
                        + " WHERE s_nation = '"
                        + nations.get(random.nextInt(nations.size()))
                        + "' AND p_category = '"
                        + categories[random.nextInt(categories.length)]
                        + "' GROUP BY d_year ORDER BY d_year LIMIT 100")));
  }

  private static Kind lookUp(SsbGenerator rows, int share) {
    int orders = rows.orderCount();
    return new Kind(
        "look-up",
        share,
        random -> SsbQueries.lookUp(SsbGenerator.orderKey(random.nextInt(orders))));
  }

  /// The kind of the next query.
  public int next(SplittableRandom random) {
    int left = random.nextInt(kinds.stream().mapToInt(Kind::share).sum());
    int kind = 0;
    while (left >= kinds.get(kind).share()) {
      left -= kinds.get(kind++).share();
    }
    return kind;
  }
}
