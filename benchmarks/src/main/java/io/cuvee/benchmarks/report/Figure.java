package io.cuvee.benchmarks.report;

/// A number that is not a time: a rate, a size.
///
/// @param name with its unit
public record Figure(String name, String engine, int threads, double value) {}
