package io.cuvee.broker.scatter;

/// A frame as it came from a server; its checksum is right.
record Frame(int type, long requestId, byte[] payload) {}
