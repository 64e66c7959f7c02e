package io.cuvee.calcite.oracle;

import io.cuvee.common.catalog.Catalog;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Small tables with NULLs, duplicates, text beyond ASCII and large numbers.
public final class SampleTables {
  private SampleTables() {}

  /// `emp`, `dept`, `salgrade`, `nothing` (no rows) and `kinds` (a column of each type), in
  /// `segments` parts each.
  public static MemoryTables of(int segments) {
    MemoryTables tables = new MemoryTables(segments);
    tables.add(
        "dept",
        List.of(
            column("deptno", ColumnType.INT),
            column("dname", ColumnType.STRING),
            column("loc", ColumnType.STRING)),
        rows(
            row(10L, "ACCOUNTING", "NEW YORK"),
            row(20L, "RESEARCH", "DALLAS"),
            row(30L, "SALES", null),
            row(40L, "OPERATIONS", "BOSTON")));
    tables.add(
        "emp",
        List.of(
            column("empno", ColumnType.INT),
            column("ename", ColumnType.STRING),
            column("job", ColumnType.STRING),
            column("mgr", ColumnType.INT),
            column("hiredate", ColumnType.DATE),
            column("sal", ColumnType.DOUBLE),
            column("comm", ColumnType.LONG),
            column("deptno", ColumnType.INT)),
        rows(
            row(7369L, "SMITH", "CLERK", 7902L, day("1980-12-17"), 800.0, null, 20L),
            row(7499L, "ALLEN", "SALESMAN", 7698L, day("1981-02-20"), 1600.0, 300L, 30L),
            row(7521L, "WARD", "SALESMAN", 7698L, day("1981-02-22"), 1250.0, 500L, 30L),
            row(7566L, "JONES", "MANAGER", 7839L, day("1981-02-04"), 2975.0, null, 20L),
            row(7654L, "MARTIN", "SALESMAN", 7698L, day("1981-09-28"), 1250.0, 1400L, 30L),
            row(7698L, "BLAKE", "MANAGER", 7839L, day("1981-01-05"), 2850.0, null, 30L),
            row(7782L, "CLARK", "MANAGER", 7839L, day("1981-06-09"), 2450.0, null, 10L),
            row(7788L, "SCOTT", "ANALYST", 7566L, day("1987-04-19"), 3000.0, null, 20L),
            row(7839L, "KING", "PRESIDENT", null, day("1981-11-17"), 5000.0, null, 10L),
            row(7844L, "TURNER", "SALESMAN", 7698L, day("1981-09-08"), 1500.0, 0L, 30L),
            row(7876L, "ADAMS", "CLERK", 7788L, day("1987-05-23"), 1100.0, null, 20L),
            row(7900L, "JAMES", "CLERK", 7698L, day("1981-12-03"), 950.0, null, 30L),
            row(7902L, "FORD", "ANALYST", 7566L, day("1981-12-03"), 3000.0, null, 20L),
            row(7934L, "MILLER", "CLERK", 7782L, day("1982-01-23"), 1300.0, null, null)));
    tables.add(
        "salgrade",
        List.of(
            column("grade", ColumnType.INT),
            column("losal", ColumnType.DOUBLE),
            column("hisal", ColumnType.DOUBLE)),
        rows(
            row(1L, 700.0, 1200.0),
            row(2L, 1201.0, 1400.0),
            row(3L, 1401.0, 2000.0),
            row(4L, 2001.0, 3000.0),
            row(5L, 3001.0, 9999.0)));
    tables.add(
        "nothing", List.of(column("a", ColumnType.INT), column("b", ColumnType.STRING)), List.of());
    tables.add(
        "kinds",
        List.of(
            column("id", ColumnType.INT),
            column("i", ColumnType.INT),
            column("l", ColumnType.LONG),
            column("f", ColumnType.FLOAT),
            column("d", ColumnType.DOUBLE),
            column("dec", ColumnType.BIG_DECIMAL),
            column("b", ColumnType.BOOLEAN),
            column("ts", ColumnType.TIMESTAMP),
            column("dt", ColumnType.DATE),
            column("s", ColumnType.STRING),
            column("tags", ColumnType.arrayOf(DataType.STRING)),
            column("nums", ColumnType.arrayOf(DataType.INT))),
        kinds());
    return tables;
  }

  private static List<List<@Nullable Object>> kinds() {
    Random random = new Random(42);
    String[] words = {"a", "b", "ab", "", "é漢", "Zebra", "zebra", "%_", "a b"};
    List<List<@Nullable Object>> rows = new ArrayList<>();
    for (int i = 0; i < 60; i++) {
      rows.add(
          row(
              (long) i,
              maybe(random, (long) random.nextInt(7) - 3),
              maybe(random, random.nextInt(9) == 0 ? 5_000_000_000L : (long) random.nextInt(5)),
              maybe(random, (double) (float) (random.nextInt(10) / 4.0)),
              maybe(random, random.nextInt(20) / 8.0 - 1),
              maybe(random, BigDecimal.valueOf(random.nextInt(1000), 2)),
              maybe(random, (long) random.nextInt(2)),
              maybe(random, 1_700_000_000_000L + random.nextInt(10) * 3_600_000L),
              maybe(random, 19_700L + random.nextInt(40)),
              maybe(random, words[random.nextInt(words.length)]),
              maybe(random, list(random, words)),
              maybe(random, numbers(random))));
    }
    return rows;
  }

  private static List<Object> list(Random random, String[] words) {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add(words[random.nextInt(3)].getBytes(StandardCharsets.UTF_8));
    }
    return list;
  }

  private static List<Object> numbers(Random random) {
    List<Object> list = new ArrayList<>();
    for (int i = random.nextInt(4); i > 0; i--) {
      list.add((long) random.nextInt(6));
    }
    return list;
  }

  private static @Nullable Object maybe(Random random, Object value) {
    return random.nextInt(6) == 0 ? null : value;
  }

  private static Catalog.TableColumn column(String name, ColumnType type) {
    return new Catalog.TableColumn(name, type, true);
  }

  private static Long day(String text) {
    return LocalDate.parse(text).toEpochDay();
  }

  @SafeVarargs
  @SuppressWarnings("varargs") // the array is only read
  private static List<List<@Nullable Object>> rows(List<@Nullable Object>... rows) {
    return Arrays.asList(rows);
  }

  private static List<@Nullable Object> row(@Nullable Object... values) {
    List<@Nullable Object> row = new ArrayList<>();
    for (Object value : values) {
      row.add(value instanceof String text ? text.getBytes(StandardCharsets.UTF_8) : value);
    }
    return row;
  }
}
