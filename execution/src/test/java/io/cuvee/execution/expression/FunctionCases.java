package io.cuvee.execution.expression;

import static io.cuvee.common.type.ColumnType.BIG_DECIMAL;
import static io.cuvee.common.type.ColumnType.BOOLEAN;
import static io.cuvee.common.type.ColumnType.BYTES;
import static io.cuvee.common.type.ColumnType.DATE;
import static io.cuvee.common.type.ColumnType.DOUBLE;
import static io.cuvee.common.type.ColumnType.INT;
import static io.cuvee.common.type.ColumnType.LONG;
import static io.cuvee.common.type.ColumnType.STRING;
import static io.cuvee.common.type.ColumnType.TIMESTAMP;
import static io.cuvee.execution.expression.Cases.big;
import static io.cuvee.execution.expression.Cases.bool;
import static io.cuvee.execution.expression.Cases.date;
import static io.cuvee.execution.expression.Cases.decimal;
import static io.cuvee.execution.expression.Cases.integer;
import static io.cuvee.execution.expression.Cases.integers;
import static io.cuvee.execution.expression.Cases.nothing;
import static io.cuvee.execution.expression.Cases.real;
import static io.cuvee.execution.expression.Cases.text;
import static io.cuvee.execution.expression.Cases.texts;
import static io.cuvee.execution.expression.Cases.time;

import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.execution.expression.Cases.Arg;
import io.cuvee.execution.expression.TestScalarFunctions.Case;
import java.util.ArrayList;
import java.util.List;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.PrecisionModel;
import org.locationtech.jts.io.ParseException;
import org.locationtech.jts.io.WKBWriter;
import org.locationtech.jts.io.WKTReader;

/// Calls of the functions that go beyond SQL's own, and their results.
final class FunctionCases {
  static final List<Case> ALL = new ArrayList<>();

  private static final ColumnType TEXTS = ColumnType.arrayOf(DataType.STRING);
  private static final ColumnType INTS = ColumnType.arrayOf(DataType.INT);
  private static final ColumnType LONGS = ColumnType.arrayOf(DataType.LONG);

  private FunctionCases() {}

  private static void add(String function, ColumnType type, String expected, Arg... arguments) {
    ALL.add(new Case(function, type, expected, List.of(arguments)));
  }

  private static Arg bytes(int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    return new Arg(bytes, BYTES);
  }

  private static final String SQUARE = "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))";

  private static Arg wkb(String wkt, int system) {
    try {
      Geometry geometry =
          new WKTReader(new GeometryFactory(new PrecisionModel(), system)).read(wkt);
      return new Arg(new WKBWriter(2, system != 0).write(geometry), BYTES);
    } catch (ParseException e) {
      throw new IllegalArgumentException(wkt, e);
    }
  }

  private static Arg plane(String wkt) {
    return wkb(wkt, 0);
  }

  private static Arg earth(String wkt) {
    return wkb(wkt, 4326);
  }

