package io.cuvee.launcher.command;

import picocli.CommandLine.IVersionProvider;

/// The version of this build, from the manifest of its jar.
public final class Version implements IVersionProvider {
  /// `0.1.0`, or `unknown` outside a jar.
  public static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "unknown" : version;
  }

  @Override
  public String[] getVersion() {
    return new String[] {"cuvee " + text(), "Java " + Runtime.version()};
  }
}
