package io.cuvee.broker.avatica;

import com.google.protobuf.ByteString;
import com.google.protobuf.CodedOutputStream;
import io.cuvee.broker.result.JsonOut;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.common.plan.QueryPlan.OutputColumn;
import io.cuvee.common.wire.ByteWriter;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.zip.CRC32C;
import org.apache.calcite.avatica.proto.Responses;
import org.apache.calcite.avatica.remote.JsonService;
import org.apache.calcite.avatica.remote.ProtobufTranslationImpl;
import org.apache.calcite.avatica.remote.Service;

/// The two serialisations of Avatica's protocol, and JSON with the rows by column. Requests and
/// small answers go through Avatica's classes; answers with rows are put together here, around the
/// rows that were written straight from columns.
interface AvaticaWire {
  Service.Request read(byte[] body) throws IOException;

  ByteBuffer write(Service.Response response) throws IOException;

  FrameRows newRows(List<OutputColumn> columns);

  /// Of all answers but those with rows.
  String contentType();

  /// Of answers with rows.
  default String rowsType() {
    return contentType();
  }

  /// The answer to an execution.
  ByteBuffer executed(
      String connectionId,
      ClientStatement statement,
      String sql,
      List<OutputColumn> columns,
      Cursor.EncodedFrame frame)
      throws IOException;

  /// The answer to a fetch.
  ByteBuffer fetched(Cursor.EncodedFrame frame) throws IOException;

  /// The serialisation of a request: JSON begins with a brace, protobuf with the tag of its first
  /// field.
  ///
  /// @param byColumn whether the client reads rows by column
  static AvaticaWire of(
      byte[] body,
      Service.RpcMetadataResponse metadata,
      boolean byColumn,
      SignatureTexts signatures) {
    if (body.length == 0 || body[0] != '{') {
      return new Protobuf(metadata);
    }
    Json json = new Json(metadata);
    return byColumn ? new Columns(json, signatures) : json;
  }

  record Json(Service.RpcMetadataResponse metadata) implements AvaticaWire {
    @Override
    public Service.Request read(byte[] body) throws IOException {
      return JsonService.MAPPER.readValue(body, Service.Request.class);
    }

    @Override
    public ByteBuffer write(Service.Response response) throws IOException {
      return ByteBuffer.wrap(JsonService.MAPPER.writeValueAsBytes(response));
    }

    @Override
    public String contentType() {
      return "application/json";
    }

    @Override
    public FrameRows newRows(List<OutputColumn> columns) {
      return new JsonFrameRows(columns);
    }

    @Override
    public ByteBuffer executed(
        String connectionId,
        ClientStatement statement,
        String sql,
        List<OutputColumn> columns,
        Cursor.EncodedFrame frame)
        throws IOException {
      byte[] signatureJson =
          JsonService.MAPPER.writeValueAsBytes(SqlColumns.signature(sql, columns, List.of()));
      JsonOut out = new JsonOut(512 + signatureJson.length + rowBytes(frame));
      out.raw("{\"response\":\"executeResults\",\"missingStatement\":false,\"rpcMetadata\":");
      metadata(out);
      out.raw(",\"results\":[{\"response\":\"resultSet\",\"connectionId\":").string(connectionId);
      out.raw(",\"statementId\":")
          .number(statement.id())
          .raw(",\"ownStatement\":false,\"signature\":")
          .raw(signatureJson);
      out.raw(",\"firstFrame\":");
      frame(out, frame);
      out.raw(",\"updateCount\":-1,\"rpcMetadata\":");
      metadata(out);
      out.raw("}]}");
      return out.toByteBuffer();
    }

    @Override
    public ByteBuffer fetched(Cursor.EncodedFrame frame) {
      JsonOut out = new JsonOut(256 + rowBytes(frame));
      out.raw("{\"response\":\"fetch\",\"frame\":");
      frame(out, frame);
      out.raw(",\"missingStatement\":false,\"missingResults\":false,\"rpcMetadata\":");
      metadata(out);
      out.raw('}');
      return out.toByteBuffer();
    }

