package io.cuvee.benchmarks.ssb;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/// The flat table at one scale: which columns it has, how many of everything, and its texts. What a
/// customer, supplier or part is like depends on its key and the seed alone.
public final class SsbTable {
  public static final String NAME = "lineorder_flat";

  public static final List<SsbColumn> COLUMNS =
      List.of(
          SsbColumn.number("lo_orderkey"),
          SsbColumn.number("lo_linenumber"),
          SsbColumn.number("lo_custkey"),
          SsbColumn.number("lo_partkey"),
          SsbColumn.number("lo_suppkey"),
          SsbColumn.number("lo_orderdate"),
          SsbColumn.text("lo_orderpriority"),
          SsbColumn.number("lo_shippriority"),
          SsbColumn.number("lo_quantity"),
          SsbColumn.metric("lo_extendedprice", SsbColumn.Kind.INT),
          SsbColumn.metric("lo_ordtotalprice", SsbColumn.Kind.INT),
          SsbColumn.number("lo_discount"),
          SsbColumn.metric("lo_revenue", SsbColumn.Kind.LONG),
          SsbColumn.metric("lo_supplycost", SsbColumn.Kind.INT),
          SsbColumn.number("lo_tax"),
          SsbColumn.number("lo_commitdate"),
          SsbColumn.text("lo_shipmode"),
          SsbColumn.text("c_name"),
          SsbColumn.text("c_city"),
          SsbColumn.text("c_nation"),
          SsbColumn.text("c_region"),
          SsbColumn.text("c_mktsegment"),
          SsbColumn.text("s_name"),
          SsbColumn.text("s_city"),
          SsbColumn.text("s_nation"),
          SsbColumn.text("s_region"),
          SsbColumn.text("p_mfgr"),
          SsbColumn.text("p_category"),
          SsbColumn.text("p_brand"),
          SsbColumn.text("p_color"),
          SsbColumn.text("p_type"),
          SsbColumn.number("p_size"),
          SsbColumn.text("p_container"),
          SsbColumn.number("d_year"),
          SsbColumn.number("d_yearmonthnum"),
          SsbColumn.number("d_weeknuminyear"));

  /// The rows are in this order, and then by `lo_orderkey`.
  public static final String SORTED_COLUMN = "lo_orderdate";

  /// What the queries filter by.
  public static final List<String> INDEXED_COLUMNS =
      List.of(
          "lo_orderkey",
          "lo_discount",
          "lo_quantity",
          "c_region",
          "c_nation",
          "c_city",
          "s_region",
          "s_nation",
          "s_city",
          "p_mfgr",
          "p_category",
          "p_brand",
          "d_year",
          "d_yearmonthnum",
          "d_weeknuminyear");

  /// Metrics of many values, which Pinot is told to store without a dictionary.
  public static final List<String> RAW_COLUMNS =
      List.of("lo_extendedprice", "lo_ordtotalprice", "lo_revenue", "lo_supplycost");

  private static final int ROWS_PER_SCALE = 6_000_000;

  static final List<String> REGIONS = List.of("AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST");

  /// Five of each region.
  static final List<String> NATIONS =
      List.of(
          "ALGERIA",
          "ETHIOPIA",
          "KENYA",
          "MOROCCO",
          "MOZAMBIQUE",
          "ARGENTINA",
          "BRAZIL",
          "CANADA",
          "PERU",
          "UNITED STATES",
          "INDIA",
          "INDONESIA",
          "CHINA",
          "JAPAN",
          "VIETNAM",
          "FRANCE",
          "GERMANY",
          "ROMANIA",
          "RUSSIA",
          "UNITED KINGDOM",
          "EGYPT",
          "IRAN",
          "IRAQ",
          "JORDAN",
          "SAUDI ARABIA");

  private static final List<String> PRIORITIES =
      List.of("1-URGENT", "2-HIGH", "3-MEDIUM", "4-NOT SPECIFIED", "5-LOW");
  private static final List<String> SHIP_MODES =
      List.of("AIR", "FOB", "MAIL", "RAIL", "REG AIR", "SHIP", "TRUCK");
  private static final List<String> SEGMENTS =
      List.of("AUTOMOBILE", "BUILDING", "FURNITURE", "HOUSEHOLD", "MACHINERY");

