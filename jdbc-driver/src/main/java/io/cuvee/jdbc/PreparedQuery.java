package io.cuvee.jdbc;

/// A statement that the broker has prepared. Prepared again under a new id if the broker is another
/// one meanwhile, so the id changes, but the text does not.
final class PreparedQuery {
  private final String sql;
  private StatementId statement;
  private Signature signature;

  PreparedQuery(String sql, StatementId statement, Signature signature) {
    this.sql = sql;
    this.statement = statement;
    this.signature = signature;
  }

  String sql() {
    return sql;
  }

  StatementId statement() {
    return statement;
  }

  Signature signature() {
    return signature;
  }

  void replaceBy(PreparedQuery other) {
    statement = other.statement;
    signature = other.signature;
  }
}
