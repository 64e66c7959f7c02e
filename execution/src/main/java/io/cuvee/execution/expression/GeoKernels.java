package io.cuvee.execution.expression;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.type.ColumnType;
import io.cuvee.execution.expression.Kernel.Factory;
import io.cuvee.execution.expression.Kernel.Operand;
import io.cuvee.execution.expression.RowKernels.ToObject;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.locationtech.jts.geom.Coordinate;
import org.locationtech.jts.geom.Geometry;
import org.locationtech.jts.geom.GeometryFactory;
import org.locationtech.jts.geom.Point;
import org.locationtech.jts.geom.PrecisionModel;
import org.locationtech.jts.geom.prep.PreparedGeometry;
import org.locationtech.jts.geom.prep.PreparedGeometryFactory;
import org.locationtech.jts.io.ParseException;
import org.locationtech.jts.io.WKBReader;
import org.locationtech.jts.io.WKBWriter;
import org.locationtech.jts.io.WKTReader;
import org.locationtech.jts.io.WKTWriter;

/// Functions of geometries, by JTS. A geometry is BYTES: its well-known binary form, with the
/// reference system 4326 for longitudes and latitudes.
final class GeoKernels {
  private static final int PLANE = 0;
  private static final int EARTH = 4326;

  /// The mean radius (IUGG).
  private static final double EARTH_METRES = 6_371_008.8;

  private static final int DIMENSIONS = 2;

  private GeoKernels() {}

  static void register(Map<String, Factory> all) {
    all.put(
        "ST_POINT",
        (operands, type) ->
            RowKernels.toObject(
                operands,
                type,
                GeoKernels::point,
                ColumnType.DOUBLE,
                ColumnType.DOUBLE,
                ColumnType.LONG));
    put(all, "ST_GEOMFROMTEXT", ColumnType.STRING, arguments -> ofText(arguments[0], PLANE));
    put(all, "ST_GEOGFROMTEXT", ColumnType.STRING, arguments -> ofText(arguments[0], EARTH));
    put(all, "ST_GEOMFROMWKB", arguments -> bytes(referred(geometry(arguments[0]), PLANE)));
    put(all, "ST_GEOGFROMWKB", arguments -> bytes(referred(geometry(arguments[0]), EARTH)));
    put(all, "ST_ASTEXT", arguments -> new WKTWriter(DIMENSIONS).write(geometry(arguments[0])));
    put(all, "ST_ASBINARY", arguments -> bytes(referred(geometry(arguments[0]), PLANE)));
    put(all, "ST_GEOMETRY_TYPE", arguments -> geometry(arguments[0]).getGeometryType());
    put(all, "ST_X", arguments -> coordinate(arguments[0], Coordinate.X));
    put(all, "ST_Y", arguments -> coordinate(arguments[0], Coordinate.Y));
    put(all, "ST_AREA", arguments -> area(geometry(arguments[0])));
    put(all, "ST_DISTANCE", arguments -> distance(geometry(arguments[0]), geometry(arguments[1])));
    all.put("ST_CONTAINS", (operands, type) -> contains(operands, type, 0));
    all.put("ST_WITHIN", (operands, type) -> contains(operands, type, 1));
    put(all, "ST_INTERSECTS", arguments -> truth(alike(arguments, Geometry::intersects)));
    put(all, "ST_EQUALS", arguments -> truth(alike(arguments, Geometry::equalsTopo)));
  }

  private static void put(Map<String, Factory> all, String name, ToObject function) {
    put(all, name, ColumnType.BYTES, function);
  }

  private static void put(
      Map<String, Factory> all, String name, ColumnType argument, ToObject function) {
    all.put(name, (operands, type) -> RowKernels.toObject(operands, type, function, argument));
  }

  /// A point lies in the same polygon row by row, which is prepared once.
  ///
  /// @param outer which of the two contains the other
  private static Kernel contains(List<Operand> operands, ColumnType type, int outer) {
    PreparedGeometry container =
        operands.get(outer).constant() instanceof byte[] bytes ? prepared(bytes) : null;
    return RowKernels.toObject(
        operands,
        type,
        arguments -> {
          Geometry inner = geometry(arguments[1 - outer]);
          if (container == null) {
            Geometry other = geometry(arguments[outer]);
            check(other, inner);
            return truth(other.contains(inner));
          }
          check(container.getGeometry(), inner);
          return truth(container.contains(inner));
        },
        ColumnType.BYTES);
  }

