package io.cuvee.sqltests.duckdb;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.sqltests.cluster.Fixture;
import io.cuvee.sqltests.cluster.Rest;
import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.BiConsumer;

/// The eight tables of TPC-H, small, with random rows of few different values, so that every query
/// finds some.
final class TpchTables {
  private static final List<String> NATIONS =
      List.of("FRANCE", "GERMANY", "BRAZIL", "CANADA", "SAUDI ARABIA", "INDIA", "CHINA", "KENYA");
  private static final List<String> REGIONS =
      List.of("AFRICA", "AMERICA", "ASIA", "EUROPE", "MIDDLE EAST");
  private static final int[] REGION_OF_NATION = {3, 3, 1, 1, 4, 2, 2, 0};
  private static final List<String> SEGMENTS = List.of("BUILDING", "MACHINERY", "FURNITURE");
  private static final List<String> PRIORITIES = List.of("1-URGENT", "2-HIGH", "3-MEDIUM", "5-LOW");
  private static final List<String> MODES = List.of("MAIL", "SHIP", "AIR", "AIR REG", "TRUCK");
  private static final List<String> INSTRUCTIONS = List.of("DELIVER IN PERSON", "NONE");
  private static final List<String> BRANDS =
      List.of("Brand#12", "Brand#23", "Brand#34", "Brand#45");
  private static final List<String> TYPES =
      List.of(
          "PROMO BURNISHED COPPER",
          "STANDARD BRASS",
          "MEDIUM POLISHED TIN",
          "ECONOMY ANODIZED STEEL");
  private static final List<String> CONTAINERS =
      List.of("SM CASE", "SM BOX", "MED BAG", "MED BOX", "LG CASE", "LG BOX");
  private static final List<String> COLOURS = List.of("green", "forest", "red", "blue");
  private static final List<String> COMMENTS =
      List.of(
          "final special packed requests", "quick deposits", "Customer slow Complaints", "ideas");

  private static final int CUSTOMERS = 120;
  private static final int SUPPLIERS = 30;
  private static final int PARTS = 60;
  private static final int ORDERS = 900;

  private final Random random;

  TpchTables(long seed) {
    this.random = new Random(seed);
  }

  List<Fixture> make() {
    List<Fixture> tables = new ArrayList<>();
    tables.add(
        table(
            "region",
            "r_regionkey INT, r_name STRING",
            REGIONS.size(),
            (row, i) -> row.put("r_regionkey", i).put("r_name", REGIONS.get(i))));
    tables.add(
        table(
            "nation",
            "n_nationkey INT, n_name STRING, n_regionkey INT",
            NATIONS.size(),
            (row, i) ->
                row.put("n_nationkey", i)
                    .put("n_name", NATIONS.get(i))
                    .put("n_regionkey", REGION_OF_NATION[i])));
    tables.add(
        table(
            "supplier",
            "s_suppkey INT, s_name STRING, s_address STRING, s_nationkey INT, s_phone STRING,"
                + " s_acctbal BIG_DECIMAL, s_comment STRING",
            SUPPLIERS,
            (row, i) ->
                row.put("s_suppkey", i)
                    .put("s_name", "Supplier#" + i)
                    .put("s_address", "street " + i)
                    .put("s_nationkey", random.nextInt(NATIONS.size()))
                    .put("s_phone", "1" + i % 9 + "-555-" + i)
                    .put("s_acctbal", money(-99_900, 999_900))
                    .put("s_comment", any(COMMENTS))));
    tables.add(
        table(
            "customer",
            "c_custkey INT, c_name STRING, c_address STRING, c_nationkey INT, c_phone STRING,"
                + " c_acctbal BIG_DECIMAL, c_mktsegment STRING, c_comment STRING",
            CUSTOMERS,
            (row, i) ->
                row.put("c_custkey", i)
                    .put("c_name", "Customer#" + i)
                    .put("c_address", "road " + i)
                    .put("c_nationkey", random.nextInt(NATIONS.size()))
                    .put("c_phone", (10 + random.nextInt(25)) + "-555-" + i)
                    .put("c_acctbal", money(-99_900, 999_900))
                    .put("c_mktsegment", any(SEGMENTS))
                    .put("c_comment", any(COMMENTS))));
    tables.add(
        table(
            "part",
            "p_partkey INT, p_name STRING, p_mfgr STRING, p_brand STRING, p_type STRING, p_size"
                + " INT, p_container STRING, p_retailprice BIG_DECIMAL",
            PARTS,
            (row, i) ->
                row.put("p_partkey", i)
                    .put("p_name", any(COLOURS) + " " + any(COLOURS))
                    .put("p_mfgr", "Manufacturer#" + i % 5)
                    .put("p_brand", any(BRANDS))
                    .put("p_type", any(TYPES))
                    .put("p_size", 1 + random.nextInt(16))
                    .put("p_container", any(CONTAINERS))
                    .put("p_retailprice", money(90_000, 200_000))));
    tables.add(
        table(
            "partsupp",
            "ps_partkey INT, ps_suppkey INT, ps_availqty INT, ps_supplycost BIG_DECIMAL",
            PARTS * 4,
            (row, i) ->
                row.put("ps_partkey", i / 4)
                    .put("ps_suppkey", supplier(i / 4, i % 4))
                    .put("ps_availqty", 1 + random.nextInt(300))
                    .put("ps_supplycost", money(100, 100_000))));
    tables.addAll(orders());
    return tables;
  }

