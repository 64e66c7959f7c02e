package io.cuvee.benchmarks.ssb;

import java.time.LocalDate;
import java.util.Arrays;
import java.util.function.Consumer;

/// Makes the rows of the flat table, ordered by date and order key. The same scale gives the same
/// rows, in any parts. Distributions follow the Star Schema Benchmark (O'Neil et al., 2009): one to
/// seven lines an order, seven years of dates, uniform keys, sparse order keys. Immutable.
public final class SsbGenerator {
  private static final long SEED = 0x43_75_76_65_65L;
  private static final int BATCH_ROWS = 4_096;
  private static final LocalDate FIRST_DAY = LocalDate.of(1992, 1, 1);
  private static final int DAYS = 2_406;
  private static final int LONGEST_DELIVERY = 91;

  private static final int ORDER = 1;
  private static final int CUSTOMER = 2;
  private static final int SUPPLIER = 3;
  private static final int PART = 4;

  private final SsbTable table;

  /// Order numbers, by date.
  private final int[] orders;

  /// The first row of each of them, and the row count.
  private final int[] firstRows;

  private final int[] dateOf = new int[DAYS + LONGEST_DELIVERY];
  private final int[] weekOf = new int[DAYS];

  public SsbGenerator(SsbTable table) {
    this.table = table;
    for (int day = 0; day < dateOf.length; day++) {
      LocalDate date = FIRST_DAY.plusDays(day);
      dateOf[day] = date.getYear() * 10_000 + date.getMonthValue() * 100 + date.getDayOfMonth();
      if (day < DAYS) {
        weekOf[day] = (date.getDayOfYear() - 1) / 7 + 1;
      }
    }
    int rowCount = table.rowCount();
    int[] byDay = new int[DAYS + 1];
    int orderCount = 0;
    int lastLines = 0;
    for (int rows = 0; rows < rowCount; orderCount++) {
      Draw draw = new Draw(ORDER, orderCount);
      byDay[draw.next(DAYS) + 1]++;
      lastLines = Math.min(draw.next(7) + 1, rowCount - rows);
      rows += lastLines;
    }
    for (int day = 0; day < DAYS; day++) {
      byDay[day + 1] += byDay[day];
    }
    orders = new int[orderCount];
    for (int order = 0; order < orderCount; order++) {
      orders[byDay[new Draw(ORDER, order).next(DAYS)]++] = order;
    }
    firstRows = new int[orderCount + 1];
    for (int i = 0; i < orderCount; i++) {
      Draw draw = new Draw(ORDER, orders[i]);
      draw.next(DAYS);
      int lines = orders[i] == orderCount - 1 ? lastLines : draw.next(7) + 1;
      firstRows[i + 1] = firstRows[i] + lines;
    }
  }

  public SsbTable table() {
    return table;
  }

  /// How many orders there are; their keys are [#orderKey(int)] of the numbers below.
  public int orderCount() {
    return orders.length;
  }

  /// Eight keys in a row are used, then 24 are not.
  public static int orderKey(int order) {
    return (order >>> 3 << 5 | order & 7) + 1;
  }

  /// `SUM(lo_revenue)` of all rows.
  public long checksum() {
    int revenue = SsbTable.indexOf("lo_revenue");
    long[] sum = new long[1];
    generate(
        0,
        table.rowCount(),
        batch -> {
          for (int i = 0; i < batch.rowCount(); i++) {
            sum[0] += batch.values()[revenue][i];
          }
        });
    return sum[0];
  }

