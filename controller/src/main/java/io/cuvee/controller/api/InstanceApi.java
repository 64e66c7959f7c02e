package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Role;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.controller.table.Tables;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/// Who is there: brokers for clients that look for one, instances, tenants, the cluster.
///
/// Brokers go by the name that Pinot's clients take apart, `Broker_{host}_{port}`; all others by
/// their ids.
final class InstanceApi {
  private final ClusterState cluster;
  private final Tables tables;
  private final String clusterName;

  InstanceApi(ClusterState cluster, Tables tables, String clusterName) {
    this.cluster = cluster;
    this.tables = tables;
    this.clusterName = clusterName;
  }

  List<Endpoint> endpoints() {
    return List.of(
        Endpoint.read(
            "/tables/livebrokers",
            "For each table the brokers that answer its queries; tables=a,b names some.",
            this::liveBrokers),
        Endpoint.read(
            "/v2/brokers/tenants/{tenant}",
            "The live brokers of a tenant with their addresses.",
            request -> HttpResponse.json(200, addresses(brokers(request.variable("tenant"))))),
        Endpoint.read(
            "/brokers/tenants/{tenant}",
            "The live brokers of a tenant.",
            request -> HttpResponse.json(200, names(brokers(request.variable("tenant"))))),
        Endpoint.read(
            "/brokers/tables/{table}",
            "The live brokers that answer queries of a table.",
            this::brokersOfTable),
        Endpoint.read(
            "/tables/{table}/instances",
            "Brokers that answer a table's queries, and servers that should hold its segments.",
            this::instancesOfTable),
        Endpoint.read("/instances", "All live processes.", this::instances),
        Endpoint.read("/instances/{instance}", "One live process.", this::instance),
        Endpoint.read("/tenants", "All tenants.", this::tenants),
        Endpoint.read("/cluster/info", "The cluster's name and leader.", this::info));
  }

  private List<Instance> brokers(String tenant) {
    return cluster.instances(Role.BROKER).stream()
        .filter(Instance::isReady)
        .filter(broker -> broker.tenants().isEmpty() || broker.tenants().contains(tenant))
        .toList();
  }

  /// The tenant whose brokers answer for a table.
  private static String brokerTenant(TableConfig config) {
    String stated =
        Json.object(config.toJson(), "table config", ErrorCode.INTERNAL)
            .path("tenants")
            .path("broker")
            .asText("");
    return stated.isBlank() ? Instance.DEFAULT_TENANT : stated;
  }

  private static String brokerName(Instance broker) {
    return "Broker_" + broker.host() + "_" + broker.httpPort();
  }

  private static List<String> names(List<Instance> brokers) {
    return brokers.stream().map(InstanceApi::brokerName).toList();
  }

  private static ArrayNode addresses(List<Instance> brokers) {
    ArrayNode list = Json.MAPPER.createArrayNode();
    for (Instance broker : brokers) {
      list.addObject()
          .put("instanceName", brokerName(broker))
          .put("host", broker.host())
          .put("port", broker.httpPort())
          .put("grpcPort", -1);
    }
    return list;
  }

  private HttpResponse liveBrokers(HttpRequest request) {
    Set<String> wanted = new HashSet<>();
    for (String value : request.queryValues("tables")) {
      wanted.addAll(List.of(value.split(",")));
    }
    wanted.remove("");
    ObjectNode answer = Json.MAPPER.createObjectNode();
    for (TableConfig config : tables.configs().values()) {
      if (wanted.isEmpty()
          || wanted.contains(config.physicalName())
          || wanted.contains(config.logicalName())) {
        answer.set(config.physicalName(), addresses(brokers(brokerTenant(config))));
      }
    }
    return HttpResponse.json(200, answer);
  }

  private HttpResponse brokersOfTable(HttpRequest request) {
    TableConfig config = tables.halves(request.variable("table"), Optional.empty()).getFirst();
    return HttpResponse.json(200, names(brokers(brokerTenant(config))));
  }

  private HttpResponse instancesOfTable(HttpRequest request) {
    List<TableConfig> halves =
        tables.halves(request.variable("table"), Requests.tableType(request, "type"));
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("tableName", halves.getFirst().logicalName());
    ArrayNode brokers = answer.putArray("brokers");
    ArrayNode servers = answer.putArray("server");
    for (TableConfig config : halves) {
      add(brokers, config, names(brokers(brokerTenant(config))));
      add(servers, config, serversOf(config));
    }
    return HttpResponse.json(200, answer);
  }

  private static void add(ArrayNode list, TableConfig config, Iterable<String> names) {
    ArrayNode instances =
        list.addObject().put("tableType", config.type().name()).putArray("instances");
    names.forEach(instances::add);
  }

  private List<String> serversOf(TableConfig config) {
    return cluster.assignedServers().stream()
        .filter(server ->
            cluster.assignment(server).keySet().stream()
                .anyMatch(key -> key.table().equals(config.physicalName())))
        .toList();
  }

  private List<Instance> all() {
    List<Instance> all = new ArrayList<>();
    for (Role role : Role.values()) {
      all.addAll(cluster.instances(role));
    }
    return all;
  }

  private HttpResponse instances(HttpRequest request) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    ArrayNode list = answer.putArray("instances");
    all().forEach(instance -> list.add(instance.id()));
    return HttpResponse.json(200, answer);
  }

  private HttpResponse instance(HttpRequest request) {
    String id = request.variable("instance");
    List<Instance> all = all();
    Instance instance =
        all.stream()
            .filter(each -> each.id().equals(id))
            .findFirst()
            .orElseThrow(() ->
                new CuveeException(
                    ErrorCode.NOT_FOUND,
                    "There is no live instance '"
                        + id
                        + "'."
                        + Suggestions.didYouMean(id, all.stream().map(Instance::id).toList())));
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("instanceName", instance.id()).put("hostName", instance.host());
    answer.put("enabled", true).put("port", Integer.toString(instance.httpPort()));
    answer.put("role", instance.role().name().toLowerCase(Locale.ROOT));
    answer.put("phase", instance.phase().name());
    if (instance.dataPort() > 0) {
      answer.put("dataPort", instance.dataPort());
    }
    ArrayNode tags = answer.putArray("tags");
    instance.tenants().stream().sorted().forEach(tags::add);
    return HttpResponse.json(200, answer);
  }

  private HttpResponse tenants(HttpRequest request) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.set("SERVER_TENANTS", tenantsOf(Role.SERVER));
    answer.set("BROKER_TENANTS", tenantsOf(Role.BROKER));
    return HttpResponse.json(200, answer);
  }

  private ArrayNode tenantsOf(Role role) {
    TreeSet<String> names = new TreeSet<>();
    cluster.instances(role).forEach(instance -> names.addAll(instance.tenants()));
    ArrayNode list = Json.MAPPER.createArrayNode();
    names.forEach(list::add);
    return list;
  }

  private HttpResponse info(HttpRequest request) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("clusterName", clusterName);
    answer.put("leader", cluster.leader().orElse(null));
    return HttpResponse.json(200, answer);
  }
}
