/// The files of a segment: names, magic numbers, versions, buffers and their checksums.
@NullMarked
package io.cuvee.segment.format;

import org.jspecify.annotations.NullMarked;
