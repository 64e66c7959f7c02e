package io.cuvee.sqltests.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.sql.SQLException;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// The error that something must end with.
public record SqlFailure(String state, String message) {
  /// Runs it and takes its error, or fails if it has none.
  public static SqlFailure of(ThrowingCallable call) {
    SQLException error = catchThrowableOfType(SQLException.class, call);
    assertThat((Throwable) error).as("an error").isNotNull();
    return new SqlFailure(error.getSQLState(), String.valueOf(error.getMessage()));
  }

  /// Checks state and message.
  public void is(String expectedState, String... partsOfMessage) {
    assertThat(state).as(message).isEqualTo(expectedState);
    mentions(partsOfMessage);
  }

  /// Checks the message.
  public void mentions(String... partsOfMessage) {
    for (String part : partsOfMessage) {
      assertThat(message).contains(part);
    }
  }
}
