package io.cuvee.common.function;

import static io.cuvee.common.function.ScalarFunction.Argument.BINARY;
import static io.cuvee.common.function.ScalarFunction.Argument.INTEGER;
import static io.cuvee.common.function.ScalarFunction.Argument.NUMERIC;
import static io.cuvee.common.function.ScalarFunction.Argument.TEXT;

import io.cuvee.common.function.ScalarFunction.Nulls;
import io.cuvee.common.function.ScalarFunction.Result;
import java.util.List;

/// Functions of points, lines and polygons, which are BYTES in PostGIS' extended well-known binary
/// form. Those with the reference system 4326 are geographies: longitudes and latitudes in degrees.
final class GeoFunctions {
  private GeoFunctions() {}

  static void declare(Declarations all) {
    all.function(
        "ST_POINT",
        List.of("ST_MAKEPOINT"),
        Result.BYTES,
        2,
        "The point of an x and a y; a geography of a longitude and a latitude if the third is 1.",
        NUMERIC,
        NUMERIC,
        INTEGER);
    all.function(
        "ST_GEOMFROMTEXT",
        List.of("ST_GEOMETRY_FROM_TEXT", "ST_POLYGON"),
        Result.BYTES,
        1,
        "The geometry that a well-known text says, as 'POLYGON ((0 0, 4 0, 0 3, 0 0))'.",
        TEXT);
    all.function(
        "ST_GEOGFROMTEXT",
        List.of("ST_GEOGRAPHY_FROM_TEXT"),
        Result.BYTES,
        1,
        "The geography that a well-known text says.",
        TEXT);
    all.function(
        "ST_GEOMFROMWKB",
        List.of(),
        Result.BYTES,
        1,
        "The geometry of a well-known binary form.",
        BINARY);
    all.function(
        "ST_GEOGFROMWKB",
        List.of(),
        Result.BYTES,
        1,
        "The geography of a well-known binary form.",
        BINARY);
    all.function("ST_ASTEXT", List.of(), Result.STRING, 1, "As a well-known text.", BINARY);
    all.function(
        "ST_ASBINARY",
        List.of("ST_ASWKB"),
        Result.BYTES,
        1,
        "The well-known binary form, without a reference system.",
        BINARY);
    all.function(
        "ST_GEOMETRY_TYPE", List.of(), Result.STRING, 1, "Point, Polygon and so on.", BINARY);
    all.function(
        "ST_X",
        List.of(),
        Result.DOUBLE,
        Nulls.CALLED,
        1,
        false,
        "The x of a point, NULL of others.",
        BINARY);
    all.function(
        "ST_Y",
        List.of(),
        Result.DOUBLE,
        Nulls.CALLED,
        1,
        false,
        "The y of a point, NULL of others.",
        BINARY);
    all.function(
        "ST_AREA", List.of(), Result.DOUBLE, 1, "The area of a geometry in the plane.", BINARY);
    all.function(
        "ST_DISTANCE",
        List.of(),
        Result.DOUBLE,
        Nulls.CALLED,
        2,
        false,
        "The least distance of two geometries in the plane, or of two points of the Earth in metres"
            + " on a sphere; NULL if one is empty.",
        BINARY,
        BINARY);
    all.function(
        "ST_CONTAINS",
        List.of(),
        Result.BOOLEAN,
        2,
        "Whether the second lies in the first and not only on its boundary.",
        BINARY,
        BINARY);
    all.function(
        "ST_WITHIN",
        List.of(),
        Result.BOOLEAN,
        2,
        "Whether the first lies in the second and not only on its boundary.",
        BINARY,
        BINARY);
    all.function(
        "ST_INTERSECTS",
        List.of(),
        Result.BOOLEAN,
        2,
        "Whether the two have a point in common.",
        BINARY,
        BINARY);
    all.function(
        "ST_EQUALS",
        List.of(),
        Result.BOOLEAN,
        2,
        "Whether the two are the same points.",
        BINARY,
        BINARY);
  }
}
