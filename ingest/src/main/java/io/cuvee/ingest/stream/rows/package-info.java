/// Rows that clients write over HTTP, kept in replicated logs until they are in sealed segments: a
/// stream of its own kind.
@NullMarked
package io.cuvee.ingest.stream.rows;

import org.jspecify.annotations.NullMarked;