    private void metadata(JsonOut out) {
      out.raw("{\"response\":\"rpcMetadata\",\"serverAddress\":")
          .string(metadata.serverAddress)
          .raw('}');
    }

    private static void frame(JsonOut out, Cursor.EncodedFrame frame) {
      out.raw("{\"offset\":")
          .number(frame.offset())
          .raw(",\"done\":")
          .bool(frame.done())
          .raw(",\"rows\":[");
      if (frame.rows() instanceof JsonFrameRows rows) {
        out.raw(rows.out().array(), rows.out().size());
      }
      out.raw("]}");
    }
  }

  record Protobuf(Service.RpcMetadataResponse metadata) implements AvaticaWire {
    private static final ProtobufTranslationImpl TRANSLATION = new ProtobufTranslationImpl();
    private static final int RESULT_SET_FRAME = 5;
    private static final int EXECUTE_RESULTS = 1;
    private static final int EXECUTE_METADATA = 3;
    private static final int FETCH_FRAME = 1;
    private static final int FETCH_METADATA = 4;
    private static final int WIRE_NAME = 1;
    private static final int WIRE_MESSAGE = 2;
    private static final int FRAME_OFFSET = 1;
    private static final int FRAME_DONE = 2;

    @Override
    public Service.Request read(byte[] body) throws IOException {
      return TRANSLATION.parseRequest(body);
    }

    @Override
    public ByteBuffer write(Service.Response response) throws IOException {
      return ByteBuffer.wrap(TRANSLATION.serializeResponse(response));
    }

    @Override
    public String contentType() {
      return "application/octet-stream";
    }

    @Override
    public FrameRows newRows(List<OutputColumn> columns) {
      return new ProtobufFrameRows(columns);
    }

    @Override
    public ByteBuffer executed(
        String connectionId,
        ClientStatement statement,
        String sql,
        List<OutputColumn> columns,
        Cursor.EncodedFrame frame)
        throws IOException {
      byte[] head =
          Responses.ResultSetResponse.newBuilder()
              .setConnectionId(connectionId)
              .setStatementId(statement.id())
              .setSignature(SqlColumns.signature(sql, columns, List.of()).toProto())
              .setUpdateCount(-1)
              .setMetadata(rpcMetadata())
              .build()
              .toByteArray();
      byte[] frameBytes = frame(frame);
      // Fields of a message may come in any order, so the frame simply follows the rest.
      ByteArrayOutputStream result =
          new ByteArrayOutputStream(head.length + frameBytes.length + 16);
      result.write(head);
      writeField(result, RESULT_SET_FRAME, frameBytes);
      ByteArrayOutputStream response = new ByteArrayOutputStream(result.size() + 64);
      writeField(response, EXECUTE_RESULTS, result.toByteArray());
      writeField(response, EXECUTE_METADATA, rpcMetadata().toByteArray());
      return wire(Responses.ExecuteResponse.class, response);
    }

    @Override
    public ByteBuffer fetched(Cursor.EncodedFrame frame) throws IOException {
      byte[] frameBytes = frame(frame);
      ByteArrayOutputStream response = new ByteArrayOutputStream(frameBytes.length + 64);
      writeField(response, FETCH_FRAME, frameBytes);
      writeField(response, FETCH_METADATA, rpcMetadata().toByteArray());
      return wire(Responses.FetchResponse.class, response);
    }

    private Responses.RpcMetadata rpcMetadata() {
      return Responses.RpcMetadata.newBuilder().setServerAddress(metadata.serverAddress).build();
    }

