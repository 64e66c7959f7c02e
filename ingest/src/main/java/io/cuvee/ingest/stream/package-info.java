/// Streams of messages by partition and offset, and the rows that are in them.
@NullMarked
package io.cuvee.ingest.stream;

import org.jspecify.annotations.NullMarked;