  /// The n-th of the four suppliers of a part.
  private static int supplier(int part, int n) {
    return (part + n * 7) % SUPPLIERS;
  }

  private List<Fixture> orders() {
    List<String> items = new ArrayList<>();
    Fixture orders =
        table(
            "orders",
            "o_orderkey INT, o_custkey INT, o_orderstatus STRING, o_totalprice BIG_DECIMAL,"
                + " o_orderdate DATE, o_orderpriority STRING, o_shippriority INT, o_comment STRING",
            ORDERS,
            (row, i) -> {
              LocalDate date = LocalDate.of(1993, 1, 1).plusDays(random.nextInt(5 * 365));
              for (int line = 1 + random.nextInt(6); line > 0; line--) {
                items.add(item(i, line, date));
              }
              row.put("o_orderkey", i)
                  .put("o_custkey", random.nextInt(CUSTOMERS) * 2 / 3)
                  .put("o_orderstatus", any(List.of("F", "O", "P")))
                  .put("o_totalprice", money(100_000, 40_000_000))
                  .put("o_orderdate", date.toString())
                  .put("o_orderpriority", any(PRIORITIES))
                  .put("o_shippriority", 0)
                  .put("o_comment", any(COMMENTS));
            });
    String columns =
        "l_orderkey INT, l_partkey INT, l_suppkey INT, l_linenumber INT, l_quantity BIG_DECIMAL,"
            + " l_extendedprice BIG_DECIMAL, l_discount BIG_DECIMAL, l_tax BIG_DECIMAL,"
            + " l_returnflag STRING, l_linestatus STRING, l_shipdate DATE, l_commitdate DATE,"
            + " l_receiptdate DATE, l_shipinstruct STRING, l_shipmode STRING";
    return List.of(orders, Fixture.of("lineitem", schema("lineitem", columns), items));
  }

  private String item(int order, int line, LocalDate ordered) {
    int part = random.nextInt(PARTS);
    LocalDate shipped = ordered.plusDays(1 + random.nextInt(120));
    return Rest.JSON
        .createObjectNode()
        .put("l_orderkey", order)
        .put("l_partkey", part)
        .put("l_suppkey", supplier(part, random.nextInt(4)))
        .put("l_linenumber", line)
        .put("l_quantity", Integer.toString(1 + random.nextInt(50)))
        .put("l_extendedprice", money(90_000, 9_000_000))
        .put("l_discount", money(0, 11))
        .put("l_tax", money(0, 9))
        .put("l_returnflag", any(List.of("R", "A", "N")))
        .put("l_linestatus", any(List.of("O", "F")))
        .put("l_shipdate", shipped.toString())
        .put("l_commitdate", ordered.plusDays(30 + random.nextInt(60)).toString())
        .put("l_receiptdate", shipped.plusDays(1 + random.nextInt(30)).toString())
        .put("l_shipinstruct", any(INSTRUCTIONS))
        .put("l_shipmode", any(MODES))
        .toString();
  }

  private String money(int fromCents, int toCents) {
    return BigDecimal.valueOf(random.nextInt(fromCents, toCents), 2).toString();
  }

  private String any(List<String> values) {
    return values.get(random.nextInt(values.size()));
  }

  private static Fixture table(
      String name, String columns, int rowCount, BiConsumer<ObjectNode, Integer> fill) {
    List<String> rows = new ArrayList<>();
    for (int i = 0; i < rowCount; i++) {
      ObjectNode row = Rest.JSON.createObjectNode();
      fill.accept(row, i);
      rows.add(row.toString());
    }
    return Fixture.of(name, schema(name, columns), rows);
  }

  private static String schema(String name, String columns) {
    ObjectNode schema = Rest.JSON.createObjectNode().put("schemaName", name);
    for (String column : columns.split(", ")) {
      String[] parts = column.split(" ");
      schema
          .withArrayProperty("dimensionFieldSpecs")
          .addObject()
          .put("name", parts[0])
          .put("dataType", parts[1]);
    }
    return schema.toString();
  }
}
