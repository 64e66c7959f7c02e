package io.cuvee.jdbc.http;

import java.io.IOException;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;

/// Asks controllers which brokers live. Thread-safe.
public final class BrokerDiscovery {
  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final HttpCaller http;
  private final List<Endpoint> controllers;

  public BrokerDiscovery(HttpCaller http, List<Endpoint> controllers) {
    this.http = http;
    this.controllers = List.copyOf(controllers);
  }

  /// The live brokers, shuffled so that many clients spread over them; never empty.
  ///
  /// @throws IOException if no controller answers, or none knows a live broker
  public List<Endpoint> liveBrokers() throws IOException {
    IOException failure = new IOException("No controller knows a live broker: " + controllers);
    for (Endpoint controller : controllers) {
      try {
        List<Endpoint> brokers = askTenant(controller);
        if (brokers.isEmpty()) {
          brokers = askTables(controller);
        }
        if (!brokers.isEmpty()) {
          Collections.shuffle(brokers, ThreadLocalRandom.current());
          return brokers;
        }
      } catch (IOException e) {
        failure.addSuppressed(
            new IOException("controller " + controller + ": " + HttpCaller.reason(e), e));
      }
    }
    throw failure;
  }

  private List<Endpoint> askTenant(Endpoint controller) throws IOException {
    HttpAnswer answer =
        http.get(http.uri(controller, "/v2/brokers/tenants/DefaultTenant?state=ONLINE"), TIMEOUT);
    if (answer.status() != HttpURLConnection.HTTP_OK) {
      return List.of();
    }
    return endpoints(List.of(Json.asArray(Json.read(answer.body()))));
  }

  private List<Endpoint> askTables(Endpoint controller) throws IOException {
    HttpAnswer answer = http.get(http.uri(controller, "/tables/livebrokers"), TIMEOUT);
    if (answer.status() != HttpURLConnection.HTTP_OK) {
      throw new IOException("HTTP status " + answer.status());
    }
    List<List<Object>> lists = new ArrayList<>();
    for (Object brokers : Json.readObject(answer.body()).values()) {
      lists.add(Json.asArray(brokers));
    }
    return endpoints(lists);
  }

  private static List<Endpoint> endpoints(List<List<Object>> instanceLists) {
    Set<Endpoint> endpoints = new LinkedHashSet<>();
    for (List<Object> instances : instanceLists) {
      for (Object instance : instances) {
        Map<String, Object> broker = Json.asObject(instance);
        Object port = broker.get("port");
        if (broker.get("host") instanceof String && port != null) {
          endpoints.add(
              new Endpoint((String) broker.get("host"), Integer.parseInt(port.toString())));
        }
      }
    }
    return new ArrayList<>(endpoints);
  }
}
