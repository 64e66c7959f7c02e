package io.cuvee.common.wire;

/// The frames between broker and server over one TCP connection, in both directions, any number of
/// requests in flight.
///
/// Layout, little-endian:
///
/// | bytes | field |
/// |---|---|
/// | 4 | length of everything after this field, at most [#MAX_FRAME_BYTES] |
/// | 1 | version of the frame layout, [#VERSION] |
/// | 1 | type, one of the constants below |
/// | 2 | reserved, 0 |
/// | 8 | request id, chosen by the broker, unique in the connection; 0 for HELLO |
/// | 4 | CRC32C of the payload |
/// | n | payload |
///
/// The broker opens with HELLO (payload: lowest and highest protocol version it speaks as varints,
/// then its name); the server answers HELLO_ACK (the version it chose, its name) or ERROR and
/// closes. A QUERY is answered by any number of RESULT frames, then one RESULT_END or ERROR; from
/// protocol 4 on, PROGRESS frames may stand between them. CANCEL has no answer of its own.
public final class FrameFormat {
  public static final int VERSION = 1;

  /// Lowest and highest version of the payloads that this build speaks. Since 4 a [QueryRequest]
  /// may ask for an explanation; since 5 segments are named by [SegmentRef]s; since 6 there is
  /// [#SHOWN].
  public static final int MIN_PROTOCOL = 3;

  public static final int MAX_PROTOCOL = 6;

  public static final int LENGTH_BYTES = 4;

  /// Bytes between the length field and the payload.
  public static final int HEADER_BYTES = 16;

  public static final int MAX_FRAME_BYTES = 256 << 20;

  public static final int HELLO = 1;
  public static final int HELLO_ACK = 2;

  /// Payload: [QueryRequest].
  public static final int QUERY = 3;

  /// Payload: one page (`execution.page.PageCodec`).
  public static final int RESULT = 4;

  /// Payload: [QueryStats], then the names of requested segments that the server does not serve;
  /// since 5, then for each [SegmentRef.Onward] that it served the offset before which its rows
  /// end; then, if there are any, the names of those that it does not serve but loads because of
  /// the request, and of those that it fetches again; then, for each of those offsets, the one
  /// before which no row is missing ([Reach]). Who does not know a part leaves it and all after.
  public static final int RESULT_END = 5;

  /// Payload: error number as varint, message.
  public static final int ERROR = 6;

  public static final int CANCEL = 7;
  public static final int PING = 8;
  public static final int PONG = 9;

  /// From [#PROGRESS_PROTOCOL] on. Payload: rows that were looked at so far, and rows in all, as
  /// varints.
  public static final int PROGRESS = 10;

  public static final int PROGRESS_PROTOCOL = 4;

  /// From [#SHOWN_PROTOCOL] on. Tells a server how far partitions of a stream were shown by others,
  /// and asks how far by it, to whatever broker. Payload: the physical table, the number of
  /// partitions, and each of them with an offset, 0 for none, as varints. The answer is a frame of
  /// this type with an offset for each, as [ShownOffset#binding]; there is none to the request 0.
  public static final int SHOWN = 11;

  public static final int SHOWN_PROTOCOL = 6;

  private FrameFormat() {}
}
