package io.cuvee.segment.store;

import io.cuvee.common.config.DataSize;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.segment.format.ColumnsFormat;
import io.cuvee.segment.format.IndexMapFormat;
import io.cuvee.segment.format.MetadataFormat;
import io.cuvee.segment.format.SegmentFiles;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ArchiveEntry;
import org.apache.commons.compress.archivers.ArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveInputStream;

/// A segment in one file, as it lies in the deep store and is uploaded: a gzipped tar, or a zip, of
/// the segment's files, alone or in one directory. An archive comes from outside, so nothing but
/// the three known names is ever written, links are refused, and so is what is larger than allowed.
public final class SegmentArchive {
  private static final List<String> FILES =
      List.of(MetadataFormat.FILE, IndexMapFormat.FILE, ColumnsFormat.FILE);
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int MAX_SHOWN = 80;

  /// What may follow the last entry: a tar ends in blocks of zeros, a zip in its directory.
  private static final int MAX_PADDING_BYTES = 1 << 20;

  private SegmentArchive() {}

  /// What an archive may hold.
  ///
  /// @param entries files and directories
  /// @param total bytes of all files together
  /// @param ratio how many times larger than the archive the files may be, where they are larger
  ///   than `ratioFrom`
  public record Limits(int entries, DataSize total, int ratio, DataSize ratioFrom) {
    public static final Limits DEFAULT =
        new Limits(8, new DataSize(16L << 30), 200, new DataSize(256L << 20));
  }

  /// Packs the segment in `directory`, as [SealedGzip]. The same segment gives the same bytes.
  ///
  /// @param archive a file that is written anew; removed if packing fails
  /// @throws CuveeException `IO`, or what reading the segment's small files throws
  public static void pack(Path directory, Path archive) {
    String name = SegmentFiles.read(directory).metadata().segment();
    boolean packed = false;
    try (SealedGzip gzip = SealedGzip.create(archive);
        TarArchiveOutputStream tar = new TarArchiveOutputStream(gzip)) {
      tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
      tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
      for (String part : FILES) {
        TarArchiveEntry entry = new TarArchiveEntry(name + "/" + part);
        entry.setSize(Files.size(directory.resolve(part)));
        entry.setModTime(0);
        tar.putArchiveEntry(entry);
        Files.copy(directory.resolve(part), tar);
        tar.closeArchiveEntry();
      }
      tar.finish();
      packed = true;
    } catch (IOException e) {
      throw io("pack segment " + directory + " into", archive, e);
    } finally {
      if (!packed) {
        deleteQuietly(archive);
      }
    }
  }

  /// Unpacks an archive, which may be hostile. The target appears complete or not at all; what is
  /// in it still has to be verified. It is not forced to disk: the archive is what lasts, and after
  /// a loss of power the checksums tell what did not get there.
  ///
  /// @param target must not exist; receives the segment's files
  /// @throws CuveeException `INVALID_INPUT` for what is no archive of a segment, `ALREADY_EXISTS`,
  ///   `IO`
  public static void unpack(Path archive, Path target, Limits limits) {
    Path absolute = target.toAbsolutePath();
    if (Files.exists(absolute, LinkOption.NOFOLLOW_LINKS)) {
      throw new CuveeException(
          ErrorCode.ALREADY_EXISTS,
          "Archive "
              + archive
              + " cannot be unpacked to "
              + absolute
              + ", which is there already.");
    }
    Path unpacking =
        absolute.resolveSibling(
            "."
                + absolute.getFileName()
                + ".unpacking-"
                + Long.toHexString(ThreadLocalRandom.current().nextLong()));
    try (InputStream file = open(archive)) {
      SealedGzip.check(archive);
      Files.createDirectories(absolute.getParent());
      Files.createDirectory(unpacking);
      read(archive, file, unpacking, limits);
      Files.move(unpacking, absolute, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw io("unpack " + archive + " to", absolute, e);
    } finally {
      FILES.forEach(part -> deleteQuietly(unpacking.resolve(part)));
      deleteQuietly(unpacking);
    }
  }

  private static InputStream open(Path archive) {
    try {
      return new BufferedInputStream(Files.newInputStream(archive), BUFFER_BYTES);
    } catch (IOException e) {
      throw io("read", archive, e);
    }
  }

  /// Whatever goes wrong in here, other than with our own files, is the archive's fault; the
  /// library does not always say so with an IOException.
  private static void read(Path archive, InputStream file, Path directory, Limits limits) {
    try (InputStream content = content(file, archive);
        ArchiveInputStream<?> entries =
            content instanceof GZIPInputStream
                ? new TarArchiveInputStream(content)
                : new ZipArchiveInputStream(content)) {
      new Unpacking(archive, directory, limits, Files.size(archive)).run(entries);
      // Only at its very end does gzip tell whether what it delivered was right.
      if (content.readNBytes(MAX_PADDING_BYTES + 1).length > MAX_PADDING_BYTES) {
        throw new IOException("it goes on after its end");
      }
    } catch (IOException | IllegalArgumentException | IllegalStateException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          "Archive "
              + archive.getFileName()
              + " is damaged: "
              + (e.getMessage() == null || e instanceof EOFException
                  ? "it ends too early"
                  : shown(e.getMessage()))
              + ". Send the archive of one segment.",
          e);
    }
  }

