package io.cuvee.common.catalog;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/// How one half of a table is stored, indexed and served, in Pinot's JSON form. The whole file is
/// kept as it came; keys that we do not act on are listed in [#unknownKeys()].
public final class TableConfig {
  /// Keys that have a meaning here, by JSON pointer; a trailing `/*` covers everything below.
  private static final Set<String> KNOWN =
      Set.of(
          "/tableName",
          "/tableType",
          "/isDimTable",
          "/segmentsConfig/replication",
          "/segmentsConfig/replicasPerPartition",
          "/segmentsConfig/timeColumnName",
          "/segmentsConfig/segmentPushFrequency",
          "/ingestionConfig/batchIngestionConfig/segmentIngestionFrequency",
          "/segmentsConfig/schemaName",
          "/segmentsConfig/retentionTimeUnit",
          "/segmentsConfig/retentionTimeValue",
          "/segmentsConfig/replicaGroupStrategyConfig/partitionColumn",
          "/instanceAssignmentConfigMap/*",
          "/tableIndexConfig/sortedColumn",
          "/tableIndexConfig/invertedIndexColumns",
          "/tableIndexConfig/noDictionaryColumns",
          "/tableIndexConfig/noDictionaryConfig/*",
          "/tableIndexConfig/rangeIndexColumns",
          "/tableIndexConfig/bloomFilterColumns",
          "/tableIndexConfig/jsonIndexColumns",
          "/tableIndexConfig/jsonIndexConfigs",
          "/tableIndexConfig/bloomFilterConfigs/*",
          "/fieldConfigList",
          "/tableIndexConfig/loadMode",
          "/tableIndexConfig/nullHandlingEnabled",
          "/tableIndexConfig/starTreeIndexConfigs/*",
          "/tableIndexConfig/enableDefaultStarTree",
          "/tableIndexConfig/streamConfigs/*",
          "/ingestionConfig/streamIngestionConfig/streamConfigMaps",
          "/ingestionConfig/transformConfigs",
          "/ingestionConfig/filterConfig/filterFunction",
          "/ingestionConfig/aggregationConfigs",
          "/ingestionConfig/deadLetterTable",
          "/ingestionConfig/complexTypeConfig/fieldsToUnnest",
          "/ingestionConfig/complexTypeConfig/delimiter",
          "/ingestionConfig/complexTypeConfig/collectionNotUnnestedToJson",
          "/ingestionConfig/complexTypeConfig/prefixesToRename/*",
          "/tableIndexConfig/segmentPartitionConfig/*",
          "/routing/segmentPrunerTypes",
          "/routing/instanceSelectorType",
          "/upsertConfig/mode",
          "/upsertConfig/comparisonColumn",
          "/upsertConfig/comparisonColumns",
          "/upsertConfig/partialUpsertStrategies/*",
          "/upsertConfig/defaultPartialUpsertStrategy",
          "/upsertConfig/deleteRecordColumn",
          "/upsertConfig/metadataTTL",
          "/upsertConfig/deletedKeysTTL",
          "/dedupConfig/dedupEnabled",
          "/dedupConfig/metadataTTL",
          "/dedupConfig/dedupTimeColumn",
          "/quota/storage",
          "/tenants/broker",
          "/tenants/server",
          "/task/taskTypeConfigsMap/PurgeTask/*",
          "/task/taskTypeConfigsMap/RefreshSegmentTask/*",
          "/task/taskTypeConfigsMap/MergeRollupTask/*",
          "/task/taskTypeConfigsMap/SegmentGenerationAndPushTask/*",
          "/metadata/*");

  private final ObjectNode root;
  private final String logicalName;
  private final TableType type;
  private final int replication;
  private final FieldConfigs fields;
  private final Map<String, BloomFilterConfig> bloomFilters;
  private final Map<String, CompressionCodec> codecs;
  private final List<StarTreeConfig> starTrees;
  private final List<String> unknownKeys;
  private final Optional<KeyConfig> keys;
  private final IngestionConfig ingestion;
  private final Optional<Duration> retention;
  private final Map<String, PartitionFunction> partitioning;
  private final InstanceSelector instanceSelector;
  private final Optional<ReplicaGroupConfig> replicaGroups;

