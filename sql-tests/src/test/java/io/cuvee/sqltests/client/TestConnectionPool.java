package io.cuvee.sqltests.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import io.cuvee.sqltests.cluster.ClusterExtension;
import io.cuvee.sqltests.cluster.SharedCluster;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(ClusterExtension.class)
class TestConnectionPool {
  private static final int THREADS = 8;
  private static final int QUERIES = 40;

  @Test
  void connectionsAreValidUntilClosed(SharedCluster cluster) throws SQLException {
    try (HikariDataSource pool = pool(cluster)) {
      Connection connection = pool.getConnection();
      assertThat(connection.isValid(2)).isTrue();
      assertThat(connection.isReadOnly()).isTrue();
      connection.close();
      assertThat(connection.isClosed()).isTrue();
      assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isEqualTo(1);
    }
  }

  @Test
  void manyThreadsShareFewConnections(SharedCluster cluster) throws Exception {
    try (HikariDataSource pool = pool(cluster);
        ExecutorService threads = Executors.newFixedThreadPool(THREADS)) {
      List<Future<Integer>> wrong = new ArrayList<>();
      for (int i = 0; i < THREADS; i++) {
        int thread = i;
        wrong.add(threads.submit(() -> wrongAnswers(pool, thread)));
      }
      for (Future<Integer> future : wrong) {
        assertThat(future.get()).isZero();
      }
      assertThat(pool.getHikariPoolMXBean().getTotalConnections()).isLessThanOrEqualTo(3);
    }
  }

  private static int wrongAnswers(HikariDataSource pool, int thread) throws SQLException {
    int wrong = 0;
    for (int i = 0; i < QUERIES; i++) {
      int id = (thread * QUERIES + i) * 50 + 1;
      try (Connection connection = pool.getConnection();
          PreparedStatement query =
              connection.prepareStatement(
                  "SELECT id, COUNT(*) FROM events WHERE id = ? GROUP BY id")) {
        query.setInt(1, id);
        try (ResultSet rows = query.executeQuery()) {
          boolean right =
              rows.next() && rows.getInt(1) == id && rows.getLong(2) == 1 && !rows.next();
          wrong += right ? 0 : 1;
        }
      }
    }
    return wrong;
  }

  private static HikariDataSource pool(SharedCluster cluster) {
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(cluster.jdbcUrl());
    config.setReadOnly(true);
    config.setMinimumIdle(1);
    config.setMaximumPoolSize(3);
    return new HikariDataSource(config);
  }
}
