package io.cuvee.jdbc;

/// A statement on the broker, known there for as long as the session has the same generation.
final class StatementId {
  private final int id;
  private final int generation;

  StatementId(int id, int generation) {
    this.id = id;
    this.generation = generation;
  }

  int id() {
    return id;
  }

  int generation() {
    return generation;
  }
}
