package io.cuvee.benchmarks.ssb;

/// Some rows, by column.
///
/// @param values for each column of [SsbTable#COLUMNS] at least `rowCount` numbers: the value, or
///   for texts an index into [SsbTable#texts(int)]; reused by the next batch
public record SsbBatch(int rowCount, long[][] values) {}
