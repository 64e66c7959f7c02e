package io.cuvee.ingest.stream.rows;

/// A server as the logs know it.
///
/// @param id of what it has on its disk: another one when the disk was lost
/// @param host that the other peers reach it by
/// @param port that it listens at for them
public record RowPeer(String id, String host, int port) {}
