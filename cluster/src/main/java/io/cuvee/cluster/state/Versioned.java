package io.cuvee.cluster.state;

/// A value with the version that a compare-and-set needs.
public record Versioned<T>(T value, int version) {}
