package io.cuvee.common.fault;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// A step of the commit of a segment at which a process can be told to die, to prove that nothing
/// is lost or doubled by it. Off, unless the system property `cuvee.halt-directory` names a folder:
/// who comes to a step for which there is a file of its name there takes the file away, and halts
/// as if it had been killed.
public enum HaltStep {
  // Of a server.
  END_AGREED,
  SEGMENT_BUILT,
  SEGMENT_UPLOADED,
  SEGMENT_ADOPTED,
  COMMIT_ANSWERED,
  REPLICA_BUILT,
  SEALED_SERVED,
  // Of the leading controller.
  COMMIT_RECEIVED,
  OBJECT_DESCRIBED,
  COMMIT_RECORDED,
  NEXT_ASSIGNED;

  private static final String DIRECTORY = System.getProperty("cuvee.halt-directory", "");
  private static final int AS_IF_KILLED = 137;

  /// Says that the process has come to this step.
  public void reached() {
    if (!DIRECTORY.isEmpty()) {
      halt();
    }
  }

  private void halt() {
    try {
      if (Files.deleteIfExists(Path.of(DIRECTORY, fileName()))) {
        Runtime.getRuntime().halt(AS_IF_KILLED);
      }
    } catch (IOException e) {
      throw new IllegalStateException("The folder " + DIRECTORY + " cannot be used.", e);
    }
  }

  /// What asks for it: `commit-recorded`, say.
  public String fileName() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
