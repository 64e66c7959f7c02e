package io.cuvee.launcher.demo;

import io.cuvee.common.catalog.Json;
import java.time.Instant;
import java.util.Random;

/// Departures that might have been: busy airports more often than others, great-circle distances,
/// most flights about on time and a few very late. The same seed gives the same flights. Not
/// thread-safe.
public final class FlightEvents {
  private static final double EARTH_MILES = 3958.8;
  private static final double USUAL_DELAY_SHARE = 0.72;

  private record Airport(String code, int weight, double latitude, double longitude) {}

  private static final Airport[] AIRPORTS = {
    new Airport("ORD", 166, 41.98, -87.90), new Airport("DFW", 157, 32.90, -97.04),
    new Airport("ATL", 125, 33.64, -84.43), new Airport("LAX", 116, 33.94, -118.41),
    new Airport("PHX", 92, 33.43, -112.01), new Airport("STL", 88, 38.75, -90.36),
    new Airport("DTW", 72, 42.21, -83.35), new Airport("MSP", 68, 44.88, -93.22),
    new Airport("LAS", 66, 36.08, -115.15), new Airport("BOS", 63, 42.36, -71.01),
    new Airport("DEN", 61, 39.86, -104.67), new Airport("IAH", 60, 29.98, -95.34),
    new Airport("SFO", 58, 37.62, -122.37), new Airport("CLT", 57, 35.21, -80.94),
    new Airport("EWR", 53, 40.69, -74.17), new Airport("PHL", 52, 39.87, -75.24),
    new Airport("LGA", 50, 40.78, -73.87), new Airport("SEA", 45, 47.45, -122.31),
    new Airport("SLC", 30, 40.79, -111.98), new Airport("ANC", 9, 61.17, -149.99)
  };

  private final Random random;
  private final int weights;

  public FlightEvents(long seed) {
    this.random = new Random(seed);
    int sum = 0;
    for (Airport airport : AIRPORTS) {
      sum += airport.weight();
    }
    this.weights = sum;
  }

  /// The next departure, as one JSON object.
  public String next(Instant time) {
    Airport origin = airport();
    Airport destination = airport();
    while (destination.equals(origin)) {
      destination = airport();
    }
    return Json.MAPPER
        .createObjectNode()
        .put("date", time.toEpochMilli())
        .put("origin", origin.code())
        .put("destination", destination.code())
        .put("delay", delay())
        .put("distance", miles(origin, destination))
        .toString();
  }

  private Airport airport() {
    int left = random.nextInt(weights);
    for (Airport airport : AIRPORTS) {
      left -= airport.weight();
      if (left < 0) {
        return airport;
      }
    }
    throw new IllegalStateException("The weights do not add up.");
  }

  /// Minutes; a few leave before their time.
  private int delay() {
    return random.nextDouble() < USUAL_DELAY_SHARE
        ? (int) Math.round(random.nextGaussian() * 6)
        : (int) Math.min(1_200, Math.round(-Math.log(1 - random.nextDouble()) * 38));
  }

  private static int miles(Airport from, Airport to) {
    double a = Math.toRadians(from.latitude());
    double b = Math.toRadians(to.latitude());
    double across = Math.toRadians(to.longitude() - from.longitude());
    double h =
        Math.pow(Math.sin((b - a) / 2), 2)
            + Math.cos(a) * Math.cos(b) * Math.pow(Math.sin(across / 2), 2);
    return (int) Math.round(2 * EARTH_MILES * Math.asin(Math.sqrt(h)));
  }
}
