package io.cuvee.common.plugin;

import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;

/// Finds implementations of an interface: in plug-ins, then on the class path.
///
/// A plug-in is a folder of jars below `plugins` of the program's folder (`CUVEE_HOME`; the system
/// property `cuvee.plugins` names another). It has a class loader of its own, so that its libraries
/// meet neither ours nor another plug-in's: it sees its jars, the JDK, and of ours `io.cuvee` and
/// SLF4J.
public final class Plugins {
  private static final Map<Path, ClassLoader> LOADERS = new ConcurrentHashMap<>();

  private Plugins() {}

  /// One of each implementation.
  ///
  /// @throws CuveeException `INVALID_SETTING` if a plug-in cannot be used
  public static <S> List<S> load(Class<S> service) {
    List<S> found = new ArrayList<>();
    for (Path folder : folders()) {
      ClassLoader loader = LOADERS.computeIfAbsent(folder, Plugins::open);
      addAll(found, ServiceLoader.load(service, loader), "The plug-in in " + folder);
    }
    addAll(found, ServiceLoader.load(service), "A jar on the class path");
    return found;
  }

  private static <S> void addAll(List<S> found, ServiceLoader<S> services, String where) {
    try {
      services.forEach(found::add);
    } catch (ServiceConfigurationError e) {
      throw new CuveeException(
          ErrorCode.INVALID_SETTING,
          where + " cannot be used: " + e.getMessage() + ". Replace it by one of this version.",
          e);
    }
  }

  private static List<Path> folders() {
    Optional<Path> root =
        Optional.ofNullable(System.getProperty("cuvee.plugins"))
            .map(Path::of)
            .or(() ->
                Optional.ofNullable(System.getenv("CUVEE_HOME"))
                    .map(home -> Path.of(home, "plugins")));
    if (root.isEmpty() || !Files.isDirectory(root.get())) {
      return List.of();
    }
    return list(root.get().toAbsolutePath().normalize()).stream()
        .filter(Files::isDirectory)
        .toList();
  }

  private static ClassLoader open(Path folder) {
    List<URL> jars = new ArrayList<>();
    for (Path file : list(folder)) {
      if (file.toString().endsWith(".jar")) {
        try {
          jars.add(file.toUri().toURL());
        } catch (MalformedURLException e) {
          throw unreadable(file, e);
        }
      }
    }
    return new PluginLoader(folder.getFileName().toString(), jars.toArray(URL[]::new));
  }

  private static List<Path> list(Path directory) {
    try (Stream<Path> files = Files.list(directory)) {
      return files.sorted().toList();
    } catch (IOException e) {
      throw unreadable(directory, e);
    }
  }

  private static CuveeException unreadable(Path path, IOException cause) {
    return new CuveeException(
        ErrorCode.INVALID_SETTING,
        "The plug-ins in " + path + " cannot be read: " + cause.getMessage() + ".",
        cause);
  }

  private static final class PluginLoader extends URLClassLoader {
    private static final ClassLoader OURS = Plugins.class.getClassLoader();

    static {
      registerAsParallelCapable();
    }

    PluginLoader(String name, URL[] jars) {
      super(name, jars, ClassLoader.getPlatformClassLoader());
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
      try {
        return super.findClass(name);
      } catch (ClassNotFoundException e) {
        if (name.startsWith("io.cuvee.") || name.startsWith("org.slf4j.")) {
          return OURS.loadClass(name);
        }
        throw e;
      }
    }
  }
}