  private TableConfig(ObjectNode root) {
    this.root = root;
    String name = Json.requiredText(root, "tableName", "table config", ErrorCode.INVALID_TABLE);
    String typeName = root.path("tableType").asText("OFFLINE");
    try {
      this.type = TableType.valueOf(typeName);
    } catch (IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '" + name + "': tableType is '" + typeName + "'. Use OFFLINE or REALTIME.",
          e);
    }
    this.logicalName =
        Names.check("Table name", TableType.logicalName(name), ErrorCode.INVALID_TABLE);
    if (SystemTables.owns(logicalName)) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '"
              + name
              + "': the schemas "
              + SystemTables.INFORMATION_SCHEMA
              + " and "
              + SystemTables.SYSTEM
              + " belong to the database. Use another.");
    }
    JsonNode segments = root.path("segmentsConfig");
    this.replication =
        segments.path("replication").asInt(segments.path("replicasPerPartition").asInt(1));
    if (replication < 1) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '"
              + name
              + "': segmentsConfig.replication is "
              + replication
              + "; it must be at least 1.");
    }
    quotaStorage();
    this.retention = readRetention(name, segments);
    this.partitioning = readPartitioning(name);
    this.instanceSelector =
        InstanceSelector.parse(
            name,
            root.path("routing")
                .path("instanceSelectorType")
                .asText(loadsOnDemand() ? "consistent" : "balanced"));
    this.keys = KeyConfig.parse(logicalName, root);
    this.ingestion = IngestionConfig.parse(logicalName, root.path("ingestionConfig"));
    this.fields = FieldConfigs.of(root.path("fieldConfigList"), name);
    this.bloomFilters = readBloomFilters();
    List<String> unknown = new ArrayList<>();
    collectUnknown(root, "", unknown);
    unknown.addAll(fields.unknownKeys());
    this.replicaGroups =
        ReplicaGroupConfig.parse(name, type, root, replication, partitioning, unknown);
    this.codecs = readCodecs(unknown);
    // The columns count, their settings do not.
    for (Map.Entry<String, JsonNode> column : jsonIndexConfigs().properties()) {
      for (Map.Entry<String, JsonNode> setting : column.getValue().properties()) {
        unknown.add(
            "/tableIndexConfig/jsonIndexConfigs/" + column.getKey() + "/" + setting.getKey());
      }
    }
    this.starTrees = starTrees(name, root, unknown);
    this.unknownKeys = List.copyOf(unknown);
  }

  private static Optional<Duration> readRetention(String table, JsonNode segments) {
    String unit = segments.path("retentionTimeUnit").asText("").strip();
    String value = segments.path("retentionTimeValue").asText("").strip();
    // Pinot's examples have the unit alone, which means nothing there either.
    if (value.isEmpty()) {
      return Optional.empty();
    }
    try {
      ChronoUnit known = TimeUnit.valueOf(unit.toUpperCase(Locale.ROOT)).toChronoUnit();
      Duration retention = Duration.of(Long.parseLong(value), known);
      if (retention.isPositive()) {
        return Optional.of(retention);
      }
    } catch (IllegalArgumentException | ArithmeticException e) {
      // Told below.
    }
    throw new CuveeException(
        ErrorCode.INVALID_TABLE,
        "Table '"
            + table
            + "': segmentsConfig.retentionTimeValue is '"
            + value
            + "' and retentionTimeUnit '"
            + unit
            + "'. Use a number above 0 and DAYS, HOURS, MINUTES or SECONDS, or leave both out.");
  }

  private Map<String, PartitionFunction> readPartitioning(String table) {
    Map<String, PartitionFunction> functions = new LinkedHashMap<>();
    String key = "segmentPartitionConfig.columnPartitionMap";
    for (Map.Entry<String, JsonNode> column :
        root.path("tableIndexConfig")
            .path("segmentPartitionConfig")
            .path("columnPartitionMap")
            .properties()) {
      String function = column.getValue().path("functionName").asText("");
      int count = column.getValue().path("numPartitions").asInt(0);
      PartitionFunction.Kind kind =
          PartitionFunction.Kind.find(function)
              .orElseThrow(() ->
                  new CuveeException(
                      ErrorCode.INVALID_TABLE,
                      "Table '"
                          + table
                          + "': "
                          + key
                          + "."
                          + column.getKey()
                          + ".functionName is '"
                          + function
                          + "'. Use Murmur, Modulo, HashCode or ByteArray."));
      if (count < 1) {
        throw new CuveeException(
            ErrorCode.INVALID_TABLE,
            "Table '"
                + table
                + "': "
                + key
                + "."
                + column.getKey()
                + ".numPartitions is "
                + column.getValue().path("numPartitions")
                + "; it must be at least 1.");
      }
      functions.put(column.getKey(), new PartitionFunction(kind, count));
    }
    return Collections.unmodifiableMap(functions);
  }

  private static List<StarTreeConfig> starTrees(
      String table, ObjectNode root, List<String> unknown) {
    String path = "/tableIndexConfig/starTreeIndexConfigs";
    List<StarTreeConfig> trees = new ArrayList<>();
    JsonNode list = root.at(path);
    if (!list.isMissingNode() && !list.isNull() && !list.isArray()) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '" + table + "': tableIndexConfig.starTreeIndexConfigs is not a list.");
    }
    for (int i = 0; i < list.size(); i++) {
      try {
        trees.add(StarTreeConfig.parse(list.get(i), path + "/" + i, unknown));
      } catch (IllegalArgumentException e) {
        throw new CuveeException(
            ErrorCode.INVALID_TABLE,
            "Table '"
                + table
                + "': tableIndexConfig.starTreeIndexConfigs["
                + i
                + "]: "
                + e.getMessage()
                + ".",
            e);
      }
    }
    return List.copyOf(trees);
  }

  /// @throws CuveeException `INVALID_TABLE` that names the key and what it may be
  public static TableConfig parse(String json) {
    return new TableConfig((ObjectNode) Json.object(json, "table config", ErrorCode.INVALID_TABLE));
  }

  /// The simplest config of an OFFLINE table.
  public static TableConfig offline(String name, int replication) {
    ObjectNode root = Json.MAPPER.createObjectNode();
    root.put("tableName", name).put("tableType", "OFFLINE");
    root.putObject("segmentsConfig")
        .put("replication", Integer.toString(replication))
        .put("schemaName", name);
    root.putObject("tableIndexConfig");
    root.putObject("tenants");
    root.putObject("metadata");
    return new TableConfig(root);
  }

  public String logicalName() {
    return logicalName;
  }

  /// The schema of the columns: as stated, else that of the table's logical name.
  public String schemaName() {
    String stated = root.path("segmentsConfig").path("schemaName").asText("");
    return stated.isBlank() ? logicalName : stated;
  }

  public TableType type() {
    return type;
  }

  /// `flights_OFFLINE`.
  public String physicalName() {
    return type.physicalName(logicalName);
  }

  /// How many servers hold each segment; at least 1. Dimension tables are on all servers whatever
  /// this says. One of each replica group, where there are groups.
  public int replication() {
    return replicaGroups().map(ReplicaGroupConfig::groups).orElse(replication);
  }

  /// The replica groups whose servers hold the segments; absent if any servers may, as for
  /// dimension tables.
  public Optional<ReplicaGroupConfig> replicaGroups() {
    return isDimension() ? Optional.empty() : replicaGroups;
  }

  /// Whether servers whose disk is limited load segments when a query asks for them, not before:
  /// `tableIndexConfig.loadMode` is `ON_DEMAND`. Others are loaded as far as they fit.
  public boolean loadsOnDemand() {
    return root.path("tableIndexConfig").path("loadMode").asText("").equalsIgnoreCase("ON_DEMAND");
  }

  public boolean isDimension() {
    return root.path("isDimTable").asBoolean(false);
  }

  /// Whether segments are uploaded each hour, not each day.
  public boolean isPushedHourly() {
    String frequency =
        root.path("ingestionConfig")
            .path("batchIngestionConfig")
            .path("segmentIngestionFrequency")
            .asText(root.path("segmentsConfig").path("segmentPushFrequency").asText(""));
    return frequency.equalsIgnoreCase("HOURLY");
  }

  public Optional<String> timeColumn() {
    return Optional.ofNullable(root.path("segmentsConfig").path("timeColumnName").asText(null));
  }

  /// Columns by which each segment is sorted, primary first; often empty.
  public List<String> sortedColumns() {
    return strings(root.path("tableIndexConfig").path("sortedColumn"));
  }

  public List<String> invertedIndexColumns() {
    return columns("invertedIndexColumns", fields.withIndex("inverted"));
  }

  public List<String> noDictionaryColumns() {
    Set<String> names = new LinkedHashSet<>(columns("noDictionaryColumns", fields.raw()));
    noDictionaryConfig().properties().forEach(column -> names.add(column.getKey()));
    return List.copyOf(names);
  }

  public List<String> rangeIndexColumns() {
    return columns("rangeIndexColumns", fields.withIndex("range"));
  }

  public List<String> jsonIndexColumns() {
    Set<String> names = new LinkedHashSet<>(columns("jsonIndexColumns", fields.withIndex("json")));
    jsonIndexConfigs().properties().forEach(column -> names.add(column.getKey()));
    return List.copyOf(names);
  }

  public List<String> textIndexColumns() {
    return fields.withIndex("text");
  }

  /// How the values of columns without a dictionary are compressed, where that is stated.
  public Map<String, CompressionCodec> compressionCodecs() {
    return codecs;
  }

  private JsonNode noDictionaryConfig() {
    return root.path("tableIndexConfig").path("noDictionaryConfig");
  }

  private Map<String, CompressionCodec> readCodecs(List<String> unknown) {
    Map<String, CompressionCodec> found = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> column : noDictionaryConfig().properties()) {
      String codec = column.getValue().asText();
      CompressionCodec.find(codec)
          .ifPresentOrElse(
              known -> found.put(column.getKey(), known),
              () ->
                  unknown.add(
                      "/tableIndexConfig/noDictionaryConfig/" + column.getKey() + "/" + codec));
    }
    found.putAll(fields.codecs());
    return Collections.unmodifiableMap(found);
  }

  private JsonNode jsonIndexConfigs() {
    return root.path("tableIndexConfig").path("jsonIndexConfigs");
  }

  /// The Bloom filters by column.
  public Map<String, BloomFilterConfig> bloomFilters() {
    return bloomFilters;
  }

  private Map<String, BloomFilterConfig> readBloomFilters() {
    Map<String, BloomFilterConfig> filters = new LinkedHashMap<>();
    JsonNode indexing = root.path("tableIndexConfig");
    strings(indexing.path("bloomFilterColumns"))
        .forEach(column -> filters.put(column, BloomFilterConfig.DEFAULT));
    indexing
        .path("bloomFilterConfigs")
        .properties()
        .forEach(entry -> filters.put(entry.getKey(), BloomFilterConfig.of(entry.getValue())));
    for (String column : fields.withIndex("bloom")) {
      filters.put(column, BloomFilterConfig.of(fields.index(column, "bloom")));
    }
    return Collections.unmodifiableMap(filters);
  }

  /// What a list of the index config names, and what field configs do.
  private List<String> columns(String key, List<String> more) {
    Set<String> names = new LinkedHashSet<>(strings(root.path("tableIndexConfig").path(key)));
    names.addAll(more);
    return List.copyOf(names);
  }

  /// The star-trees of each segment, `starTreeIndexConfigs`.
  public List<StarTreeConfig> starTrees() {
    return starTrees;
  }

  /// Whether each segment gets a star-tree over its dimensions as well, chosen from its data.
  public boolean enableDefaultStarTree() {
    return root.path("tableIndexConfig").path("enableDefaultStarTree").asBoolean(false);
  }

  /// The most bytes that one replica of all segments may have.
  public Optional<DataSize> quotaStorage() {
    String text = root.path("quota").path("storage").asText(null);
    return text == null ? Optional.empty() : Optional.of(DataSize.parse(text));
  }

  /// The stream that fills a REALTIME table, from either place where Pinot's configs have it; rows
  /// over HTTP if it is in none.
  ///
  /// @throws CuveeException `INVALID_TABLE` if it is in both, or is no map of texts;
  ///   `FEATURE_NOT_SUPPORTED` if there are several streams
  public Map<String, String> streamConfigs() {
    JsonNode single = root.path("tableIndexConfig").path("streamConfigs");
    JsonNode several =
        root.path("ingestionConfig").path("streamIngestionConfig").path("streamConfigMaps");
    if (several.size() > 1) {
      throw new CuveeException(
          ErrorCode.FEATURE_NOT_SUPPORTED,
          "Table '" + logicalName + "' names several streams in streamConfigMaps; use one.");
    }
    if (single.isEmpty() && several.isEmpty()) {
      return Map.of("streamType", "rows");
    }
    if (!single.isEmpty() && !several.isEmpty()) {
      throw new CuveeException(
          ErrorCode.INVALID_TABLE,
          "Table '"
              + logicalName
              + "': a REALTIME table names its stream either in tableIndexConfig.streamConfigs or in"
              + " ingestionConfig.streamIngestionConfig.streamConfigMaps, not in both.");
    }
    JsonNode map = single.isEmpty() ? several.path(0) : single;
    Map<String, String> configs = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> entry : map.properties()) {
      if (!entry.getValue().isValueNode() || entry.getValue().isNull()) {
        throw new CuveeException(
            ErrorCode.INVALID_TABLE,
            "Table '"
                + logicalName
                + "': streamConfigs: '"
                + entry.getKey()
                + "' is no text. Write its value in quotes.");
      }
      configs.put(entry.getKey(), entry.getValue().asText());
    }
    return configs;
  }

  /// What becomes of rows whose primary key is there already; absent if nothing does.
  public Optional<KeyConfig> keys() {
    return keys;
  }

  /// What is done with rows before they are stored.
  public IngestionConfig ingestion() {
    return ingestion;
  }

  /// How queries choose among the replicas of segments.
  public InstanceSelector instanceSelector() {
    return instanceSelector;
  }

  /// How long after its last row's time a segment is kept; absent for ever.
  public Optional<Duration> retention() {
    return retention;
  }

  /// The settings of background tasks, by their types.
  public Map<String, Map<String, String>> tasks() {
    Map<String, Map<String, String>> tasks = new LinkedHashMap<>();
    root.path("task")
        .path("taskTypeConfigsMap")
        .properties()
        .forEach(type -> tasks.put(type.getKey(), Json.texts(type.getValue())));
    return tasks;
  }

  /// The columns by which rows are partitioned where they come from, `segmentPartitionConfig`.
  public Map<String, PartitionFunction> partitioning() {
    return partitioning;
  }

  /// JSON pointers of the keys that mean nothing to us.
  public List<String> unknownKeys() {
    return unknownKeys;
  }

  public String toJson() {
    return root.toPrettyString();
  }

  private static List<String> strings(JsonNode node) {
    if (node.isTextual()) {
      return List.of(node.asText());
    }
    List<String> list = new ArrayList<>();
    node.forEach(item -> list.add(item.asText()));
    return List.copyOf(list);
  }

  private static void collectUnknown(JsonNode node, String path, List<String> unknown) {
    if (KNOWN.contains(path) || KNOWN.contains(path + "/*")) {
      return;
    }
    boolean inner = node.isObject() && KNOWN.stream().anyMatch(key -> key.startsWith(path + "/"));
    if (!inner) {
      unknown.add(path);
      return;
    }
    for (Iterator<Map.Entry<String, JsonNode>> fields = node.properties().iterator();
        fields.hasNext(); ) {
      Map.Entry<String, JsonNode> field = fields.next();
      collectUnknown(field.getValue(), path + "/" + field.getKey(), unknown);
    }
  }
}
