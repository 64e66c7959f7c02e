/// From one message to one row: JSON, CSV and Avro.
@NullMarked
package io.cuvee.ingest.decode;

import org.jspecify.annotations.NullMarked;
