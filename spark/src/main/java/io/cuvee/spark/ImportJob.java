package io.cuvee.spark;

import java.io.File;
import java.io.IOException;
import java.io.Serializable;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/// A Spark job that loads files into a table: each file is a task, which fetches it and runs `cuvee
/// import` beside its executor. That builds the segments and uploads them. They are named after the
/// file, so that a task that is tried again, or runs twice, gives the same segments again.
///
/// @param cuvee the script, where it is on each worker
/// @param table that exists
/// @param controller as `http://controller:9000`
/// @param options further ones of `cuvee import`
public record ImportJob(String cuvee, String table, String controller, List<String> options)
    implements Serializable {
  private static final String USAGE =
      "Usage: spark-submit --class io.cuvee.spark.ImportJob cuvee-spark.jar CUVEE INPUT TABLE"
          + " CONTROLLER [OPTION...]\n"
          + "CUVEE: the script on each worker. INPUT: files or folders that Spark can read, as"
          + " s3a://bucket/day=*/.\nOPTION: of cuvee import, as --build-memory=1g.";

  private static final int NAME_LENGTH = 60;
  private static final int DIGEST_BYTES = 10;

  public ImportJob {
    options = new ArrayList<>(options);
  }

  public static void main(String[] arguments) throws IOException {
    if (arguments.length < 4) {
      System.err.println(USAGE);
      System.exit(2);
    }
    ImportJob job =
        new ImportJob(
            arguments[0],
            arguments[2],
            arguments[3],
            List.of(arguments).subList(4, arguments.length));
    try (JavaSparkContext spark =
        new JavaSparkContext(new SparkConf().setAppName("Import into " + job.table))) {
      System.out.println("Loaded " + job.run(spark, arguments[1]) + " files into " + job.table);
    }
  }

  /// Loads all files that `input` finds, and waits until their rows can be queried. After a failure
  /// some may have been loaded; loading them again adds nothing.
  ///
  /// @param input a file, a folder or a pattern, in any file system that Spark reads; files whose
  ///   names begin with `_` or `.` are left out, as Spark does
  /// @return how many files
  /// @throws IOException if there is none, or they cannot be listed
  public long run(JavaSparkContext spark, String input) throws IOException {
    List<String> files = files(spark.hadoopConfiguration(), input);
    if (files.isEmpty()) {
      throw new IOException(
          "There is no file at " + input + ". Give files, a folder or a pattern.");
    }
    Map<String, String> settings = new HashMap<>();
    spark.hadoopConfiguration().forEach(each -> settings.put(each.getKey(), each.getValue()));
    return spark
        .parallelize(files, files.size())
        .map(file -> {
          load(settings, file);
          return 1L;
        })
        .reduce(Long::sum);
  }

  private static List<String> files(Configuration settings, String input) throws IOException {
    org.apache.hadoop.fs.Path pattern = new org.apache.hadoop.fs.Path(input);
    FileSystem store = pattern.getFileSystem(settings);
    List<String> files = new ArrayList<>();
    FileStatus[] found = store.globStatus(pattern);
    for (FileStatus each : found == null ? new FileStatus[0] : found) {
      addFiles(store, each, files);
    }
    return files;
  }

  private static void addFiles(FileSystem store, FileStatus found, List<String> files)
      throws IOException {
    String name = found.getPath().getName();
    if (name.startsWith("_") || name.startsWith(".")) {
      return;
    }
    if (!found.isDirectory()) {
      files.add(found.getPath().toString());
      return;
    }
    for (FileStatus each : store.listStatus(found.getPath())) {
      addFiles(store, each, files);
    }
  }

  /// The name of the load of a file: the same for the same path, another for any other.
  static String nameOf(String file) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(file.getBytes(StandardCharsets.UTF_8));
      String name = new org.apache.hadoop.fs.Path(file).getName().replaceAll("[^A-Za-z0-9]", "_");
      return name.substring(0, Math.min(name.length(), NAME_LENGTH))
          + "_"
          + new BigInteger(1, digest).toString(16).substring(0, 2 * DIGEST_BYTES);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("Every Java has SHA-256", e);
    }
  }

  private void load(Map<String, String> settings, String file)
      throws IOException, InterruptedException {
    Path work = Files.createTempDirectory("cuvee-import");
    try {
      org.apache.hadoop.fs.Path source = new org.apache.hadoop.fs.Path(file);
      Path copy = work.resolve(source.getName());
      Configuration configuration = new Configuration(false);
      settings.forEach(configuration::set);
      source
          .getFileSystem(configuration)
          .copyToLocalFile(false, source, new org.apache.hadoop.fs.Path(copy.toUri()), true);
      load(copy, nameOf(file), work.resolve("output").toFile());
    } finally {
      deleteFiles(work);
    }
  }

  private void load(Path copy, String name, File output) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(cuvee, "import", copy.toString()));
    command.addAll(List.of("--table", table, "--controller", controller, "--load", name));
    command.addAll(options);
    Process process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output).start();
    try {
      if (process.waitFor() != 0) {
        throw new IOException(
            String.join(" ", command) + " failed:\n" + Files.readString(output.toPath()));
      }
    } finally {
      // Spark interrupts a task that it does not want any more.
      process.destroy();
    }
  }

  private static void deleteFiles(Path directory) throws IOException {
    File[] files = directory.toFile().listFiles();
    for (File file : files == null ? new File[0] : files) {
      Files.deleteIfExists(file.toPath());
    }
    Files.deleteIfExists(directory);
  }
}