  static {
    add("ST_POINT", BYTES, "00000000013ff00000000000004000000000000000", real(1), real(2));
    add(
        "ST_POINT",
        BYTES,
        "0020000001000010e63ff00000000000004000000000000000",
        real(1),
        real(2),
        big(1));
    add("ST_POINT", BYTES, null, real(1), nothing(DOUBLE));
    add("ST_GEOMFROMTEXT", BYTES, "00000000013ff00000000000004000000000000000", text("POINT(1 2)"));
    add(
        "ST_GEOGFROMTEXT",
        BYTES,
        "0020000001000010e63ff00000000000004000000000000000",
        text("POINT (1 2)"));
    add(
        "ST_GEOMFROMWKB",
        BYTES,
        "00000000013ff00000000000004000000000000000",
        earth("POINT (1 2)"));
    add(
        "ST_GEOGFROMWKB",
        BYTES,
        "0020000001000010e63ff00000000000004000000000000000",
        plane("POINT (1 2)"));
    add("ST_ASTEXT", STRING, "POLYGON ((0 0, 4 0, 4 4, 0 4, 0 0))", plane(SQUARE));
    add("ST_ASTEXT", STRING, "POINT EMPTY", earth("POINT EMPTY"));
    add("ST_ASTEXT", STRING, null, nothing(BYTES));
    add("ST_ASBINARY", BYTES, "00000000013ff00000000000004000000000000000", earth("POINT (1 2)"));
    add("ST_GEOMETRY_TYPE", STRING, "LineString", plane("LINESTRING (0 0, 1 1)"));
    add("ST_X", DOUBLE, "1.5", earth("POINT (1.5 2)"));
    add("ST_X", DOUBLE, null, plane(SQUARE));
    add("ST_Y", DOUBLE, "2", plane("POINT (1.5 2)"));
    add("ST_Y", DOUBLE, null, plane("POINT EMPTY"));
    add("ST_AREA", DOUBLE, "16", plane(SQUARE));
    add("ST_AREA", DOUBLE, "0", earth("POINT (1 2)"));
    add("ST_DISTANCE", DOUBLE, "5", plane("POINT (0 0)"), plane("POINT (3 4)"));
    add("ST_DISTANCE", DOUBLE, "1", plane("POINT (5 2)"), plane(SQUARE));
    add("ST_DISTANCE", DOUBLE, "0", earth("POINT (5 2)"), earth("POINT (5 2)"));
    add("ST_DISTANCE", DOUBLE, "20015114.442035925", earth("POINT (0 0)"), earth("POINT (180 0)"));
    add("ST_DISTANCE", DOUBLE, null, earth("POINT EMPTY"), earth("POINT (5 2)"));
    add("ST_CONTAINS", BOOLEAN, "true", plane(SQUARE), plane("POINT (1 1)"));
    add("ST_CONTAINS", BOOLEAN, "false", plane(SQUARE), plane("POINT (0 1)"));
    add("ST_CONTAINS", BOOLEAN, "false", plane("POINT (1 1)"), plane(SQUARE));
    add("ST_WITHIN", BOOLEAN, "true", earth("POINT (1 1)"), earth(SQUARE));
    add("ST_WITHIN", BOOLEAN, null, nothing(BYTES), earth(SQUARE));
    add("ST_INTERSECTS", BOOLEAN, "true", plane(SQUARE), plane("POINT (0 1)"));
    add("ST_INTERSECTS", BOOLEAN, "false", plane(SQUARE), plane("POINT (9 1)"));
    add(
        "ST_EQUALS",
        BOOLEAN,
        "true",
        plane("LINESTRING (0 0, 1 1)"),
        plane("LINESTRING (1 1, 0 0)"));
    add("ST_EQUALS", BOOLEAN, "false", plane("POINT (0 0)"), plane("POINT (0 1)"));
    add("TYPEOF", STRING, "INTEGER", integer(1));
    add("TYPEOF", STRING, "VARCHAR", nothing(STRING));
    add("TYPEOF", STRING, "REAL", new Arg(1.5, ColumnType.FLOAT));
    add("TYPEOF", STRING, "VARCHAR ARRAY", texts("a"));
    String document = "{\"a\": {\"x\": 1, \"y\": [2, 3]}, \"b\": null}";
    add("JSON_EXTRACT_KEY", TEXTS, "{$['a'],$['b']}", text(document), text("$.*"));
    add("JSON_EXTRACT_KEY", TEXTS, "{$['a']['x'],$['a']['y']}", text(document), text("$.*.*"));
    add(
        "JSON_EXTRACT_KEY",
        TEXTS,
        "{$['a']['y'][0],$['a']['y'][1]}",
        text(document),
        text("$.a.y[*]"));
    add("JSON_EXTRACT_KEY", TEXTS, "{$['a']['y'][1]}", text(document), text("$.a.y[1]"));
    add("JSON_EXTRACT_KEY", TEXTS, "{}", text(document), text("$.c.*"));
    add("JSON_EXTRACT_KEY", TEXTS, "{}", text("no document"), text("$.*"));
    add("JSON_EXTRACT_KEY", TEXTS, null, nothing(STRING), text("$.*"));
    add("REGEXP_REPLACE", STRING, "xaa", text("aaa"), text("a"), text("x"));
    add("REGEXP_REPLACE", STRING, "xxx", text("aAa"), text("a"), text("x"), text("gi"));
    add("REGEXP_REPLACE", STRING, "eh&\\llo", text("hello"), text("(h)(e)"), text("\\2\\1&\\\\"));
    add("REGEXP_EXTRACT", STRING, "123", text("abc123"), text("[0-9]+"));
    add("REGEXP_EXTRACT", STRING, "", text("abc"), text("[0-9]+"));
    add("REGEXP_EXTRACT", STRING, "12", text("a12"), text("([a-z])([0-9]+)"), big(2));
    add("REGEXP_EXTRACT", STRING, "?", text("a"), text("[0-9]"), big(0), text("?"));
    add("REGEXP_EXTRACT_ALL", TEXTS, "{1,2}", text("a1b2"), text("[0-9]"));
    add("REGEXP_EXTRACT_ALL", TEXTS, "{}", text(""), text("([0-9])"), big(1));
    add("REGEXP_SPLIT", TEXTS, "{a,b,\"\"}", text("a1b2"), text("[0-9]"));
    add("REGEXP_SPLIT", TEXTS, "{a,b,c}", text("a1b22c"), text("[0-9]*"));
    add("REGEXP_SPLIT", TEXTS, "{é,b}", text("éb"), text(""));
    add("REGEXP_FULL_MATCH", BOOLEAN, "false", text("abcd"), text("a.c"));
    add("REGEXP_FULL_MATCH", BOOLEAN, "true", text("ABC"), text("a.c"), text("i"));
    add("REGEXP_COUNT", LONG, "3", text("banana"), text("a"));
    add("REGEXP_ESCAPE", STRING, "a\\.b_é", text("a.b_é"));
    add("PARSE_PATH", TEXTS, "{/,a,b}", text("/a//b/"));
    add("PARSE_PATH", TEXTS, "{a/b}", text("a/b"), text("backslash"));
    add("PARSE_FILENAME", STRING, "b.c", text("/a/b.c"));
    add("PARSE_FILENAME", STRING, "b", text("a\\b.c"), bool(true));
    add("PARSE_DIRNAME", STRING, "/", text("/a/b"));
    add("PARSE_DIRPATH", STRING, "/a", text("/a/b"));
    add("TO_JSON", STRING, "\"a\\\"b\"", text("a\"b"));
    add("TO_JSON", STRING, "[1,2]", integers(1, 2));
    add("TO_JSON", STRING, "1.5", decimal("1.50"));
    // With keys, which must not be NULL, in json.iq.
    add("JSON_OBJECT", STRING, "{}", bool(false));
    add("JSON_ARRAY", STRING, "[1]", bool(true), text("1"), nothing(STRING));
    add("CONCAT_WS", STRING, "a-b", text("-"), text("a"), nothing(STRING), text("b"));
    add("CONCAT_WS", STRING, "", text("-"), nothing(STRING));
    add("CONCAT_WS", STRING, null, nothing(STRING), text("a"));
    add("TRANSLATE", STRING, "a2x5", text("12345"), text("143"), text("ax"));
    add("CHR", STRING, "漢", big(0x6f22));
    add("CONTAINS", BOOLEAN, "true", text("abc"), text(""));
    add("CONTAINS", BOOLEAN, "false", text("abc"), text("B"));
    add("OCTET_LENGTH", LONG, "5", text("é漢"));
    add("OCTET_LENGTH", LONG, "2", bytes(0, 255));
    add("OCTET_LENGTH", LONG, "0", bytes());
    add("BIT_LENGTH", LONG, "16", text("é"));
    add("BIT_LENGTH", LONG, "24", bytes(1, 2, 3));
    add("HEX", STRING, "FF", big(255));
    add("HEX", STRING, "C3A9", text("é"));
    add("UNHEX", BYTES, "0fff", text("fFf"));
    add("BYTESTOHEX", STRING, "00ff", bytes(0, 255));
    add("TO_BASE64", STRING, "w6k=", text("é"));
    add("TO_BASE64", STRING, "AP8=", bytes(0, 255));
    add("FROM_BASE64", BYTES, "00ff", text("AP8="));
    add("TO_UTF8", BYTES, "c3a9", text("é"));
    add("FROM_UTF8", STRING, "é", bytes(0xc3, 0xa9));
    add("SHA1", STRING, "86f7e437faa5a7fce15d1ddcb9eaeaea377667b8", text("a"));
    add(
        "SHA512",
        STRING,
        "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
            + "47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e",
        text(""));
    add("CRC32", LONG, "3904355907", text("a"));
    add("LEVENSHTEIN", LONG, "3", text("kitten"), text("sitting"));
    add("LEVENSHTEIN", LONG, "2", text(""), text("é漢"));
    add("HAMMING", LONG, "1", text("abc"), text("abd"));
    add("JACCARD", DOUBLE, "0.5", text("abc"), text("abd"));
    add("SOUNDEX", STRING, "R163", text("Robert"));
    add("SOUNDEX", STRING, "A261", text("Ashcraft"));
    add("SOUNDEX", STRING, "", text("1"));
    add("STRIP_ACCENTS", STRING, "e漢", text("é漢"));
    add("QUOTE_LITERAL", STRING, "'it''s'", text("it's"));
    add("QUOTE_IDENT", STRING, "\"a\"\"b\"", text("a\"b"));
    add("URL_ENCODE", STRING, "a%20b%2F~", text("a b/~"));
    add("URL_DECODE", STRING, "a b+é", text("a%20b+%C3%A9"));
    add("FORMAT", STRING, "1 and a{}", text("{} and %s{{}}"), text("1"), text("a"));
    add("FORMAT", STRING, "-", text("-%s"), nothing(STRING));
    add("FORMAT", STRING, null, text("-{}"), nothing(STRING));
    add("FORMAT", STRING, "b a b", text("{1} {0} {1}"), text("a"), text("b"));
    add(
        "FORMAT",
        STRING,
        "1.50|  -7|007|+3",
        text("{:.2f}|{:4d}|{:03}|{:+}"),
        real(1.5),
        big(-7),
        big(7),
        big(3));
    add(
        "FORMAT",
        STRING,
        "1,234,567.5|ff|0b101|*x**",
        text("{:,.1f}|{:x}|{:#b}|{:*^4.1}"),
        real(1234567.5),
        big(255),
        big(5),
        text("xyz"));
    add("TEXT_SLICE", STRING, "él", text("héllo"), integer(2), integer(3));
    add("TEXT_SLICE", STRING, "lo", text("héllo"), integer(-2), integer(-1));
    add("TEXT_SLICE", STRING, "", text("héllo"), integer(4), integer(3));
    add("TEXT_ITEM", STRING, "o", text("héllo"), integer(-1));
    add("TEXT_ITEM", STRING, "", text("héllo"), integer(6));
    add(
        "ARRAY_SORT_KEY",
        BYTES,
        "0180000000000000050180000000000000070 0".replace(" ", ""),
        integers(5, 7));
    add("ARRAY_SORT_KEY", BYTES, "01610000" + "00", texts("a"));
    add("DAMERAU_LEVENSHTEIN", LONG, "1", text("ab"), text("ba"));
    add("DAMERAU_LEVENSHTEIN", LONG, "3", text("kitten"), text("sitting"));
    add("JARO_SIMILARITY", DOUBLE, "0.9444444444444445", text("MARTHA"), text("MARHTA"));
    add("JARO_SIMILARITY", DOUBLE, "0", text("a"), text(""));
    add("JARO_WINKLER_SIMILARITY", DOUBLE, "0.9611111111111111", text("MARTHA"), text("MARHTA"));
    add("PRINTF", STRING, "007-a", text("%03d-%s"), big(7), text("a"));
    add("STRING_SPLIT", TEXTS, "{a,\"\",b}", text("a,,b"), text(","));
    add("STRING_SPLIT", TEXTS, "{é,b}", text("éb"), text(""));
    add("SINH", DOUBLE, "0", real(0));
    add("COSH", DOUBLE, "1", real(0));
    add("TANH", DOUBLE, "0", real(0));
    add("ASINH", DOUBLE, "0", real(0));
    add("ACOSH", DOUBLE, "0", real(1));
    add("ATANH", DOUBLE, "0", real(0));
    add("COT", DOUBLE, "Infinity", real(0));
    add("EVEN", DOUBLE, "-4", real(-2.1));
    add("GAMMA", DOUBLE, "24", real(5));
    add("LGAMMA", DOUBLE, "0", real(1));
    add("FACTORIAL", BIG_DECIMAL, "8683317618811886495518194401280000000", big(33));
    add("GCD", LONG, "6", big(-12), big(18));
    add("LCM", LONG, "12", big(-4), big(6));
    add("LCM", LONG, "0", big(0), big(6));
    add("DIV", LONG, "-3", real(-7.5), integer(2));
    add("FMOD", DOUBLE, "-1.5", real(-5.5), real(2));
    add("WIDTH_BUCKET", LONG, "3", real(5), real(0), real(10), big(5));
    add("WIDTH_BUCKET", LONG, "6", real(10), real(0), real(10), big(5));
    add("WIDTH_BUCKET", LONG, "0", real(-1), real(0), real(10), big(5));
    add("ISNAN", BOOLEAN, "true", real(Double.NaN));
    add("ISINF", BOOLEAN, "true", real(Double.NEGATIVE_INFINITY));
    add("SIGNBIT", BOOLEAN, "true", real(-0.0));
    add("BITAND", LONG, "1", big(5), big(3));
    add("BITOR", LONG, "7", big(5), big(3));
    add("BITXOR", LONG, "6", big(5), big(3));
    add("BITNOT", LONG, "-6", big(5));
    add("BITSHIFTLEFT", LONG, "-16", big(-1), big(4));
    add("BITSHIFTRIGHT", LONG, "-1", big(-1), big(63));
    add("BIT_COUNT", LONG, "64", big(-1));
    add("BITSHIFTRIGHTUNSIGNED", LONG, "15", big(-1), big(60));
    add("BITSHIFTRIGHTUNSIGNED", LONG, "15", integer(-1), big(28));
    add("TO_BASE", STRING, "FF", big(255), big(16));
    add("TO_BASE", STRING, "00101", big(5), big(2), big(5));
    add("FORMAT_BYTES", STRING, "1 byte", big(1));
    add("FORMAT_BYTES", STRING, "-4.8 KiB", big(-5000));
    add("FORMAT_BYTES", STRING, "-8192.0 PiB", big(Long.MIN_VALUE));
    add("FORMATREADABLEDECIMALSIZE", STRING, "123.4 MB", big(123_456_789));
    add("BAR", STRING, "\u2588\u2588\u258c  ", real(1), real(0), real(2), real(5));
    add("BAR", STRING, "   ", real(-1), real(0), real(2), real(3));
    add("DAYS_BETWEEN", LONG, "29", date("2024-03-01"), date("2024-02-01"));
    add("DAYS_BETWEEN", LONG, "-1", time("1969-12-31 23:59:59"), time("1970-01-01 00:00:00"));
    add("ADD_DAYS", DATE, "2024-02-29", date("2024-02-28"), big(1));
    add("SUBTRACT_DAYS", TIMESTAMP, "1969-12-31 01:00:00", time("1970-01-01 01:00:00"), big(1));
    add("MAKE_DATE", DATE, "2024-02-29", big(2024), big(2), big(29));
    add(
        "MAKE_TIMESTAMP",
        TIMESTAMP,
        "2024-02-29 12:30:15.5",
        big(2024),
        big(2),
        big(29),
        big(12),
        big(30),
        real(15.5));
    add(
        "TO_CHAR",
        STRING,
        "2024-02-29 13:04:05.006 01 PM Q1",
        time("2024-02-29 13:04:05.006"),
        text("YYYY-MM-DD HH24:MI:SS.MS HH12 AM \"Q\"Q"));
    add(
        "TO_CHAR",
        STRING,
        "FEB feb February  Thu 1st 060 4",
        time("2024-02-29 00:00:00"),
        text("MON mon Month Dy Qth DDD FMID"));
    add(
        "TO_CHAR",
        STRING,
        "2,024 024 24 4 AD a.d. 2024 024 4 9 5 2460370 ii p.m.",
        time("2024-02-29 13:04:05.678"),
        text("Y,YYY YYY YY Y AD b.c. IYYY IYY I FMIW W J FMrm a.m."));
    add(
        "TO_CHAR",
        STRING,
        "6 67 678 6780 67800 678000 678000000 T13 365",
        time("2024-12-30 13:04:05.678"),
        text("FF1 FF2 FF3 FF4 FF5 FF6 FF9 THH24 DDD"));
    add("TO_CHAR", STRING, "2025 001 February", time("2024-12-30"), text("IYYY IDDD \"February\""));
    add(
        "TO_CHAR",
        STRING,
        "|MAY      |May|VI  |",
        time("2024-05-01"),
        text("|MONTH|FMMonth|\"VI\"  |"));
    add("TO_DATE", DATE, "1982-06-10", text("1982 23 Thursday"), text("IYYY IW Day"));
    add("TO_DATE", DATE, "2019-12-30", text("2020 001"), text("IYYY IDDD"));
    add("TO_DATE", DATE, "2024-12-16", text("2024 51"), text("YYYY WW"));
    add("TO_DATE", DATE, "2024-02-29", text("2460370"), text("J"));
    add("TO_DATE", DATE, "2024-11-01", text("2,024 XI"), text("Y,YYY RM"));
    add("TO_DATE", DATE, "1982-01-08", text("982 01 2"), text("YYY MM W"));
    add("TO_TIMESTAMP", TIMESTAMP, "0001-01-01 18:00:00.5", text("18.5"), text("HH24.FF1"));
    add("TO_CHAR", STRING, " 1,234.50", decimal("1234.5"), text("9,999.99"));
    add("TO_CHAR", STRING, "-0.5", decimal("-0.5"), text("FM990.99"));
    add("TO_CHAR", STRING, "+007", big(7), text("S000"));
    add("TO_CHAR", STRING, " ##", big(123), text("99"));
    add("TO_DATE", DATE, "2000-12-05", text("05 Dec 2000"), text("DD Mon YYYY"));
    add(
        "TO_TIMESTAMP",
        TIMESTAMP,
        "2000-12-05 13:14:00",
        text("05/12/2000 01:14 p.m."),
        text("DD/MM/YYYY HH12:MI a.m."));
    add("TO_TIMESTAMP", TIMESTAMP, "1970-01-01 00:00:01.5", real(1.5));
    add(
        "STRFTIME",
        STRING,
        "2024-02-29 13:04:05 60%",
        time("2024-02-29 13:04:05"),
        text("%Y-%m-%d %H:%M:%S %-j%%"));
    add("STRFTIME", STRING, "08 09 May", time("2024-03-01"), text("%U %W May"));
    add("STRFTIME", STRING, "00 01", time("2024-01-01"), text("%U %W"));
    add("STRPTIME", TIMESTAMP, "1900-01-01 04:05:00", text("04:05"), text("%R"));
    add(
        "STRPTIME",
        TIMESTAMP,
        "2024-02-03 04:05:06.789",
        text("3.2.24 04:05:06.789"),
        text("%d.%m.%y %T.%g"));
    add("AGE", STRING, "1 year 1 mon 17 days", time("2024-03-01"), time("2023-01-15"));
    add(
        "AGE",
        STRING,
        "-2 days -00:00:01",
        time("2024-01-01 00:00:00"),
        time("2024-01-03 00:00:01"));
    add("AGE", STRING, "00:00:00", time("2024-01-01"), time("2024-01-01"));
    add("EPOCH", DOUBLE, "-0.5", time("1969-12-31 23:59:59.5"));
    add("EPOCH_MS", LONG, "-500", time("1969-12-31 23:59:59.5"));
    add("EPOCH_US", LONG, "1500000", time("1970-01-01 00:00:01.5"));
    add("EPOCH_NS", LONG, "1500000000", time("1970-01-01 00:00:01.5"));
    add("JULIAN", DOUBLE, "2440588", date("1970-01-01"));
    add("ERA", LONG, "1", date("2024-01-01"));
    add("ISODOW", LONG, "7", date("2024-03-03"));
    add("ISOYEAR", LONG, "2020", date("2021-01-03"));
    add("YEARWEEK", LONG, "202053", date("2021-01-03"));
    add("CENTURY", LONG, "20", date("2000-12-31"));
    add("DECADE", LONG, "199", date("1999-12-31"));
    add("MILLENNIUM", LONG, "3", date("2001-01-01"));
    add("WEEKDAY", LONG, "0", date("2024-03-03"));
    add("MICROSECOND", LONG, "1500000", time("1970-01-01 00:00:01.5"));
    add("ISFINITE", BOOLEAN, "true", date("2024-03-03"));
    add(
        "TO_UTC_TIMESTAMP",
        TIMESTAMP,
        "2024-07-01 16:00:00",
        time("2024-07-01 12:00:00"),
        text("America/New_York"));
    add(
        "FROM_UTC_TIMESTAMP",
        TIMESTAMP,
        "2024-01-01 07:00:00",
        time("2024-01-01 12:00:00"),
        text("America/New_York"));
    add(
        "TIME_BUCKET_MILLIS",
        TIMESTAMP,
        "1969-12-31 23:45:00",
        big(900_000),
        time("1969-12-31 23:59:59"),
        time("2000-01-03"));
    add(
        "TIME_BUCKET_MONTHS",
        TIMESTAMP,
        "1999-10-01 00:00:00",
        big(3),
        time("1999-12-31"),
        time("2000-01-01"));
    add("INTERVAL_TEXT", STRING, "1 year 2 mons -1 days -00:00:00.5", big(14), big(-86_400_500));
    add("TIME_CONVERT", LONG, "19675", big(1_700_000_000_000L), text("MILLISECONDS"), text("DAYS"));
    add(
        "DATETIMECONVERT",
        LONG,
        "19675",
        big(1_700_000_000_000L),
        text("1:MILLISECONDS:EPOCH"),
        text("1:DAYS:EPOCH"),
        text("1:DAYS"));
    add("ARRAY_INDEX", LONG, "2", integers(5, 6, 6), integer(6));
    add("ARRAY_INDEX", LONG, "0", texts("a"), text("b"));
    add("ARRAY_SORT", INTS, "{-1,2,3}", integers(3, -1, 2));
    add("ARRAY_REVERSE_SORT", TEXTS, "{b,a}", texts("a", "b"));
    add("ARRAY_DISTINCT", INTS, "{2,1}", integers(2, 1, 2));
    add("ARRAY_REVERSE", INTS, "{}", integers());
    add("ARRAY_CONCAT", INTS, "{1,2,1}", integers(1), integers(2, 1));
    add("ARRAY_APPEND", TEXTS, "{a,b}", texts("a"), text("b"));
    add("ARRAY_PREPEND", TEXTS, "{b,a}", text("b"), texts("a"));
    add("ARRAY_REMOVE", INTS, "{2}", integers(1, 2, 1), integer(1));
    add("ARRAY_SLICE", INTS, "{2,3}", integers(1, 2, 3), big(2), big(-1));
    add("ARRAY_SLICE", INTS, "{}", integers(1, 2, 3), big(3), big(2));
    add("LIST_WHERE", INTS, "{1,3}", integers(1, 2, 3), integers(1, 0, 1));
    add("LIST_SELECT", TEXTS, "{b,a,b}", texts("a", "b"), integers(2, 1, 2, 3, 0));
    add("LIST_RESIZE", INTS, "{1}", integers(1, 2), big(1));
    add("LIST_RESIZE", TEXTS, "{a,z,z}", texts("a"), big(3), text("z"));
    add("LIST_RESIZE", INTS, "{}", integers(1), nothing(LONG));
    add("ARRAY_INTERSECT", INTS, "{2}", integers(1, 2, 2), integers(2, 3));
    add("ARRAY_UNION", INTS, "{1,2,3}", integers(1, 2, 2), integers(2, 3));
    add("ARRAY_EXCEPT", INTS, "{1}", integers(1, 2, 1), integers(2, 3));
    add("ARRAYS_OVERLAP", BOOLEAN, "false", integers(1), integers());
    add("LIST_HAS_ALL", BOOLEAN, "true", integers(1), integers());
    add("VALUEIN", TEXTS, "{a,a}", texts("a", "b", "a"), text("a"), text("c"));
    add("ARRAY_MAX", INT, "3", integers(1, 3, 2));
    add("ARRAY_MIN", STRING, "a", texts("b", "a"));
    add("ARRAY_SUM", DOUBLE, "6", integers(1, 3, 2));
    add("ARRAY_SUM", DOUBLE, null, integers());
    add("ARRAY_AVERAGE", DOUBLE, "2", integers(1, 3, 2));
    add("GENERATE_SERIES", LONGS, "{5,3,1}", big(5), big(1), big(-2));
    add("GENERATE_SERIES", LONGS, "{}", big(5), big(1));
    add("RANGE", LONGS, "{0,1}", big(2));
    add("RANGE", LONGS, "{1,3}", big(1), big(5), big(2));
  }
}
