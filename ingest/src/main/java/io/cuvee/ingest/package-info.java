/// Rows from streams and files into segments: readers, decoders, transforms.
@NullMarked
package io.cuvee.ingest;

import org.jspecify.annotations.NullMarked;
