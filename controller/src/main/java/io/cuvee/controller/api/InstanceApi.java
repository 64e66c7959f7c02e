package io.cuvee.controller.api;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.cluster.state.ClusterState;
import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.Instance.Role;
import io.cuvee.cluster.state.InstanceSettings;
import io.cuvee.cluster.state.MetadataStore;
import io.cuvee.cluster.state.ReplicaGroups;
import io.cuvee.cluster.state.SegmentKey;
import io.cuvee.cluster.state.Versioned;
import io.cuvee.cluster.zookeeper.ZooKeeperConfig;
import io.cuvee.common.catalog.Json;
import io.cuvee.common.catalog.TableConfig;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.error.Suggestions;
import io.cuvee.controller.placement.Attendance;
import io.cuvee.controller.placement.Leadership;
import io.cuvee.controller.placement.Placement;
import io.cuvee.controller.placement.Reconciler;
import io.cuvee.controller.table.Tables;
import io.cuvee.http.HttpRequest;
import io.cuvee.http.HttpResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/// Who is there: brokers for clients that look for one, instances, tenants, the cluster.
///
/// Brokers go by the name that Pinot's clients take apart, `Broker_{host}_{port}`; all others by
/// their ids.
final class InstanceApi {
  private static final int MAX_VERB_BYTES = 1000;

  private final ClusterState cluster;
  private final Tables tables;
  private final ZooKeeperConfig zooKeeper;
  private final Leadership leadership;
  private final Attendance attendance;
  private final Reconciler reconciler;

