package io.cuvee.engine.rowlog;

import io.cuvee.cluster.state.Instance;
import io.cuvee.cluster.state.RowLogRecord.Partition;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.MessageBatch;
import io.cuvee.ingest.stream.PartitionReader;
import io.cuvee.ingest.stream.StreamMessage;
import io.cuvee.ingest.stream.StreamSource;
import io.cuvee.ingest.stream.rows.RowFrames;
import io.cuvee.ingest.stream.rows.RowLog;
import io.cuvee.ingest.stream.rows.RowRun;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The rows of a table that come over HTTP, as a stream: each row is a message, and their offsets
/// have no gaps. Read from this server's replica of the log, or if it has none, over HTTP from
/// another one's.
final class RowsSource implements StreamSource {
  private static final Logger LOG = LoggerFactory.getLogger(RowsSource.class);

  private static final int FETCH_BYTES = 1 << 20;
  private static final int MAX_BEGINNINGS = 100;
  private static final Duration ANSWER_TIMEOUT = Duration.ofSeconds(5);

  private final RowLogHost host;
  private final String table;
  private final int partitions;

  RowsSource(RowLogHost host, String table, int partitions) {
    this.host = host;
    this.table = table;
    this.partitions = partitions;
  }

  @Override
  public int partitionCount() {
    return partitions;
  }

  @Override
  public long earliestOffset(int partition) {
    return local(partition).earliestOffset();
  }

  @Override
  public long latestOffset(int partition) {
    return local(partition).latestOffset();
  }

  private RowLog local(int partition) {
    return host.find(log(partition).id()).orElseThrow(() -> unreadable("is not held here"));
  }

  private Partition log(int partition) {
    return host.partition(table, partition).orElseThrow(() -> unreadable("is not known here yet"));
  }

  private CuveeException unreadable(String why) {
    return new CuveeException(ErrorCode.IO, "The row log of " + table + " " + why + ".");
  }

  @Override
  public void committed(int partition, long offset) {
    if (offset == 0) {
      return;
    }
    Thread.ofVirtual()
        .name("forget-" + table + "-" + partition)
        .start(() -> {
          try {
            forget(log(partition), offset);
          } catch (CuveeException e) {
            LOG.debug("The log of {} is cut off next time", table, e);
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
  }

  private void forget(Partition log, long offset) throws InterruptedException {
    host.find(log.id()).ifPresent(own -> own.forget(offset));
    for (Instance other : host.others(log)) {
      try {
        var _ =
            host.http()
                .send(
                    HttpRequest.newBuilder(uri(other, log, "/forget?offset=" + offset))
                        .timeout(ANSWER_TIMEOUT)
                        .POST(HttpRequest.BodyPublishers.noBody())
                        .build(),
                    HttpResponse.BodyHandlers.discarding());
      } catch (IOException e) {
        LOG.debug("{} cuts its log off next time", other.id(), e);
      }
    }
  }

  private static URI uri(Instance server, Partition log, String rest) {
    return URI.create(
        "http://" + server.host() + ":" + server.httpPort() + "/row-logs/" + log.id() + rest);
  }

  @Override
  public PartitionReader open(int partition, long offset) {
    return new Reader(partition, offset);
  }

  private final class Reader implements PartitionReader {
    private final int partition;
    private long position;
    private long latest = -1;
    private int turn;
    private int beginnings;

    Reader(int partition, long offset) {
      this.partition = partition;
      this.position = offset;
    }

    @Override
    public MessageBatch fetch(Duration timeout) {
      try {
        Optional<Partition> log = host.partition(table, partition);
        if (log.isEmpty()) {
          return beginning("is not known here", timeout);
        }
        Optional<RowLog> own = host.find(log.get().id());
        Optional<List<RowRun>> runs;
        if (own.isPresent()) {
          runs = Optional.of(own.get().read(position, FETCH_BYTES, timeout));
          latest = own.get().latestOffset();
        } else {
          runs = ask(log.get(), timeout);
        }
        if (runs.isEmpty()) {
          return beginning("is held by no server that is there", timeout);
        }
        beginnings = 0;
        List<StreamMessage> messages = messages(runs.get());
        position += messages.size();
        return new MessageBatch(messages, position, Optional.empty());
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new CuveeException(ErrorCode.IO, "Reading the row log was interrupted.", e);
      }
    }

    /// A log takes a moment until servers hold it.
    private MessageBatch beginning(String why, Duration timeout) throws InterruptedException {
      if (++beginnings > MAX_BEGINNINGS) {
        throw unreadable(why);
      }
      Thread.sleep(timeout);
      return new MessageBatch(List.of(), position, Optional.empty());
    }

    /// Empty if there is no other server that holds the log.
    private Optional<List<RowRun>> ask(Partition log, Duration timeout)
        throws InterruptedException {
      List<Instance> others = host.others(log);
      if (others.isEmpty()) {
        return Optional.empty();
      }
      // The same one until it fails.
      Instance other = others.get(Math.floorMod(turn, others.size()));
      try {
        HttpResponse<byte[]> answer =
            host.http()
                .send(
                    HttpRequest.newBuilder(
                            uri(other, log, "?offset=" + position + "&wait=" + timeout.toMillis()))
                        .timeout(timeout.plus(ANSWER_TIMEOUT))
                        .GET()
                        .build(),
                    HttpResponse.BodyHandlers.ofByteArray());
        if (answer.statusCode() == 200) {
          RowFrames.Chunk chunk = RowFrames.decodeChunk(answer.body());
          latest = Math.max(latest, chunk.latestOffset());
          return Optional.of(chunk.runs());
        }
        turn++;
        if (answer.statusCode() == 404) {
          return Optional.empty();
        }
        throw unreadable(
            "cannot be read from "
                + other.id()
                + ": "
                + new String(answer.body(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        turn++;
        throw unreadable("cannot be read from " + other.id() + ": " + e);
      }
    }

    private List<StreamMessage> messages(List<RowRun> runs) {
      List<StreamMessage> messages = new ArrayList<>();
      long next = position;
      for (RowRun run : runs) {
        if (run.offset() != next) {
          throw new CuveeException(
              ErrorCode.INTERNAL,
              "The row log of "
                  + table
                  + " gave offset "
                  + run.offset()
                  + " instead of "
                  + next
                  + ".");
        }
        ByteBuffer rows = run.rows().duplicate();
        for (int i = 0; i < run.count(); i++) {
          byte[] row = new byte[rows.getInt()];
          rows.get(row);
          messages.add(new StreamMessage(next++, run.timestampMillis(), null, row));
        }
      }
      return messages;
    }

    @Override
    public OptionalLong latestOffset() {
      return latest < 0 ? OptionalLong.empty() : OptionalLong.of(Math.max(latest, position));
    }

    @Override
    public void close() {}
  }

  @Override
  public void close() {}
}
