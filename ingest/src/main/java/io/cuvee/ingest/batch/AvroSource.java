package io.cuvee.ingest.batch;

import io.cuvee.common.catalog.FieldSpec;
import io.cuvee.common.catalog.Schema;
import io.cuvee.common.error.CuveeException;
import io.cuvee.common.error.ErrorCode;
import io.cuvee.execution.page.Page;
import io.cuvee.execution.page.PageSource;
import io.cuvee.ingest.transform.AvroFields;
import io.cuvee.ingest.transform.NestedFields;
import io.cuvee.ingest.transform.RowWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.jspecify.annotations.Nullable;

/// Rows of an Avro container file. Only generic data is made: a schema in a file never names a
/// class to load.
final class AvroSource implements PageSource {
  private final String file;
  private final DataFileReader<GenericRecord> reader;
  private final RowWriter rows;
  private final List<org.apache.avro.Schema.Field> fields;
  private final int[] columns;
  private final boolean[] fromFile;
  private final Optional<NestedFields> nested;
  private long recordNumber;

  private AvroSource(
      String file,
      DataFileReader<GenericRecord> reader,
      Schema schema,
      Optional<NestedFields> nested) {
    this.nested = nested;
    this.file = file;
    this.reader = reader;
    this.rows = new RowWriter(schema);
    this.fields = reader.getSchema().getFields();
    this.columns = new int[fields.size()];
    this.fromFile = new boolean[rows.columnCount()];
    if (nested.isEmpty()) {
      rows.requireMatch(file, fields.stream().map(org.apache.avro.Schema.Field::name).toList());
    }
    for (int i = 0; i < columns.length; i++) {
      columns[i] = rows.column(fields.get(i).name()).orElse(-1);
      if (columns[i] >= 0) {
        fromFile[columns[i]] = true;
      }
    }
  }

  static AvroSource open(Path path, Schema schema, Optional<NestedFields> nested)
      throws IOException {
    DataFileReader<GenericRecord> reader = reader(path);
    try {
      return new AvroSource(path.getFileName().toString(), reader, schema, nested);
    } catch (RuntimeException e) {
      reader.close();
      throw e;
    }
  }

  private static DataFileReader<GenericRecord> reader(Path path) throws IOException {
    String file = path.getFileName().toString();
    DataFileReader<GenericRecord> reader;
    try {
      reader =
          new DataFileReader<>(
              path.toFile(), new GenericDatumReader<>(null, null, new GenericData()));
    } catch (IOException | AvroRuntimeException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT, file + " cannot be read as an Avro file: " + e.getMessage(), e);
    }
    if (reader.getSchema().getType() != org.apache.avro.Schema.Type.RECORD) {
      reader.close();
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          file + ": the Avro schema must be a record, not " + reader.getSchema().getType() + ".");
    }
    return reader;
  }

  /// The columns of the file as fields of a schema.
  static List<FieldSpec> fields(Path path) throws IOException {
    try (DataFileReader<GenericRecord> reader = reader(path)) {
      List<FieldSpec> fields = new ArrayList<>();
      for (org.apache.avro.Schema.Field field : reader.getSchema().getFields()) {
        fields.add(SchemaInference.field(field.name(), AvroFields.type(field.schema())));
      }
      return fields;
    }
  }

  @Override
  public @Nullable Page next() {
    int count = 0;
    try {
      while (count < Page.TARGET_ROWS && reader.hasNext()) {
        recordNumber++;
        GenericRecord record = reader.next();
        if (nested.isPresent()) {
          int before = rows.rowCount();
          nested.get().write(AvroFields.json(reader.getSchema(), record), rows);
          rows.endRow();
          count += rows.rowCount() - before;
          continue;
        }
        for (int i = 0; i < columns.length; i++) {
          if (columns[i] >= 0) {
            AvroFields.write(rows.writer(columns[i]), fields.get(i).schema(), record.get(i));
          }
        }
        for (int column = 0; column < fromFile.length; column++) {
          if (!fromFile[column]) {
            rows.writer(column).writeNull();
          }
        }
        count++;
      }
    } catch (CuveeException e) {
      throw new CuveeException(
          e.code(), file + ", record " + recordNumber + ": " + e.getMessage(), e);
    } catch (AvroRuntimeException | IllegalArgumentException e) {
      throw new CuveeException(
          ErrorCode.INVALID_INPUT,
          file + ", record " + recordNumber + " is damaged: " + e.getMessage(),
          e);
    }
    return count == 0 ? null : rows.take(count);
  }

  @Override
  public void close() {
    try {
      reader.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
