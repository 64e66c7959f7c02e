package io.cuvee.minion.convert;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.task.TaskSettings;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.batch.RecordFiles;
import io.cuvee.ingest.transform.IngestionRules;
import io.cuvee.minion.worker.TaskExecutor;
import io.cuvee.minion.worker.Work;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// Makes a segment of each file that has none yet. The segment's name tells which file it is of, so
/// that no file is taken twice, by whom ever; a file that changes later is not taken again.
public final class ConvertExecutor implements TaskExecutor {
  private static final int MAX_NAME = 80;

  @Override
  public String type() {
    return ConvertGenerator.TYPE;
  }

  @Override
  public String run(Work work) {
    InputFiles input =
        InputFiles.of(new TaskSettings(work.table(), ConvertGenerator.TYPE, work.settings()));
    int part = Integer.parseInt(work.setting(ConvertGenerator.PART));
    int parts = Integer.parseInt(work.setting(ConvertGenerator.PARTS));
    List<String> mine =
        list(work, input.directory()).stream()
            .filter(input::includes)
            .filter(name -> Math.floorMod(name.hashCode(), parts) == part)
            .sorted()
            .toList();
    int taken = 0;
    for (String name : mine) {
      taken += convert(work, input, name) ? 1 : 0;
      work.progress(taken + " of " + mine.size() + " files taken");
    }
    return taken + " of " + mine.size() + " files taken";
  }

  private static boolean isLocal(URI directory) {
    return "file".equalsIgnoreCase(directory.getScheme());
  }

  /// Names below the directory.
  private static List<String> list(Work work, URI directory) {
    if (!isLocal(directory)) {
      return work.store(directory).list("");
    }
    Path root = Path.of(directory);
    try (Stream<Path> files = Files.walk(root)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> root.relativize(file).toString())
          .toList();
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO,
          "The directory " + directory + " cannot be read by this minion: " + e.getMessage(),
          e);
    }
  }

  private static boolean convert(Work work, InputFiles input, String name) {
    String file = name.substring(name.lastIndexOf('/') + 1);
    String segment =
        shortened(work.table().logicalName())
            + "_"
            + shortened(file.replaceAll("[^A-Za-z0-9_-]", "_"))
            + "_"
            + TaskSettings.fingerprint(input.directory() + "/" + name);
    if (work.segment(segment).isPresent()) {
      return false;
    }
    work.check();
    Path local = fetch(work, input.directory(), name, file);
    try (PageSource rows =
        RecordFiles.open(local, input.options(), IngestionRules.of(work.table(), work.schema()))) {
      Work.Built built = work.build(segment, rows);
      if (built.metadata().docCount() == 0) {
        return false;
      }
      work.add(built, Map.of("input.data.file.uri", input.directory() + "/" + name));
      return true;
    } catch (CuveeException e) {
      throw new CuveeException(
          e.code(),
          String.valueOf(e.getMessage()).replace(local.toString(), input.directory() + "/" + name),
          e);
    }
  }

  private static String shortened(String text) {
    return text.substring(0, Math.min(text.length(), MAX_NAME));
  }

  private static Path fetch(Work work, URI directory, String name, String file) {
    if (isLocal(directory)) {
      return Path.of(directory).resolve(name);
    }
    DeepStore store = work.store(directory);
    Path local = work.directory().resolve(TaskSettings.fingerprint(name)).resolve(file);
    try {
      Files.createDirectories(local.getParent());
    } catch (IOException e) {
      throw new CuveeException(ErrorCode.IO, local + " cannot be written: " + e.getMessage(), e);
    }
    store.get(URI.create(directory + "/" + name), local);
    return local;
  }
}