  private final double scale;
  private final int customers;
  private final int suppliers;
  private final int parts;
  private final String[][] texts;

  public SsbTable(double scale) {
    if (!(scale > 0 && scale <= 100)) {
      throw new IllegalArgumentException("A scale of " + scale + "; it must be in (0, 100].");
    }
    this.scale = scale;
    customers = (int) Math.max(100, 30_000 * scale);
    suppliers = (int) Math.max(50, 2_000 * scale);
    parts =
        (int)
            (scale < 1
                ? Math.max(1_000, 200_000 * scale)
                : 200_000 * (1 + Math.floor(Math.log(scale) / Math.log(2))));
    texts = COLUMNS.stream().map(column -> textsOf(column.name())).toArray(String[][]::new);
  }

  public double scale() {
    return scale;
  }

  public int rowCount() {
    return (int) Math.max(1_000, Math.round(ROWS_PER_SCALE * scale));
  }

  int customers() {
    return customers;
  }

  int suppliers() {
    return suppliers;
  }

  int parts() {
    return parts;
  }

  /// The texts of a column; empty if it holds numbers. Not to be changed.
  public String[] texts(int column) {
    return texts[column];
  }

  /// The position of a column.
  public static int indexOf(String column) {
    for (int i = 0; i < COLUMNS.size(); i++) {
      if (COLUMNS.get(i).name().equals(column)) {
        return i;
      }
    }
    throw new IllegalArgumentException("There is no column " + column);
  }

  private String[] textsOf(String column) {
    return switch (column) {
      case "lo_orderpriority" -> PRIORITIES.toArray(String[]::new);
      case "lo_shipmode" -> SHIP_MODES.toArray(String[]::new);
      case "c_name" -> names("Customer#", customers);
      case "s_name" -> names("Supplier#", suppliers);
      case "c_city", "s_city" -> texts(250, city -> prefix(NATIONS.get(city / 10)) + city % 10);
      case "c_nation", "s_nation" -> NATIONS.toArray(String[]::new);
      case "c_region", "s_region" -> REGIONS.toArray(String[]::new);
      case "c_mktsegment" -> SEGMENTS.toArray(String[]::new);
      case "p_mfgr" -> texts(5, i -> "MFGR#" + (i + 1));
      case "p_category" -> texts(25, i -> "MFGR#" + (i / 5 + 1) + (i % 5 + 1));
      case "p_brand" ->
          texts(1_000, i -> "MFGR#" + (i / 200 + 1) + (i / 40 % 5 + 1) + (i % 40 + 1));
      case "p_color" ->
          words(
              "light dark pale deep",
              "blue green red brown yellow orange pink violet grey white black rose lime navy olive"
                  + " teal ivory coral sand plum mint gold silver");
      case "p_type" ->
          words(
              "STANDARD SMALL MEDIUM LARGE ECONOMY PROMO",
              "ANODIZED BURNISHED PLATED POLISHED BRUSHED",
              "TIN NICKEL BRASS STEEL COPPER");
      case "p_container" -> words("SM LG MED JUMBO WRAP", "CASE BOX BAG JAR PKG PACK CAN DRUM");
      default -> new String[0];
    };
  }

  /// Nine characters, as the benchmark's cities begin.
  private static String prefix(String nation) {
    return String.format(Locale.ROOT, "%-9.9s", nation);
  }

  private static String[] names(String prefix, int count) {
    return texts(count, i -> String.format(Locale.ROOT, "%s%09d", prefix, i + 1));
  }

  private static String[] texts(int count, java.util.function.IntFunction<String> text) {
    return IntStream.range(0, count).mapToObj(text).toArray(String[]::new);
  }

  /// Every combination of one word of each list.
  private static String[] words(String... lists) {
    List<String> all = List.of("");
    for (String list : lists) {
      all =
          all.stream()
              .flatMap(begin ->
                  Arrays.stream(list.split(" "))
                      .map(word -> begin.isEmpty() ? word : begin + " " + word))
              .toList();
    }
    return all.toArray(String[]::new);
  }
}