  private static @Nullable PreparedGeometry prepared(byte[] bytes) {
    try {
      return PreparedGeometryFactory.prepare(geometry(bytes));
    } catch (CuveeException wrong) {
      // Fails for the rows that need it.
      return null;
    }
  }

  private interface Relation {
    boolean holds(Geometry left, Geometry right);
  }

  private static boolean alike(@Nullable Object[] arguments, Relation relation) {
    Geometry left = geometry(arguments[0]);
    Geometry right = geometry(arguments[1]);
    check(left, right);
    return relation.holds(left, right);
  }

  private static void check(Geometry left, Geometry right) {
    if ((left.getSRID() == EARTH) != (right.getSRID() == EARTH)) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "A geometry in the plane and a geography cannot be compared. Make both with ST_GEOM… or"
              + " both with ST_GEOG…; ST_POINT(x, y, 1) is a geography.");
    }
  }

  private static long truth(boolean holds) {
    return holds ? 1 : 0;
  }

  private static byte[] point(@Nullable Object[] arguments) {
    boolean isEarth = arguments.length > 2 && !Objects.equals(arguments[2], 0L);
    Coordinate place =
        new Coordinate(
            (Double) Objects.requireNonNull(arguments[0]),
            (Double) Objects.requireNonNull(arguments[1]));
    return bytes(factory(isEarth ? EARTH : PLANE).createPoint(place));
  }

  private static byte[] ofText(@Nullable Object text, int system) {
    try {
      return bytes(new WKTReader(factory(system)).read((String) text));
    } catch (ParseException | IllegalArgumentException wrong) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "'" + text + "' is not a well-known text as 'POINT (1 2)': " + wrong.getMessage() + ".",
          wrong);
    }
  }

  private static GeometryFactory factory(int system) {
    return new GeometryFactory(new PrecisionModel(), system);
  }

  private static Geometry geometry(@Nullable Object bytes) {
    try {
      return new WKBReader().read((byte[]) Objects.requireNonNull(bytes));
    } catch (ParseException | IllegalArgumentException wrong) {
      throw new CuveeException(
          ErrorCode.DATA_EXCEPTION,
          "The BYTES are not a geometry in the well-known binary form: "
              + wrong.getMessage()
              + ". Make one with ST_POINT or ST_GEOMFROMTEXT.",
          wrong);
    }
  }

  private static Geometry referred(Geometry geometry, int system) {
    geometry.setSRID(system);
    return geometry;
  }

  private static byte[] bytes(Geometry geometry) {
    return new WKBWriter(DIMENSIONS, geometry.getSRID() == EARTH).write(geometry);
  }

  private static @Nullable Object coordinate(@Nullable Object bytes, int ordinate) {
    return geometry(bytes) instanceof Point point && !point.isEmpty()
        ? point.getCoordinate().getOrdinate(ordinate)
        : null;
  }

  private static double area(Geometry geometry) {
    if (geometry.getSRID() == EARTH && geometry.getDimension() > 1) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "ST_AREA is of geometries in the plane, not of geographies.");
    }
    return geometry.getArea();
  }

  private static @Nullable Object distance(Geometry left, Geometry right) {
    check(left, right);
    if (left.isEmpty() || right.isEmpty()) {
      return null;
    }
    if (left.getSRID() != EARTH) {
      return left.distance(right);
    }
    if (left instanceof Point from && right instanceof Point to) {
      return metres(from.getCoordinate(), to.getCoordinate());
    }
    throw new CuveeException(
        ErrorCode.FEATURE_NOT_SUPPORTED,
        "ST_DISTANCE of geographies takes points, not "
            + left.getGeometryType()
            + " and "
            + right.getGeometryType()
            + ".");
  }

  /// The length of the great circle between two points in degrees, by haversines.
  private static double metres(Coordinate from, Coordinate to) {
    double north = Math.toRadians(to.y - from.y);
    double east = Math.toRadians(to.x - from.x);
    double half =
        square(Math.sin(north / 2))
            + Math.cos(Math.toRadians(from.y))
                * Math.cos(Math.toRadians(to.y))
                * square(Math.sin(east / 2));
    return 2 * EARTH_METRES * Math.asin(Math.sqrt(Math.min(1, half)));
  }

  private static double square(double value) {
    return value * value;
  }
}