  /// The archive without compression around it.
  private static InputStream content(InputStream file, Path archive) throws IOException {
    file.mark(4);
    int first = file.read();
    int second = file.read();
    file.reset();
    if (first == 0x1f && second == 0x8b) {
      return new GZIPInputStream(file, BUFFER_BYTES);
    }
    if (first == 'P' && second == 'K') {
      return file;
    }
    throw new CuveeException(
        ErrorCode.INVALID_INPUT,
        "File "
            + archive
            + " is neither a gzipped tar nor a zip. Send the archive of one segment, .tar.gz or"
            + " .zip.");
  }

  /// One archive on its way to disk.
  private static final class Unpacking {
    private final Path archive;
    private final Path directory;
    private final Limits limits;
    private final long allowed;
    private final Set<String> seen = new HashSet<>();
    private String parent = "";
    private long total;

    Unpacking(Path archive, Path directory, Limits limits, long archiveBytes) {
      this.archive = archive;
      this.directory = directory;
      this.limits = limits;
      this.allowed =
          Math.min(
              limits.total().bytes(),
              Math.max(limits.ratioFrom().bytes(), archiveBytes * limits.ratio()));
    }

    void run(ArchiveInputStream<?> entries) throws IOException {
      int count = 0;
      for (ArchiveEntry entry = entries.getNextEntry();
          entry != null;
          entry = entries.getNextEntry()) {
        if (++count > limits.entries()) {
          throw refused("it has more than " + limits.entries() + " entries");
        }
        checkKind(entry);
        if (!entry.isDirectory()) {
          write(entries, entry.getName());
        }
      }
      if (seen.size() != FILES.size()) {
        throw refused("it holds the files " + seen + ", expected " + FILES);
      }
    }

    private void checkKind(ArchiveEntry entry) {
      boolean plain =
          switch (entry) {
            case TarArchiveEntry tar -> tar.isDirectory() || tar.isFile() && !isLinkOrDevice(tar);
            case ZipArchiveEntry zip -> !zip.isUnixSymlink();
            default -> false;
          };
      if (!plain) {
        throw refused("entry '" + shown(entry.getName()) + "' is a link or a device");
      }
    }

    private static boolean isLinkOrDevice(TarArchiveEntry entry) {
      return entry.isSymbolicLink()
          || entry.isLink()
          || entry.isBlockDevice()
          || entry.isCharacterDevice()
          || entry.isFIFO()
          || entry.isSparse();
    }

    private void write(InputStream content, String name) throws IOException {
      int slash = name.lastIndexOf('/');
      String file = name.substring(slash + 1);
      String folder = slash < 0 ? "" : name.substring(0, slash);
      if (folder.equals(".")) {
        folder = "";
      } else if (folder.startsWith("./")) {
        folder = folder.substring(2);
      }
      if (folder.contains("/") || folder.contains("\\") || folder.equals("..") || slash == 0) {
        throw refused("entry '" + shown(name) + "' leads out of the archive or is nested too deep");
      }
      if (!FILES.contains(file)) {
        throw refused(
            "entry '" + shown(name) + "' is no file of a segment, expected one of " + FILES);
      }
      if (!seen.isEmpty() && !folder.equals(parent) || !seen.add(file)) {
        throw refused(
            "entry '" + shown(name) + "' belongs to a second segment; send one at a time");
      }
      parent = folder;
      copy(content, directory.resolve(file));
    }

    private void copy(InputStream content, Path file) throws IOException {
      byte[] buffer = new byte[BUFFER_BYTES];
      try (FileChannel out = create(file)) {
        for (int read = content.read(buffer); read >= 0; read = content.read(buffer)) {
          total += read;
          if (total > allowed) {
            throw refused(
                "its files are larger than "
                    + new DataSize(allowed)
                    + ", the most that is allowed for an archive of its size");
          }
          write(out, buffer, read, file);
        }
      }
    }

    private static FileChannel create(Path file) {
      try {
        return FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
      } catch (IOException e) {
        throw io("create", file, e);
      }
    }

    private static void write(FileChannel out, byte[] buffer, int length, Path file) {
      try {
        ByteBuffer bytes = ByteBuffer.wrap(buffer, 0, length);
        while (bytes.hasRemaining()) {
          out.write(bytes);
        }
      } catch (IOException e) {
        throw io("write", file, e);
      }
    }

    private CuveeException refused(String reason) {
      // Names in the archive may hold anything.
      String why = reason.replaceAll("\\p{Cntrl}", "?");
      return new CuveeException(
          ErrorCode.INVALID_INPUT,
          "Archive "
              + archive.getFileName()
              + " is refused: "
              + why
              + ". Send the archive of one segment.");
    }
  }

  /// A name or message out of an archive, for a message of one line.
  private static String shown(String text) {
    String plain =
        text.codePoints()
            .limit(MAX_SHOWN)
            .map(c -> Character.isISOControl(c) ? '?' : c)
            .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
            .toString();
    return plain.length() < text.length() ? plain + "…" : plain;
  }

  private static void deleteQuietly(Path file) {
    try {
      Files.deleteIfExists(file);
    } catch (IOException e) {
      // What is left has a name that nothing reads.
    }
  }

  private static CuveeException io(String doing, Path file, IOException e) {
    return new CuveeException(
        ErrorCode.IO, "Could not " + doing + " " + file + ": " + e.getMessage() + ".", e);
  }
}