    private static byte[] frame(Cursor.EncodedFrame frame) throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream(32 + rowBytes(frame));
      CodedOutputStream coded = CodedOutputStream.newInstance(out, 32);
      coded.writeUInt64(FRAME_OFFSET, frame.offset());
      coded.writeBool(FRAME_DONE, frame.done());
      coded.flush();
      if (frame.rows() instanceof ProtobufFrameRows rows) {
        out.write(rows.out().array(), 0, rows.out().size());
      }
      return out.toByteArray();
    }

    private static void writeField(ByteArrayOutputStream out, int field, byte[] content)
        throws IOException {
      CodedOutputStream coded = CodedOutputStream.newInstance(out, 32);
      coded.writeByteArray(field, content);
      coded.flush();
    }

    private static ByteBuffer wire(Class<?> message, ByteArrayOutputStream content)
        throws IOException {
      ByteArrayOutputStream out = new ByteArrayOutputStream(content.size() + 128);
      CodedOutputStream coded = CodedOutputStream.newInstance(out, 128);
      coded.writeBytes(WIRE_NAME, ByteString.copyFromUtf8(message.getName()));
      coded.flush();
      writeField(out, WIRE_MESSAGE, content.toByteArray());
      return ByteBuffer.wrap(out.toByteArray());
    }
  }

  /// JSON but for rows.
  record Columns(Json json, SignatureTexts signatures) implements AvaticaWire {
    private static final int HEAD_BYTES = 12;
    private static final byte[] NO_SIGNATURE = {};

    @Override
    public Service.Request read(byte[] body) throws IOException {
      return json.read(body);
    }

    @Override
    public ByteBuffer write(Service.Response response) throws IOException {
      return json.write(response);
    }

    @Override
    public String contentType() {
      return json.contentType();
    }

    @Override
    public String rowsType() {
      return ColumnFrameRows.MEDIA_TYPE;
    }

    @Override
    public FrameRows newRows(List<OutputColumn> columns) {
      return new ColumnFrameRows(columns);
    }

    @Override
    public ByteBuffer executed(
        String connectionId,
        ClientStatement statement,
        String sql,
        List<OutputColumn> columns,
        Cursor.EncodedFrame frame) {
      return answer(signatures.of(columns), frame);
    }

    @Override
    public ByteBuffer fetched(Cursor.EncodedFrame frame) {
      return answer(NO_SIGNATURE, frame);
    }

    private static ByteBuffer answer(byte[] signature, Cursor.EncodedFrame frame) {
      ByteWriter out = new ByteWriter(HEAD_BYTES + 16 + signature.length + rowBytes(frame));
      out.extend(HEAD_BYTES);
      out.writeBoolean(frame.done()).writeInt(signature.length);
      out.writeRaw(signature, 0, signature.length);
      switch (frame.rows()) {
        case null -> out.writeInt(0).writeInt(0);
        case ColumnFrameRows rows -> out.writeRaw(rows.encoded().array(), 0, rows.encoded().size());
        default ->
            throw new CuveeException(
                ErrorCode.PROTOCOL,
                "The rows were begun in another form than this request asks for. Run the query"
                    + " again.");
      }
      CRC32C checksum = new CRC32C();
      checksum.update(out.array(), HEAD_BYTES, out.size() - HEAD_BYTES);
      ByteBuffer answer = ByteBuffer.wrap(out.array(), 0, out.size());
      answer
          .order(ByteOrder.LITTLE_ENDIAN)
          .put(0, new byte[] {'C', 'V', 'C', 1})
          .putInt(4, out.size() - HEAD_BYTES)
          .putInt(8, (int) checksum.getValue());
      return answer;
    }
  }

  private static int rowBytes(Cursor.EncodedFrame frame) {
    FrameRows rows = frame.rows();
    return rows == null ? 0 : rows.sizeBytes();
  }

  /// An answer for a request that cannot be read.
  static CuveeException unreadable(Exception cause) {
    return new CuveeException(
        ErrorCode.PROTOCOL,
        "The body is no Avatica request, neither JSON nor protobuf: " + cause.getMessage(),
        cause);
  }
}
