package io.cuvee.benchmarks.pinot;

import io.cuvee.benchmarks.engine.Engine;
import io.cuvee.benchmarks.ssb.SsbGenerator;
import io.cuvee.benchmarks.ssb.SsbTable;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import org.apache.pinot.common.datatable.DataTable;
import org.apache.pinot.common.datatable.DataTableFactory;
import org.apache.pinot.common.metrics.BrokerMetrics;
import org.apache.pinot.common.request.BrokerRequest;
import org.apache.pinot.common.request.PinotQuery;
import org.apache.pinot.common.response.broker.BrokerResponseNative;
import org.apache.pinot.core.plan.maker.InstancePlanMakerImplV2;
import org.apache.pinot.core.query.config.SegmentPrunerConfig;
import org.apache.pinot.core.query.optimizer.QueryOptimizer;
import org.apache.pinot.core.query.pruner.SegmentPrunerService;
import org.apache.pinot.core.query.pruner.SegmentPrunerStatistics;
import org.apache.pinot.core.query.reduce.BrokerReduceService;
import org.apache.pinot.core.query.request.context.QueryContext;
import org.apache.pinot.core.query.request.context.utils.QueryContextConverterUtils;
import org.apache.pinot.core.transport.ServerRoutingInstance;
import org.apache.pinot.segment.local.indexsegment.immutable.ImmutableSegmentLoader;
import org.apache.pinot.segment.local.segment.creator.impl.SegmentIndexCreationDriverImpl;
import org.apache.pinot.segment.spi.IndexSegment;
import org.apache.pinot.segment.spi.SegmentContext;
import org.apache.pinot.segment.spi.creator.SegmentGeneratorConfig;
import org.apache.pinot.spi.config.table.TableType;
import org.apache.pinot.spi.data.Schema;
import org.apache.pinot.spi.env.PinotConfiguration;
import org.apache.pinot.spi.query.QueryThreadContext;
import org.apache.pinot.spi.utils.CommonConstants;
import org.apache.pinot.spi.utils.ReadMode;
import org.apache.pinot.sql.parsers.CalciteSqlCompiler;
import org.apache.pinot.sql.parsers.CalciteSqlParser;
import org.jspecify.annotations.Nullable;

/// Pinot's engine in this process: what its broker and one server do for a query, without sockets,
/// routing and logs.
public final class PinotEngine implements Engine {
  private static final long TIME_LIMIT_MILLIS = 600_000;

  private final boolean hasStarTrees;
  private final Schema schema;
  private final List<IndexSegment> segments = new ArrayList<>();
  private final QueryOptimizer optimizer = new QueryOptimizer();
  private final SegmentPrunerService pruners =
      new SegmentPrunerService(
          new SegmentPrunerConfig(
              new PinotConfiguration(
                  Map.of(
                      "class",
                      String.join(
                          ",", CommonConstants.Server.DEFAULT_QUERY_EXECUTOR_PRUNER_CLASS)))));
  private final InstancePlanMakerImplV2 planMaker = new InstancePlanMakerImplV2();
  private final BrokerReduceService reducer =
      new BrokerReduceService(
          new PinotConfiguration(
              Map.of(CommonConstants.Broker.CONFIG_OF_MAX_REDUCE_THREADS_PER_QUERY, 1)));
  private final ExecutorService workers = Executors.newCachedThreadPool();

  /// @param variant `star` adds star-trees
  public PinotEngine(String variant) {
    hasStarTrees = variant.equals("star");
    schema = PinotTable.schema(hasStarTrees);
  }

  @Override
  public String version() {
    return String.valueOf(QueryContext.class.getPackage().getImplementationVersion());
  }

  @Override
  public void build(SsbGenerator rows, Path store, int buildThreads) throws Exception {
    Files.createDirectory(store);
    int rowCount = rows.table().rowCount();
    for (int i = 0; i < SEGMENTS; i++) {
      SegmentGeneratorConfig config =
          new SegmentGeneratorConfig(PinotTable.config(hasStarTrees), schema);
      config.setOutDir(store.toString());
      config.setTableName(SsbTable.NAME);
      config.setSegmentName("s" + i);
      SegmentIndexCreationDriverImpl driver = new SegmentIndexCreationDriverImpl();
      driver.init(
          config,
          new GeneratedRows(
              rows,
              (int) ((long) rowCount * i / SEGMENTS),
              (int) ((long) rowCount * (i + 1) / SEGMENTS),
              hasStarTrees));
      driver.build();
    }
  }

  @Override
  public void open(Path store, int threadCount) throws Exception {
    // What a query context asks for is overwritten by this.
    planMaker.init(new PinotConfiguration(Map.of("max.execution.threads", threadCount)));
    for (int i = 0; i < SEGMENTS; i++) {
      segments.add(ImmutableSegmentLoader.load(store.resolve("s" + i).toFile(), ReadMode.mmap));
    }
  }

  @Override
  public List<@Nullable Object[]> query(String sql) throws Exception {
    // A query must have such a context, and this one neither counts nor ends anything.
    try (QueryThreadContext ignored = QueryThreadContext.openForSseTest()) {
      return run(sql);
    }
  }

  private List<@Nullable Object[]> run(String sql) throws Exception {
    PinotQuery query = CalciteSqlParser.compileToPinotQuery(hasStarTrees ? forStarTrees(sql) : sql);
    optimizer.optimize(query, schema);
    QueryContext context = QueryContextConverterUtils.getQueryContext(query);
    context.setSchema(schema);
    context.setEndTimeMs(System.currentTimeMillis() + TIME_LIMIT_MILLIS);
    List<SegmentContext> chosen =
        pruners.prune(segments, context, new SegmentPrunerStatistics()).stream()
            .map(SegmentContext::new)
            .collect(Collectors.toList());
    byte[] sent =
        planMaker.makeInstancePlan(chosen, context, workers).execute().toDataTable().toBytes();
    Map<ServerRoutingInstance, DataTable> tables = new HashMap<>();
    tables.put(
        new ServerRoutingInstance("localhost", 1, TableType.OFFLINE),
        DataTableFactory.getDataTable(sent));
    BrokerRequest request = CalciteSqlCompiler.convertToBrokerRequest(query);
    BrokerResponseNative response =
        reducer.reduceOnDataTable(request, request, tables, TIME_LIMIT_MILLIS, BrokerMetrics.get());
    if (!response.getExceptions().isEmpty()) {
      throw new IllegalStateException(sql + ": " + response.getExceptions());
    }
    return response.getResultTable().getRows();
  }

  /// As who has star-trees would ask.
  private static String forStarTrees(String sql) {
    return sql.replace("SUM(lo_extendedprice * lo_discount)", "SUM(" + PinotTable.PRODUCT + ")")
        .replace("SUM(lo_revenue - lo_supplycost)", "SUM(lo_revenue) - SUM(lo_supplycost)");
  }

  @Override
  public void close() {
    segments.forEach(IndexSegment::destroy);
    workers.shutdownNow();
    reducer.shutDown();
  }
}
