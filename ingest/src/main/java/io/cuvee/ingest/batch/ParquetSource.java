package io.cuvee.ingest.batch;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.transform.RowWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.parquet.ParquetReadOptions;
import org.apache.parquet.column.ColumnReader;
import org.apache.parquet.column.impl.ColumnReadStoreImpl;
import org.apache.parquet.column.page.PageReadStore;
import org.apache.parquet.conf.PlainParquetConfiguration;
import org.apache.parquet.hadoop.ParquetFileReader;
import org.apache.parquet.io.LocalInputFile;
import org.apache.parquet.io.api.Converter;
import org.apache.parquet.io.api.GroupConverter;
import org.apache.parquet.io.api.PrimitiveConverter;
import org.apache.parquet.schema.GroupType;
import org.apache.parquet.schema.MessageType;
import org.apache.parquet.schema.Type;
import org.jspecify.annotations.Nullable;

/// Rows of a Parquet file, read column by column, one row group in memory at a time.
final class ParquetSource implements PageSource {
  private final String file;
  private final ParquetFileReader reader;
  private final MessageType message;
  private final RowWriter rows;
  private final List<ParquetColumn> columns = new ArrayList<>();
  private final List<Integer> targets = new ArrayList<>();
  private final boolean[] fromFile;
  private List<ColumnReader> readers = List.of();
  private long rowsLeft;
  private long rowsDone;

  private ParquetSource(String file, ParquetFileReader reader, Schema schema) {
    this.file = file;
    this.reader = reader;
    this.rows = new RowWriter(schema);
    this.fromFile = new boolean[rows.columnCount()];
    List<String> names = new ArrayList<>();
    MessageType whole = reader.getFileMetaData().getSchema();
    List<String[]> wanted = new ArrayList<>();
    whole
        .getColumns()
        .forEach(descriptor -> {
          String dotted = String.join(".", descriptor.getPath());
          String name = descriptor.getMaxRepetitionLevel() > 0 ? descriptor.getPath()[0] : dotted;
          names.add(name);
          Optional<Integer> target = rows.column(name);
          if (target.isPresent()) {
            if (fromFile[target.get()]) {
              throw new CuveeException(
                  ErrorCode.INVALID_INPUT,
                  file
                      + ": column '"
                      + name
                      + "' is a group of several values, or occurs twice in different case."
                      + " Name single fields as '"
                      + dotted
                      + "'.");
            }
            columns.add(new ParquetColumn(descriptor));
            targets.add(target.get());
            fromFile[target.get()] = true;
            wanted.add(descriptor.getPath());
          }
        });
    requireNoGroups(whole);
    rows.requireMatch(file, names);
    message = projection(whole, wanted);
    reader.setRequestedSchema(message);
  }

  /// A group of single values is no column; its values are columns of their own, `group.value`.
  private void requireNoGroups(MessageType whole) {
    for (Type field : whole.getFields()) {
      Optional<Integer> target = rows.column(field.getName());
      if (target.isPresent() && !fromFile[target.get()]) {
        throw new CuveeException(
            ErrorCode.INVALID_INPUT,
            file
                + ": column '"
                + field.getName()
                + "' is a group of several values, which does not fit "
                + rows.writer(target.get()).field().type()
                + ". Name its values in the schema, as '"
                + field.getName()
                + "."
                + field.asGroupType().getFieldName(0)
                + "'.");
      }
    }
  }

  static ParquetSource open(Path path, Schema schema) throws IOException {
    String file = path.getFileName().toString();
    ParquetFileReader reader = reader(path);
    try {
      return new ParquetSource(file, reader, schema);
    } catch (CuveeException e) {
      reader.close();
      throw e.getMessage().startsWith(file)
          ? e
          : new CuveeException(e.code(), file + ": " + e.getMessage(), e);
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  /// The columns of the file as fields of a schema.
  static List<FieldSpec> fields(Path path) throws IOException {
    try (ParquetFileReader reader = reader(path)) {
      List<FieldSpec> fields = new ArrayList<>();
      for (var descriptor : reader.getFileMetaData().getSchema().getColumns()) {
        if (descriptor.getMaxRepetitionLevel() <= 1) {
          ParquetColumn column = new ParquetColumn(descriptor);
          if (fields.stream().noneMatch(field -> field.name().equals(column.name()))) {
            fields.add(SchemaInference.field(column.name(), column.type()));
          }
        }
      }
      return fields;
    }
  }

  /// Rows of the whole file, from its footer.
  static long rowCount(Path path) throws IOException {
    try (ParquetFileReader reader = reader(path)) {
      return reader.getRecordCount();
    }
  }

  private static ParquetFileReader reader(Path path) throws IOException {
    try {
      return ParquetFileReader.open(
          new LocalInputFile(path),
          ParquetReadOptions.builder(new PlainParquetConfiguration())
              .withCodecFactory(new ParquetCodecs())
              .build());
    } catch (CuveeException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          path.getFileName()
              + " cannot be read as a Parquet file: "
              + String.valueOf(e.getMessage()).replaceAll("\\S+@[0-9a-f]+", "it")
              + ".",
          e);
    }
  }

  private static MessageType projection(MessageType whole, List<String[]> wanted) {
    List<Type> kept = new ArrayList<>();
    for (Type field : whole.getFields()) {
      if (wanted.stream().anyMatch(path -> path[0].equals(field.getName()))) {
        kept.add(field);
      }
    }
    return new MessageType(whole.getName(), kept);
  }

  @Override
  public @Nullable Page next() {
    try {
      while (rowsLeft == 0) {
        if (!nextRowGroup()) {
          return null;
        }
      }
      int count = (int) Math.min(Page.TARGET_ROWS, rowsLeft);
      for (int i = 0; i < columns.size(); i++) {
        int row = 0;
        try {
          ParquetColumn column = columns.get(i);
          ColumnReader values = readers.get(i);
          for (; row < count; row++) {
            column.write(values, rows.writer(targets.get(i)));
          }
        } catch (CuveeException e) {
          throw new CuveeException(
              e.code(), file + ", row " + (rowsDone + row + 1) + ": " + e.getMessage(), e);
        }
      }
      for (int column = 0; column < fromFile.length; column++) {
        for (int row = 0; row < count && !fromFile[column]; row++) {
          rows.writer(column).writeNull();
        }
      }
      rowsLeft -= count;
      rowsDone += count;
      return rows.take(count);
    } catch (CuveeException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          file + " is damaged near row " + rowsDone + ": " + e.getMessage() + ".",
          e);
    }
  }

  private boolean nextRowGroup() throws IOException {
    PageReadStore pages = reader.readNextRowGroup();
    if (pages == null) {
      return false;
    }
    ColumnReadStoreImpl store =
        new ColumnReadStoreImpl(
            pages, new NoConverter(message), message, reader.getFileMetaData().getCreatedBy());
    readers = columns.stream().map(column -> store.getColumnReader(column.descriptor())).toList();
    rowsLeft = pages.getRowCount();
    return true;
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// The column reader wants converters of the file's shape, though we take values from it
  /// directly.
  private static final class NoConverter extends GroupConverter {
    private final GroupType type;

    NoConverter(GroupType type) {
      this.type = type;
    }

    @Override
    public Converter getConverter(int fieldIndex) {
      Type field = type.getType(fieldIndex);
      return field.isPrimitive()
          ? new PrimitiveConverter() {}
          : new NoConverter(field.asGroupType());
    }

    @Override
    public void start() {}

    @Override
    public void end() {}
  }
}
