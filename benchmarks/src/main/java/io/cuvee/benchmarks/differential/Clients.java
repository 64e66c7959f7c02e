package io.cuvee.benchmarks.differential;

import io.cuvee.sqltests.cluster.Rows;
import io.cuvee.sqltests.duckdb.Differential;
import io.cuvee.sqltests.duckdb.Differential.Finding;
import io.cuvee.sqltests.duckdb.Differential.Kind;
import io.cuvee.sqltests.duckdb.DuckDb;
import io.cuvee.sqltests.duckdb.Partitions;
import io.cuvee.sqltests.duckdb.QueryGenerator;
import io.cuvee.sqltests.duckdb.QueryGenerator.Query;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;

/// Those that ask, each with its own connections.
final class Clients implements AutoCloseable {
  /// One condition in so many queries is asked for in three parts as well.
  private static final int PARTITIONED = 40;

  private final long seed;
  private final List<Client> clients = new ArrayList<>();
  private final ExecutorService threads;

  Clients(TwinDatabases databases, long seed, int count) throws SQLException {
    this.seed = seed;
    for (int i = 0; i < count; i++) {
      clients.add(new Client(databases));
    }
    threads = Executors.newFixedThreadPool(count);
  }

  /// Asks the queries of some numbers.
  ///
  /// @param to exclusive
  Progress batch(long from, long to) throws InterruptedException, ExecutionException {
    long begun = System.nanoTime();
    AtomicLong next = new AtomicLong(from);
    List<Future<Progress>> parts = new ArrayList<>();
    for (Client client : clients) {
      parts.add(threads.submit(() -> client.ask(next, to)));
    }
    Progress all = Progress.begin(seed);
    for (Future<Progress> part : parts) {
      all = all.and(part.get());
    }
    double seconds = (System.nanoTime() - begun) / 1e9;
    return new Progress(seed, to, all.compared(), all.partitioned(), seconds, all.differences());
  }

  /// A query with both answers.
  String show(long number) throws SQLException {
    Client client = clients.getFirst();
    Query query = QueryGenerator.query(seed, number);
    return query.sql()
        + "\nDuckDB "
        + client.duckDb.query(query.sql()).cells()
        + "\nCuvée  "
        + Rows.query(client.connections.getFirst(), query.sql()).cells();
  }

  @Override
  public void close() throws SQLException {
    threads.close();
    for (Client client : clients) {
      client.close();
    }
  }

  private final class Client implements AutoCloseable {
    private final DuckDb duckDb;
    private final List<Connection> connections;

    Client(TwinDatabases databases) throws SQLException {
      duckDb = databases.duckDb();
      connections = databases.connections();
    }

    Progress ask(AtomicLong next, long to) throws SQLException {
      Map<Kind, Long> compared = new TreeMap<>();
      List<String> differences = new ArrayList<>();
      long partitioned = 0;
      Connection connection = connections.getFirst();
      Differential differential = new Differential(duckDb, connection);
      for (long number = next.getAndIncrement(); number < to; number = next.getAndIncrement()) {
        String repeat = "cuvee bench differential --seed %d --only %d\n".formatted(seed, number);
        Query query = QueryGenerator.query(seed, number);
        Finding finding = differential.withDuckDb(query);
        compared.merge(finding.kind(), 1L, Long::sum);
        if (finding.kind() == Kind.DIFFERENT) {
          differences.add(repeat + query.sql() + "\n" + finding.detail());
        }
        for (Connection other : connections.subList(1, connections.size())) {
          Finding second = new Differential(duckDb, other).withCluster(connection, query);
          if (second.kind() == Kind.DIFFERENT) {
            differences.add(repeat + "On several servers: " + query.sql() + "\n" + second.detail());
          }
        }
        if (number % PARTITIONED == 0) {
          for (String difference :
              Partitions.differences(connections.getLast(), QueryGenerator.random(seed ^ number))) {
            differences.add(repeat + "In three parts: " + difference);
          }
          partitioned += Partitions.forms();
        }
      }
      return new Progress(seed, to, compared, partitioned, 0, differences);
    }

    @Override
    public void close() throws SQLException {
      duckDb.close();
      for (Connection connection : connections) {
        connection.close();
      }
    }
  }
}
