package io.cuvee.http;

import io.cuvee.common.catalog.Json;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Properties;
import java.util.function.Predicate;

/// The routes that every role has: health, metrics and version.
final class CommonRoutes {
  private final HealthCheck healthCheck;
  private final PrometheusTextFormatWriter metrics = PrometheusTextFormatWriter.create();
  private final String version = readVersion();

  private CommonRoutes(HealthCheck healthCheck) {
    this.healthCheck = healthCheck;
  }

  static void addTo(Router router, HealthCheck healthCheck) {
    CommonRoutes routes = new CommonRoutes(healthCheck);
    router.add("GET", "/health", request -> routes.health(HealthCheck.Health::ready));
    router.add("GET", "/health/readiness", request -> routes.health(HealthCheck.Health::ready));
    router.add("GET", "/health/liveness", request -> routes.health(HealthCheck.Health::live));
    router.add("GET", "/health/warm", request -> routes.health(HealthCheck.Health::warm));
    router.add("GET", "/metrics", request -> routes.metrics());
    router.add("GET", "/version", request -> routes.version());
  }

  private HttpResponse health(Predicate<HealthCheck.Health> isGood) {
    HealthCheck.Health health = healthCheck.check();
    return isGood.test(health)
        ? HttpResponse.text(200, "OK")
        : HttpResponse.text(503, "NOT OK: " + health.detail());
  }

  private HttpResponse metrics() throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream(16 << 10);
    metrics.write(out, PrometheusRegistry.defaultRegistry.scrape());
    return HttpResponse.bytes(200, metrics.getContentType(), out.toByteArray());
  }

  private HttpResponse version() {
    return HttpResponse.json(
        200,
        Json.MAPPER
            .createObjectNode()
            .put("version", version)
            .put("cuvee", version)
            .put("java", Runtime.version().toString()));
  }

  private static String readVersion() {
    Properties properties = new Properties();
    try (InputStream in = CommonRoutes.class.getResourceAsStream("version.properties")) {
      if (in != null) {
        properties.load(in);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return properties.getProperty("version", "unknown");
  }
}
