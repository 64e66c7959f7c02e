package io.cuvee.ingest.decode;

import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.ingest.stream.StreamMessage;
import io.cuvee.ingest.transform.IngestionRules;
import io.cuvee.ingest.transform.RowWriter;
import java.util.Arrays;
import java.util.List;

/// Turns messages into rows by column. What is wrong with one message costs that message alone: it
/// is counted, and handed on with the reason. Not thread-safe.
public final class RowDecoder {
  private final MessageDecoder decoder;
  private final IngestionRules rules;
  private final RowWriter rows;
  private final RejectedMessages rejected;
  private long decodedCount;
  private long rejectedCount;

  public RowDecoder(Schema schema, MessageDecoder decoder, RejectedMessages rejected) {
    this(IngestionRules.none(schema), decoder, rejected);
  }

  /// @param rules for what becomes of the rows
  public RowDecoder(IngestionRules rules, MessageDecoder decoder, RejectedMessages rejected) {
    this.decoder = decoder;
    this.rules = rules;
    this.rows = new RowWriter(rules.source());
    this.rejected = rejected;
  }

  /// The rows of messages, in their order.
  ///
  /// @throws CuveeException `IO` if what they are read with cannot be had now; none was taken then
  public DecodedRows decode(List<StreamMessage> messages) {
    StreamMessage[] whole = new StreamMessage[messages.size()];
    for (StreamMessage message : messages) {
      int before = rows.rowCount();
      byte[] value = message.value();
      if (value == null) {
        reject(message, "It has no value.");
        continue;
      }
      try {
        decoder.decode(value, rows);
        rows.endRow();
        if (rows.rowCount() > whole.length) {
          whole = Arrays.copyOf(whole, Math.max(rows.rowCount(), 2 * whole.length));
        }
        Arrays.fill(whole, before, rows.rowCount(), message);
      } catch (RuntimeException e) {
        if (e instanceof CuveeException failure && failure.code() == ErrorCode.IO) {
          rows.abandonFrom(0);
          throw failure;
        }
        // Whatever a message holds, those after it are read.
        rows.abandonFrom(before);
        reject(message, e instanceof CuveeException ? e.getMessage() : e.toString());
      }
    }
    StreamMessage[] of = whole;
    IngestionRules.Shaped shaped =
        rules.shape(rows.take(), (row, reason) -> reject(of[row], reason));
    decodedCount += shaped.rows().length;
    return new DecodedRows(
        shaped.page(), Arrays.stream(shaped.rows()).mapToLong(row -> of[row].offset()).toArray());
  }

  private void reject(StreamMessage message, String reason) {
    rejectedCount++;
    rejected.reject(message, reason);
  }

  /// Rows that messages became so far.
  public long decodedCount() {
    return decodedCount;
  }

  /// Messages that did not.
  public long rejectedCount() {
    return rejectedCount;
  }
}
