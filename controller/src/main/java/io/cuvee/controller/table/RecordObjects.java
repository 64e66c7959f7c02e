package io.cuvee.controller.table;

import io.cuvee.cluster.deepstore.DeepStore;
import io.cuvee.cluster.state.SegmentRecord;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The record of a sealed segment of a stream, in the deep store beside the segment's object under
/// its name with `.record` behind: the segment itself does not tell which messages it holds. It is
/// there before the segment counts, so that the deep store alone says where a stream's next segment
/// begins.
public final class RecordObjects {
  private static final String SUFFIX = ".record";
  private static final String STREAMS = "_REALTIME/";
  private static final int NAME_PARTS = 3;

  private RecordObjects() {}

  /// @param directory for a temporary file
  /// @throws CuveeException `IO` if it is not known to be stored
  public static void write(DeepStore store, Path directory, SegmentRecord record) {
    @Nullable Path file = null;
    try {
      file = Files.createTempFile(directory, "work-record", "");
      Files.writeString(file, record.toJson(), StandardCharsets.UTF_8);
      var _ = store.put(file, objectName(record.downloadUrl()) + SUFFIX);
    } catch (CuveeException e) {
      // An attempt to commit the same object that was cut short has left it.
      if (e.code() != ErrorCode.ALREADY_EXISTS) {
        throw e;
      }
    } catch (IOException e) {
      throw new CuveeException(
          ErrorCode.IO,
          "The record of " + record.key() + " could not be written: " + e.getMessage(),
          e);
    } finally {
      deleteQuietly(file);
    }
  }

  private static void deleteQuietly(@Nullable Path file) {
    try {
      if (file != null) {
        Files.deleteIfExists(file);
      }
    } catch (IOException e) {
      // It goes with the directory's other leftovers.
    }
  }

  /// Whether an object may have a record beside it.
  static boolean mayHave(String url) {
    return url.contains(STREAMS);
  }

  /// The name of the record of an object, or where it is if the object is given so.
  public static String recordOf(String object) {
    return object + SUFFIX;
  }

  public static boolean isRecord(String objectName) {
    return objectName.endsWith(SUFFIX);
  }

  /// The object that a record is of; another name as it is.
  public static String owner(String objectName) {
    return isRecord(objectName)
        ? objectName.substring(0, objectName.length() - SUFFIX.length())
        : objectName;
  }

  /// The name of an object, `table/segment/version`, from where it is; empty for the empty text of
  /// a segment without one.
  public static String objectName(String url) {
    if (url.isEmpty()) {
      return "";
    }
    int from = url.length();
    for (int i = 0; i < NAME_PARTS && from > 0; i++) {
      from = url.lastIndexOf('/', from - 1);
    }
    return url.substring(from + 1);
  }
}
