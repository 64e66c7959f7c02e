package io.cuvee.jdbc;

import org.jspecify.annotations.Nullable;

/// What the execution of a statement gave: either rows or an update count.
final class QueryAnswer {
  private final StatementId statement;
  private final @Nullable Signature signature;
  private final @Nullable Frame firstFrame;
  private final long updateCount;

  QueryAnswer(
      StatementId statement,
      @Nullable Signature signature,
      @Nullable Frame firstFrame,
      long updateCount) {
    this.statement = statement;
    this.signature = signature;
    this.firstFrame = firstFrame;
    this.updateCount = updateCount;
  }

  StatementId statement() {
    return statement;
  }

  @Nullable Signature signature() {
    return signature;
  }

  @Nullable Frame firstFrame() {
    return firstFrame;
  }

  /// The count of a statement that returns no rows, else -1.
  long updateCount() {
    return updateCount;
  }
}