  InstanceApi(
      ClusterState cluster,
      Tables tables,
      ZooKeeperConfig zooKeeper,
      Leadership leadership,
      Attendance attendance,
      Reconciler reconciler) {
    this.cluster = cluster;
    this.tables = tables;
    this.zooKeeper = zooKeeper;
    this.leadership = leadership;
    this.attendance = attendance;
    this.reconciler = reconciler;
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
        Endpoint.read(
            "/tables/{table}/instancePartitions",
            "The servers of a table's replica groups, by half of the table.",
            this::instancePartitions),
        Endpoint.read("/instances", "All live processes.", this::instances),
        Endpoint.read("/instances/{instance}", "One live process.", this::instance),
        Endpoint.write(
            "PUT",
            "/instances/{instance}/state",
            "ENABLE, DISABLE, DRAIN (finish and stop) or DROP (forget one that is gone) a process.",
            this::putState),
        Endpoint.write(
            "DELETE",
            "/instances/{instance}",
            "Forgets a process that is gone for good, with what was assigned to it.",
            request -> drop(request.variable("instance"))),
        Endpoint.read("/tenants", "All tenants.", this::tenants),
        Endpoint.read(
            "/cluster/info",
            "The cluster's name, its leader, and where its ZooKeeper is.",
            this::info));
  }

  private List<Instance> brokers(String tenant) {
    return cluster.instances(Role.BROKER).stream()
        .filter(Instance::isReady)
        .filter(broker -> attendance.settings(broker.id()).admits(broker))
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

  private HttpResponse instancePartitions(HttpRequest request) {
    ObjectNode answer = Json.MAPPER.createObjectNode();
    for (TableConfig config :
        tables.halves(request.variable("table"), Requests.tableType(request, "type"))) {
      String table = config.physicalName();
      cluster
          .metadata()
          .get(ReplicaGroups.path(table))
          .filter(text -> config.replicaGroups().isPresent())
          .ifPresent(text -> answer.set(table, ReplicaGroups.parse(text.value()).toJson(table)));
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
    Instance instance = live(request.variable("instance"));
    ObjectNode answer = Json.MAPPER.createObjectNode();
    answer.put("instanceName", instance.id()).put("hostName", instance.host());
    answer
        .put("enabled", attendance.settings(instance.id()).admits(instance))
        .put("port", Integer.toString(instance.httpPort()));
    answer.put("role", instance.role().name().toLowerCase(Locale.ROOT));
    answer.put("phase", instance.phase().name()).put("incarnation", instance.incarnation());
    if (instance.dataPort() > 0) {
      answer.put("dataPort", instance.dataPort());
    }
    ArrayNode tags = answer.putArray("tags");
    instance.tenants().stream().sorted().forEach(tags::add);
    return HttpResponse.json(200, answer);
  }

  private Instance live(String id) {
    List<Instance> all = all();
    return all.stream()
        .filter(each -> each.id().equals(id))
        .findFirst()
        .orElseThrow(() ->
            new CuveeException(
                ErrorCode.NOT_FOUND,
                "There is no live instance '"
                    + id
                    + "'."
                    + Suggestions.didYouMean(id, all.stream().map(Instance::id).toList())));
  }

  private boolean isLive(String id) {
    return all().stream().anyMatch(instance -> instance.id().equals(id));
  }

  private HttpResponse putState(HttpRequest request) throws IOException {
    String id = request.variable("instance");
    String stated = request.query("state", "");
    String verb = (stated.isBlank() ? request.text(MAX_VERB_BYTES) : stated).strip();
    switch (verb.toUpperCase(Locale.ROOT)) {
      case "ENABLE" -> change(id, settings -> new InstanceSettings(true, 0));
      case "DISABLE" -> {
        refuseController(id);
        change(id, settings -> new InstanceSettings(false, settings.drained()));
      }
      case "DRAIN" -> {
        Instance instance = live(id);
        refuseController(id);
        change(id, settings -> new InstanceSettings(settings.enabled(), instance.incarnation()));
      }
      case "DROP" -> {
        return drop(id);
      }
      default ->
          throw new CuveeException(
              ErrorCode.INVALID_INPUT,
              "The state is '" + verb + "'. Use ENABLE, DISABLE, DRAIN or DROP.");
    }
    return HttpResponse.json(
        200,
        Answers.status(
            "Request to "
                + verb.toUpperCase(Locale.ROOT)
                + " instance '"
                + id
                + "' is successful"));
  }

  private void refuseController(String id) {
    if (cluster.instances(Role.CONTROLLER).stream().anyMatch(each -> each.id().equals(id))) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "Instance '" + id + "' is a controller. Just stop it; another one takes the lead.");
    }
  }

  private void change(String id, UnaryOperator<InstanceSettings> change) {
    boolean expected = leadership.requireTerm().servers().contains(id);
    MetadataStore metadata = cluster.metadata();
    while (true) {
      Optional<Versioned<String>> before = metadata.get(InstanceSettings.path(id));
      if (before.isEmpty() && !expected) {
        live(id);
      }
      InstanceSettings after =
          change.apply(
              before
                  .map(found -> InstanceSettings.parse(found.value()))
                  .orElse(InstanceSettings.DEFAULT));
      String text = after.toJson();
      if (before.isEmpty()
          ? metadata.create(InstanceSettings.path(id), text)
          : metadata.compareAndSet(InstanceSettings.path(id), text, before.get().version())) {
        attendance.changed(id, after);
        return;
      }
    }
  }

  private HttpResponse drop(String id) {
    if (isLive(id)) {
      throw new CuveeException(
          ErrorCode.CONFLICT,
          "Instance '" + id + "' is alive. Stop it first, with ./cuvee drain " + id + ".");
    }
    Placement placement = leadership.requireTerm();
    boolean known = cluster.metadata().get(InstanceSettings.path(id)).isPresent();
    Set<SegmentKey> segments = placement.segmentsOn(id);
    if (!known && segments.isEmpty()) {
      live(id);
    }
    cluster.metadata().delete(InstanceSettings.path(id));
    placement.unassign(id, segments);
    // Others take over at once what it was expected back for.
    reconciler.requestPass();
    return HttpResponse.json(200, Answers.status("Successfully dropped instance"));
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
    answer.put("clusterName", zooKeeper.clusterName());
    answer.put("zookeeper", zooKeeper.connectString());
    answer.put("leader", cluster.leader().orElse(null));
    return HttpResponse.json(200, answer);
  }
}
