package io.cuvee.broker.http;

import io.cuvee.broker.query.QueryRun;
import io.cuvee.broker.result.JsonOut;
import io.cuvee.broker.result.RowsJson;
import io.cuvee.broker.scatter.ScatterReport;
import io.cuvee.calcite.pql.PqlForm;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.type.ColumnType;
import io.cuvee.common.type.DataType;
import io.cuvee.common.wire.QueryStats;
import io.cuvee.execution.page.Page;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// One answer in Pinot's form: the rows, then failures and statistics, in the order in which Pinot
/// writes them.
final class QueryResponse {
  private final JsonOut out = new JsonOut(4096);
  private final String brokerId;
  private final @Nullable PqlForm form;
  private @Nullable RowsJson rows;
  private @Nullable PqlRows pql;
  private boolean anyRow;
  private long rowCount;

  QueryResponse(String brokerId) {
    this(brokerId, null);
  }

  /// @param form absent for a table of rows
  QueryResponse(String brokerId, @Nullable PqlForm form) {
    this.brokerId = brokerId;
    this.form = form;
    out.raw('{');
  }

  JsonOut out() {
    return out;
  }

  /// Begins the rows.
  void open(List<OutputColumn> columns) {
    if (form != null) {
      pql = PqlRows.of(form, columns, out);
      return;
    }
    out.raw("\"resultTable\":{\"dataSchema\":{\"columnNames\":[");
    for (int i = 0; i < columns.size(); i++) {
      if (i > 0) {
        out.raw(',');
      }
      out.string(columns.get(i).label());
    }
    out.raw("],\"columnDataTypes\":[");
    for (int i = 0; i < columns.size(); i++) {
      out.raw(i == 0 ? "\"" : ",\"").raw(typeName(columns.get(i).type())).raw('"');
    }
    out.raw("]},\"rows\":[");
    rows = new RowsJson(columns, RowsJson.Style.REST);
  }

  /// Pinot's clients know no DATE; it is the text that they would make of it.
  private static String typeName(ColumnType type) {
    if (type.dataType() == DataType.DATE) {
      return type.isArray() ? "STRING_ARRAY" : "STRING";
    }
    return type.toString();
  }

  void rows(Page page) {
    rowCount += page.rowCount();
    if (pql != null) {
      pql.add(page);
    } else if (rows != null) {
      if (anyRow) {
        out.raw(',');
      }
      anyRow = true;
      rows.write(out, page, 0, page.rowCount());
    }
  }

  /// Ends the answer of a query that went well or failed midway.
  void end(QueryRun run, Optional<CuveeException> failure) {
    if (pql != null) {
      pql.end();
    } else if (rows != null) {
      out.raw("]},");
    }
    out.raw("\"numRowsResultSet\":").number(rowCount);
    Optional<String> warning = run.warning();
    out.raw(",\"partialResult\":").bool(failure.isPresent() || warning.isPresent());
    out.raw(",\"exceptions\":[");
    failure.ifPresent(error -> exception(error.code().number(), error.getMessage()));
    if (failure.isEmpty()) {
      warning.ifPresent(text -> exception(SEGMENTS_UNAVAILABLE, text));
    }
    out.raw(
        "],\"numGroupsLimitReached\":false,\"numGroupsWarningLimitReached\":false,\"maxRowsInDistinctReached\":false,"
            + "\"timeUsedMs\":");
    out.number(run.elapsedMillis());
    out.raw(",\"requestId\":")
        .string(run.id())
        .raw(",\"clientRequestId\":null,\"brokerId\":")
        .string(brokerId);
    statistics(run);
    out.raw(",\"tablesQueried\":[");
    List<String> tables = run.tables();
    for (int i = 0; i < tables.size(); i++) {
      if (i > 0) {
        out.raw(',');
      }
      out.string(tables.get(i));
    }
    out.raw("],\"traceInfo\":{}}");
  }

  /// Pinot's number for segments that nobody serves.
  private static final int SEGMENTS_UNAVAILABLE = 305;

  private void exception(int number, String message) {
    out.raw("{\"errorCode\":").number(number).raw(",\"message\":").string(message).raw('}');
  }

  private void statistics(QueryRun run) {
    Optional<ScatterReport> report = run.report();
    QueryStats stats = report.map(ScatterReport::stats).orElse(QueryStats.NONE);
    field("numDocsScanned", stats.docsScanned());
    field("totalDocs", stats.totalDocs());
    field("numEntriesScannedInFilter", stats.entriesScannedInFilter());
    field("numEntriesScannedPostFilter", 0);
    field("numServersQueried", report.map(ScatterReport::serversQueried).orElse(0));
    field("numServersResponded", report.map(ScatterReport::serversResponded).orElse(0));
    field("numSegmentsQueried", report.map(ScatterReport::segmentsAsked).orElse(0L));
    field("numSegmentsProcessed", stats.segmentsQueried() - stats.segmentsPruned());
    field("numSegmentsMatched", stats.segmentsMatched());
    field("numConsumingSegmentsQueried", 0);
    field("numConsumingSegmentsProcessed", 0);
    field("numConsumingSegmentsMatched", 0);
    field("minConsumingFreshnessTimeMs", 0);
    field("numSegmentsPrunedByBroker", report.map(ScatterReport::segmentsPruned).orElse(0L));
    field("numSegmentsPrunedByServer", stats.segmentsPruned());
    field("numSegmentsPrunedInvalid", 0);
    field("numSegmentsPrunedByLimit", 0);
    field("numSegmentsPrunedByValue", stats.segmentsPruned());
    field("brokerDispatchTimeNs", run.dispatchNanos());
    field("brokerReduceTimeMs", run.mergeMillis());
    field("spilledBytes", stats.spilledBytes() + run.spilledBytes());
    field("spillFiles", stats.spillFiles() + run.spillFiles());
    field("offlineThreadCpuTimeNs", stats.cpuNanos());
    field("realtimeThreadCpuTimeNs", 0);
    field("offlineSystemActivitiesCpuTimeNs", 0);
    field("realtimeSystemActivitiesCpuTimeNs", 0);
    field("offlineResponseSerializationCpuTimeNs", 0);
    field("realtimeResponseSerializationCpuTimeNs", 0);
    field("offlineTotalCpuTimeNs", stats.cpuNanos());
    field("realtimeTotalCpuTimeNs", 0);
    field("explainPlanNumEmptyFilterSegments", 0);
    field("explainPlanNumMatchAllFilterSegments", 0);
  }

  private void field(String name, long value) {
    out.raw(",\"").raw(name).raw("\":").number(value);
  }

  /// The answer to a query that could not even be registered.
  static byte[] failed(String brokerId, CuveeException failure) {
    JsonOut out = new JsonOut(256);
    ErrorCode code = failure.code();
    out.raw("{\"partialResult\":true,\"exceptions\":[{\"errorCode\":").number(code.number());
    out.raw(",\"message\":").string(failure.getMessage());
    out.raw("}],\"timeUsedMs\":0,\"requestId\":\"\",\"brokerId\":").string(brokerId);
    out.raw(
        ",\"numServersQueried\":0,\"numServersResponded\":0,\"numDocsScanned\":0,\"totalDocs\":0}");
    return out.toByteArray();
  }
}