  /// Makes the rows from `from` up to `to`.
  public void generate(int from, int to, Consumer<SsbBatch> batches) {
    long[][] values = new long[SsbTable.COLUMNS.size()][BATCH_ROWS];
    int order = Arrays.binarySearch(firstRows, from);
    order = order < 0 ? -order - 2 : order;
    Lines lines = new Lines();
    int filled = 0;
    for (int row = from; row < to; order++) {
      lines.of(orders[order], firstRows[order + 1] - firstRows[order]);
      for (int line = row - firstRows[order]; line < lines.count && row < to; line++, row++) {
        lines.write(line, values, filled++);
        if (filled == BATCH_ROWS) {
          batches.accept(new SsbBatch(filled, values));
          filled = 0;
        }
      }
    }
    if (filled > 0) {
      batches.accept(new SsbBatch(filled, values));
    }
  }

  /// The lines of one order.
  private final class Lines {
    private final int[] parts = new int[7];
    private final int[] suppliers = new int[7];
    private final int[] quantities = new int[7];
    private final int[] discounts = new int[7];
    private final int[] taxes = new int[7];
    private final int[] commitDays = new int[7];
    private final int[] shipModes = new int[7];
    private int order;
    private int count;
    private int day;
    private int customer;
    private int priority;
    private long total;

    void of(int number, int lineCount) {
      order = number;
      count = lineCount;
      Draw draw = new Draw(ORDER, number);
      day = draw.next(DAYS);
      draw.next(7);
      customer = draw.next(table.customers());
      priority = draw.next(5);
      total = 0;
      for (int line = 0; line < lineCount; line++) {
        parts[line] = draw.next(table.parts());
        suppliers[line] = draw.next(table.suppliers());
        quantities[line] = draw.next(50) + 1;
        discounts[line] = draw.next(11);
        taxes[line] = draw.next(9);
        commitDays[line] = day + 30 + draw.next(LONGEST_DELIVERY - 30);
        shipModes[line] = draw.next(7);
        total += revenue(line) * (100 + taxes[line]) / 100;
      }
    }

    private long price(int line) {
      int part = parts[line] + 1;
      return 90_000 + part / 10 % 20_001 + 100L * (part % 1_000);
    }

    private long revenue(int line) {
      return price(line) * quantities[line] * (100 - discounts[line]) / 100;
    }

    /// In the order of [SsbTable#COLUMNS].
    void write(int line, long[][] values, int row) {
      Draw ofCustomer = new Draw(CUSTOMER, customer);
      int customerCity = ofCustomer.next(250);
      int supplierCity = new Draw(SUPPLIER, suppliers[line]).next(250);
      Draw ofPart = new Draw(PART, parts[line]);
      int brand = ofPart.next(1_000);
      long[] all = {
        orderKey(order),
        line + 1,
        customer + 1,
        parts[line] + 1,
        suppliers[line] + 1,
        dateOf[day],
        priority,
        0,
        quantities[line],
        price(line) * quantities[line],
        total,
        discounts[line],
        revenue(line),
        price(line) * 6 / 10,
        taxes[line],
        dateOf[commitDays[line]],
        shipModes[line],
        customer,
        customerCity,
        customerCity / 10,
        customerCity / 50,
        ofCustomer.next(5),
        suppliers[line],
        supplierCity,
        supplierCity / 10,
        supplierCity / 50,
        brand / 200,
        brand / 40,
        brand,
        ofPart.next(92),
        ofPart.next(150),
        ofPart.next(50) + 1,
        ofPart.next(40),
        dateOf[day] / 10_000,
        dateOf[day] / 100,
        weekOf[day]
      };
      for (int column = 0; column < all.length; column++) {
        values[column][row] = all[column];
      }
    }
  }

  /// Random numbers that depend on the seed and one thing only (SplitMix64, Steele et al., 2014).
  private static final class Draw {
    private long state;

    Draw(int kind, int key) {
      state = mixed(SEED + ((long) kind << 32 | key));
    }

    int next(int bound) {
      state += 0x9E3779B97F4A7C15L;
      return (int) ((mixed(state) >>> 32) * bound >>> 32);
    }

    private static long mixed(long value) {
      long z = (value ^ value >>> 30) * 0xBF58476D1CE4E5B9L;
      z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
      return z ^ z >>> 31;
    }
  }
}
